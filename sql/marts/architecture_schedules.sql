-- One row per service and schedule: the same merges, deployed as they were and as they would have
-- been on every merge, on working days at 16:00, and on Tuesdays and Thursdays at 16:00.
-- It is arithmetic on real merges, in the calendar's zone, and promises nothing on failures. Every
-- schedule but the actual one takes the service's own median time of a deployment; a merge at
-- 16:00 sharp goes out at once, and where such a day is off, on the next one that is not.
--
-- grain: service, schedule
--   service               Service.
--   schedule              actual, on_merge, daily or tuesday_thursday.
--   change_count          Changes merged in the window, bots' left out; of the actual one those
--                         that are deployed and have a lead time.
--   deployment_count      Deployments that carry them.
--   median_lead_hours     First commit to the end of the deployment.
--   p90_lead_hours        90th percentile of the same.
--   median_change_count   Median changes of a deployment.
--   largest_change_count  Most changes of a deployment.

with batches as (
    select
        service,
        schedule,
        batch,
        count(*) as change_count
    from facts.schedule_replays
    group by service, schedule, batch
),

sizes as (
    select
        service,
        schedule,
        count(*) as deployment_count,
        median(change_count) as median_change_count,
        max(change_count) as largest_change_count
    from batches
    group by service, schedule
),

leads as (
    select
        service,
        schedule,
        count(*) as change_count,
        median(lead_seconds) / 3600.0 as median_lead_hours,
        quantile_cont(lead_seconds, 0.9) / 3600.0 as p90_lead_hours
    from facts.schedule_replays
    group by service, schedule
)

select
    leads.service,
    leads.schedule,
    leads.change_count,
    sizes.deployment_count,
    leads.median_lead_hours,
    leads.p90_lead_hours,
    sizes.median_change_count,
    sizes.largest_change_count
from leads
inner join sizes on leads.service = sizes.service and leads.schedule = sizes.schedule
