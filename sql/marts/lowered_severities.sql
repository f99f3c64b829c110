-- One row per incident behind a delivered number that is called less bad, or by another word that
-- can't be compared, than when the report of its week told the number.
-- A number in it tells how bad: sev1 is worse than sev2. Else the word does.
--
-- grain: metric, scope, name, week_on, incident_id
--   metric             change_fail_rate, recovery_time or rework_rate.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   week_on            Monday of the week.
--   incident_id        Incident.
--   then_severity      What it was called then.
--   now_severity       What it is called now; null where it has none any more.

with pairs as (
    select
        metric,
        scope,
        name,
        week_on,
        unnest(string_split(severities, ';')) as pair
    from facts.delivered_rows
    where edition_on = week_on and is_first and severities <> ''
),

told as (
    select
        metric,
        scope,
        name,
        week_on,
        left(pair, length(pair) - length(split_part(pair, '=', -1)) - 1) as incident_id,
        split_part(pair, '=', -1) as then_severity
    from pairs
),

now_known as (
    select
        incident_id,
        min(replace(replace(severity, ';', ','), '=', ':')) as now_severity
    from facts.incidents
    group by incident_id
),

compared as (
    select
        told.*,
        now_known.now_severity,
        coalesce(
            try_cast(nullif(regexp_extract(told.then_severity, '[0-9]+'), '') as bigint),
            then_words.level
        ) as then_rank,
        coalesce(
            try_cast(nullif(regexp_extract(now_known.now_severity, '[0-9]+'), '') as bigint),
            now_words.level
        ) as now_rank
    from told
    inner join now_known on told.incident_id = now_known.incident_id
    left join seeds.severities as then_words on lower(told.then_severity) = then_words.word
    left join seeds.severities as now_words on lower(now_known.now_severity) = now_words.word
)

select
    metric,
    scope,
    name,
    week_on,
    incident_id,
    then_severity,
    now_severity
from compared
where
    then_severity <> ''
    and lower(then_severity) <> coalesce(lower(now_severity), '')
    and coalesce(now_rank > then_rank, true)
