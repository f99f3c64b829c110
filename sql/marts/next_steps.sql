-- One row per service and rule that holds of it: what to do next, by the evidence, in one order.
-- The first that holds is the one that pages tell; `sql/next_steps.py` has the words.
-- failing stands against all services together, and only where the interval lies above them;
-- stage needs as many changes as tell anything. In a declared freeze, and where people know of
-- a silence, nothing is to be shipped now.
--
-- grain: service, rule
--   service            Service.
--   place              1 is told first; the rules have it in the order that follows.
--   rule               open_failure, stalled, failing, no_way_back, slowing, frozen, known, waits
--                      or stage.
--   stage              The largest stage of its lead time, where that is the rule.
--   n                  Failures still open, changes that wait, deployments or changes behind it.
--   hours              Age of the oldest that is open or waits; how long the change spent longest.
--   share              Fail rate, or the stage's share of lead time; null elsewhere.
--   evidence           Title of the incident or change, or the version, that shows it.
--   evidence_id        Change or deployment that it is.
--   evidence_url       Its page at the source; null without one.

with open_failures as (
    select
        failures.*,
        (epoch(run.as_of) - epoch(failures.finished_at)) / 3600.0 as hours,
        count(*) over (partition by failures.service) as n
    from marts.recent_failures as failures
    cross join config.run as run
    where failures.recovered_at is null
    qualify
        row_number() over (
            partition by failures.service order by failures.finished_at, failures.rollout_id
        ) = 1
),

last_failures as (
    select *
    from marts.recent_failures
    qualify row_number() over (partition by service order by finished_at desc, rollout_id) = 1
),

oldest as (
    select *
    from marts.waiting_changes
    qualify row_number() over (partition by service order by waiting_hours desc, change_id) = 1
),

rates as (
    select change_fail_rate
    from marts.change_fail_rate
    where scope = 'organisation' and period = 'twelve_weeks' and is_finished
    qualify row_number() over (order by starts_on desc) = 1
),

waiting as (
    select
        oldest.*,
        overview.waiting_count,
        case
            when cadence.is_frozen then 'frozen'
            when cadence.attention = 5 and cadence.confirmed_until_on is not null then 'known'
            when cadence.attention = 1 then 'stalled'
            when cadence.attention = 3 then 'slowing'
            when oldest.waiting_hours > 3 * overview.usual_wait_hours then 'waits'
        end as rule
    from oldest
    inner join marts.service_overview as overview on oldest.service = overview.service
    left join marts.cadence as cadence on oldest.service = cadence.service
)

select
    service,
    1 as place,
    'open_failure' as rule,
    cast(null as text) as stage,
    n,
    hours,
    cast(null as double) as share,
    coalesce(incident_title, version, commit_sha) as evidence,
    rollout_id as evidence_id,
    coalesce(incident_url, url) as evidence_url
from open_failures
union all
select
    service,
    case rule when 'stalled' then 2 when 'slowing' then 5 else 6 end as place,
    rule,
    null as stage,
    waiting_count as n,
    waiting_hours as hours,
    null as share,
    title as evidence,
    change_id as evidence_id,
    url as evidence_url
from waiting
where rule is not null
union all
select
    overview.service,
    3 as place,
    'failing' as rule,
    null as stage,
    overview.fail_count as n,
    null as hours,
    overview.fail_rate as share,
    coalesce(failures.incident_title, failures.version, failures.commit_sha) as evidence,
    failures.rollout_id as evidence_id,
    coalesce(failures.incident_url, failures.url) as evidence_url
from marts.service_overview as overview
cross join rates
inner join last_failures as failures on overview.service = failures.service
where overview.fail_low > rates.change_fail_rate and not overview.fail_is_too_few
union all
select
    service,
    4 as place,
    'no_way_back' as rule,
    null as stage,
    reversible_depth as n,
    null as hours,
    null as share,
    back_to as evidence,
    back_to as evidence_id,
    evidence_url
from marts.architecture_rollbacks
where mechanism = 'project'
union all
select
    largest.service,
    7 as place,
    'stage' as rule,
    largest.stage,
    largest.change_count as n,
    largest.longest_hours as hours,
    largest.stage_share as share,
    largest.title as evidence,
    largest.change_id as evidence_id,
    largest.url as evidence_url
from marts.largest_stages as largest
inner join facts.scope_rules as rules
    on largest.service = rules.name and rules.scope = 'service'
where largest.change_count >= rules.minimum_count
