-- One row per service: its state, its last week against its usual, and what waits.
-- A service is quiet when its silence is longer than the configured number of its own median
-- gaps between deploy-days; this is a first, simple rule, and silence is not yet a stall.
--
-- grain: service
--   service               Service.
--   team                  Its team now.
--   tier                  1 is the most critical.
--   repository            Repository of its code.
--   state                 never deployed, too new, on rhythm, quiet or retired.
--   deploy_day_count      Days with a counted deployment, in all.
--   first_deployed_at     End of its first counted deployment, UTC.
--   last_deployed_at      End of its latest counted deployment, UTC.
--   usual_gap_hours       Median hours between deploy-days of the last year; null without a rhythm.
--   quiet_hours           Hours since the latest one.
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
--   waiting_count         Merged changes that are not in production yet.
--   oldest_waiting_hours  How long the oldest of them waits.
--   usual_wait_hours      Kaplan-Meier median of the wait for production, last whole month.

with deploy_days as (
    select
        service,
        finished_on,
        max(finished_at) as last_at,
        min(finished_at) as first_at
    from facts.rollouts
    group by service, finished_on
),

gaps as (
    select
        *,
        epoch(last_at) - lag(epoch(last_at)) over (partition by service order by finished_on)
            as gap_seconds
    from deploy_days
),

rhythms as (
    select
        gaps.service,
        count(*) as deploy_day_count,
        min(gaps.first_at) as first_deployed_at,
        max(gaps.last_at) as last_deployed_at,
        median(
            case when gaps.last_at > run.as_of - interval 365 day then gaps.gap_seconds end
        ) / 3600.0 as usual_gap_hours,
        (epoch(run.as_of) - epoch(max(gaps.last_at))) / 3600.0 as quiet_hours
    from gaps
    cross join config.run as run
    group by gaps.service, run.as_of
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
    cross join config.run as run
    where
        weeks.ends_on
        = cast(date_trunc('week', cast(run.as_of at time zone run.time_zone as date)) as date)
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
        when services.retired_on <= cast(run.as_of at time zone run.time_zone as date)
            then 'retired'
        when rhythms.service is null then 'never deployed'
        when rhythms.deploy_day_count < rules.minimum_deploy_days then 'too new'
        when coalesce(rhythms.quiet_hours > rules.quiet_gaps * rhythms.usual_gap_hours, true)
            then 'quiet'
        else 'on rhythm'
    end as state,
    coalesce(rhythms.deploy_day_count, 0) as deploy_day_count,
    rhythms.first_deployed_at,
    rhythms.last_deployed_at,
    rhythms.usual_gap_hours,
    rhythms.quiet_hours,
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
    coalesce(waiting.waiting_count, 0) as waiting_count,
    waiting.oldest_waiting_hours,
    last_waits.median_hours as usual_wait_hours
from facts.services as services
inner join facts.rules as rules on services.service = rules.service
cross join config.run as run
left join rhythms on services.service = rhythms.service
left join waiting on services.service = waiting.service
left join last_weeks on services.service = last_weeks.name
left join this_weeks on services.service = this_weeks.name
left join last_leads on services.service = last_leads.name
left join last_rates on services.service = last_rates.name
left join last_waits on services.service = last_waits.name
