-- One row per service: its state, its last week against its usual, and what waits.
-- Whether it is on its own rhythm is told by marts.cadence.
--
-- grain: service
--   service               Service.
--   team                  Its team now.
--   tier                  1 is the most critical.
--   repository            Repository of its code.
--   state                 As in marts.cadence, or never_deployed or retired.
--   is_frozen             True while today lies in a declared freeze; it is shown over the state.
--   attention             Place in what needs attention, as in marts.cadence; 8 never deployed, 9
--                         retired.
--   deploy_day_count      Days on which it deployed changes of people.
--   first_deployed_at     End of its first counted deployment, UTC.
--   last_deployed_at      End of its latest counted deployment, UTC.
--   last_week_count       Deployments of the last finished week.
--   usual_low             10th percentile of the 16 weeks before it.
--   usual_high            90th percentile of the 16 weeks before it.
--   this_week_count       Deployments of the unfinished week.
--   lead_time_hours       Median lead time, last four whole weeks.
--   lead_time_count       Changes behind it.
--   fail_rate             Change fail rate, last twelve weeks.
--   fail_low              Lower end of its interval.
--   fail_high             Upper end of its interval.
--   fail_count            Deployments behind it.
--   fail_is_too_few       True when they are too few to tell anything by.
--   waiting_count         Merged changes that are not in production yet.
--   oldest_waiting_hours  How long the oldest of them waits.
--   usual_wait_hours      Kaplan-Meier median of the wait for production, last whole month.

with deployed as (
    select
        service,
        min(finished_at) as first_deployed_at,
        max(finished_at) as last_deployed_at
    from facts.rollouts
    group by service
),

waiting as (
    select
        service,
        count(*) as waiting_count,
        max(waiting_hours) as oldest_waiting_hours
    from marts.waiting_changes
    group by service
),

weeks as (
    select *
    from marts.deployment_frequency
    where scope = 'service' and period = 'week'
),

last_weeks as (
    select weeks.*
    from weeks
    cross join facts.today as run
    where weeks.ends_on = cast(date_trunc('week', run.today) as date)
),

this_weeks as (
    select *
    from weeks
    where not is_finished
),

last_leads as (
    select *
    from marts.change_lead_time
    where scope = 'service' and period = 'four_weeks' and is_finished
    qualify row_number() over (partition by name order by starts_on desc) = 1
),

last_rates as (
    select *
    from marts.change_fail_rate
    where scope = 'service' and period = 'twelve_weeks' and is_finished
    qualify row_number() over (partition by name order by starts_on desc) = 1
),

last_waits as (
    select *
    from marts.change_wait
    where scope = 'service' and period = 'month' and is_finished
    qualify row_number() over (partition by name order by starts_on desc) = 1
)

select
    services.service,
    services.team,
    services.tier,
    services.repository,
    case
        when services.retired_on <= run.today then 'retired'
        when deployed.service is null then 'never_deployed'
        -- What deployed nothing but bots' changes has no deploy-day yet.
        else coalesce(cadence.state, 'too_new')
    end as state,
    coalesce(cadence.is_frozen, false) as is_frozen,
    case
        when services.retired_on <= run.today then 9
        when deployed.service is null then 8
        else coalesce(cadence.attention, 7)
    end as attention,
    coalesce(cadence.deploy_day_count, 0) as deploy_day_count,
    deployed.first_deployed_at,
    deployed.last_deployed_at,
    last_weeks.deployment_count as last_week_count,
    last_weeks.usual_low,
    last_weeks.usual_high,
    this_weeks.deployment_count as this_week_count,
    last_leads.median_hours as lead_time_hours,
    last_leads.change_count as lead_time_count,
    last_rates.change_fail_rate as fail_rate,
    last_rates.low_rate as fail_low,
    last_rates.high_rate as fail_high,
    last_rates.deployment_count as fail_count,
    coalesce(last_rates.deployment_count, 0) < scope_rules.minimum_count as fail_is_too_few,
    coalesce(waiting.waiting_count, 0) as waiting_count,
    waiting.oldest_waiting_hours,
    last_waits.median_hours as usual_wait_hours
from facts.services as services
cross join facts.today as run
left join deployed on services.service = deployed.service
left join marts.cadence as cadence on services.service = cadence.service
left join waiting on services.service = waiting.service
inner join facts.scope_rules as scope_rules
    on services.service = scope_rules.name and scope_rules.scope = 'service'
left join last_weeks on services.service = last_weeks.name
left join this_weeks on services.service = this_weeks.name
left join last_leads on services.service = last_leads.name
left join last_rates on services.service = last_rates.name
left join last_waits on services.service = last_waits.name
