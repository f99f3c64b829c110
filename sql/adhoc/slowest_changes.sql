-- Which changes took longest to production in the last four weeks, and at which stage?
-- Stages are hours; one whose boundary is not known is empty, and its time falls to the next.

select
    changes.service,
    changes.change_id,
    changes.title,
    carried.lead_seconds / 3600.0 as lead_hours,
    carried.coding_seconds / 3600.0 as coding_hours,
    carried.wait_seconds / 3600.0 as wait_hours,
    carried.deployment_id,
    changes.url
from facts.deployment_changes as carried
inner join facts.changes as changes
    on carried.service = changes.service and carried.change_id = changes.change_id
cross join config.run as run
where not carried.is_excluded and carried.finished_at >= run.as_of - interval 28 day
order by lead_hours desc, changes.change_id
limit 20
