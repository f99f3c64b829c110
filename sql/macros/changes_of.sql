-- Changes delivered to production and their lead times, oldest deployment first: what stands
-- behind change lead time. Those without a lead time are left out, as they are there.
--
-- arguments: who, since_day, until_day
--   who         A service, a team, or the word organisation.
--   since_day   First day, such as '2026-01-01'.
--   until_day   First day left out.

select
    owned.service,
    owned.change_id,
    carried.deployment_id,
    carried.finished_at,
    case rules.clock when 'working' then owned.working_lead_seconds else owned.lead_seconds end
    / 3600.0 as lead_hours,
    carried.how,
    changes.title,
    changes.url
from facts.owned_changes as owned
inner join facts.scope_rules as rules
    on owned.scope = rules.scope and owned.name = rules.name
inner join facts.deployment_changes as carried
    on owned.service = carried.service and owned.change_id = carried.change_id
inner join facts.changes as changes
    on owned.service = changes.service and owned.change_id = changes.change_id
where
    owned.name = who
    and owned.lead_seconds is not null
    and owned.finished_on >= cast(since_day as date)
    and owned.finished_on < cast(until_day as date)
order by carried.finished_at, carried.deployment_id, owned.change_id
