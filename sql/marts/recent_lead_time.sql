-- One row per service: its lead time over the last twelve finished weeks, told as the rules say.
-- Windows of twelve weeks are kept of no other week: their quantiles cost much and show little.
--
-- grain: service
--   service            Service.
--   starts_on          First day of the twelve weeks.
--   ends_on            First day after them.
--   change_count       Changes delivered that have a lead time.
--   deployment_count   Deployments that carried them.
--   value_hours        Median or mean, on the calendar's or the working clock, as the rules say.

with weeks as (
    select
        cast(date_trunc('week', today) - interval 84 day as date) as starts_on,
        cast(date_trunc('week', today) as date) as ends_on
    from facts.today
),

told as (
    select
        changes.service,
        changes.deployment_id,
        weeks.starts_on,
        weeks.ends_on,
        rules.lead_time_value,
        case rules.clock
            when 'working' then changes.working_lead_seconds
            else changes.lead_seconds
        end as seconds
    from facts.owned_changes as changes
    inner join weeks
        on changes.finished_on >= weeks.starts_on and changes.finished_on < weeks.ends_on
    inner join facts.rules as rules on changes.service = rules.service
    where changes.scope = 'service' and not changes.is_excluded
)

select
    service,
    starts_on,
    ends_on,
    count(*) as change_count,
    count(distinct deployment_id) as deployment_count,
    case lead_time_value
        when 'mean' then sum(seconds) / 3600.0 / nullif(count(*), 0)
        else median(seconds) / 3600.0
    end as value_hours
from told
group by service, starts_on, ends_on, lead_time_value
