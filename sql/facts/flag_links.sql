-- One row per incident and raised flag that it may be due to, and how that is known.
-- A flag is to blame that the incident's text names; one that was raised shortly before it and
-- lowered before it ended; or by time alone, as with deployments, the last that was raised.
--
-- grain: incident_id, claimed_by, service, flag_event_id, how
--   incident_id        Incident.
--   claimed_by         Service whose incident it is.
--   service            Service whose flag it is.
--   flag_event_id      The flag's being raised.
--   flag_key           Key of the flag.
--   raised_at          When it was raised, UTC.
--   lowered_id         Its first being lowered from the incident's start on; null where it was not.
--   lowered_at         When that was, UTC.
--   how                named, raised_and_lowered or service_and_time.
--   confidence         .95, .9, or for time alone .5, halved with each half-life.

with claimed as (
    select
        incidents.incident_id,
        incidents.started_at,
        coalesce(incidents.resolved_at, timestamptz '9999-12-31 00:00:00+00') as until_at,
        concat(
            ' ',
            regexp_replace(
                lower(concat(incidents.title, ' ', incidents.mentions)), '[^a-z0-9_-]+', ' ', 'g'
            ),
            ' '
        ) as words,
        blames.*
    from facts.incidents as incidents
    inner join facts.blames as blames on incidents.service = blames.claimed_by
),

events as (
    select
        *,
        trim(regexp_replace(lower(flag_key), '[^a-z0-9_-]+', ' ', 'g')) as key_words
    from facts.flag_events
    where service <> '' and is_production
),

raised as (
    select
        claimed.*,
        events.flag_event_id,
        events.flag_key,
        events.key_words,
        events.happened_at as raised_at,
        epoch(claimed.started_at) - epoch(events.happened_at) as age_s,
        row_number() over (
            partition by claimed.incident_id, claimed.claimed_by, claimed.service
            order by events.happened_at desc, events.flag_event_id desc
        ) as place
    from claimed
    inner join events
        on
            claimed.service = events.service
            and claimed.started_at >= events.happened_at
            and events.does = 'raised'
    where
        epoch(claimed.started_at) - epoch(events.happened_at)
        <= greatest(
            claimed.lookback_days * 86400,
            claimed.attribution_window_hours * 3600,
            claimed.flag_window_minutes * 60
        )
),

-- At one and the same second an incident comes first, so that the lowering may end it.
moments as (
    select
        service,
        flag_key,
        happened_at,
        flag_event_id as lowered_id
    from events
    where does = 'lowered'
    union all
    select distinct
        service,
        flag_key,
        started_at as happened_at,
        null as lowered_id
    from raised
),

ends as (
    select
        *,
        first_value(lowered_id ignore nulls) over (
            partition by service, flag_key
            order by happened_at, lowered_id nulls first
            rows between current row and unbounded following
        ) as next_id
    from moments
),

ended as (
    select
        raised.*,
        events.flag_event_id as lowered_id,
        events.happened_at as lowered_at
    from raised
    left join ends
        on
            raised.service = ends.service
            and raised.flag_key = ends.flag_key
            and raised.started_at = ends.happened_at
            and ends.lowered_id is null
    left join events on ends.next_id = events.flag_event_id and raised.service = events.service
),

found as (
    select
        *,
        'named' as how,
        0.95 as confidence
    from ended
    where
        key_words <> ''
        and contains(words, concat(' ', key_words, ' '))
        and age_s <= lookback_days * 86400
    union all
    select
        *,
        'raised_and_lowered' as how,
        0.9 as confidence
    from ended
    where age_s <= flag_window_minutes * 60 and lowered_at <= until_at
    union all
    select
        *,
        'service_and_time' as how,
        round(0.5 * power(2.0, -age_s / 3600.0 / half_life_hours), 6) as confidence
    from ended
    where place = 1 and age_s <= attribution_window_hours * 3600
)

select
    incident_id,
    claimed_by,
    service,
    flag_event_id,
    flag_key,
    raised_at,
    lowered_id,
    lowered_at,
    how,
    cast(confidence as double) as confidence
from found
