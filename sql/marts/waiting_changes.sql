-- One row per merged change of a service that is not in production yet, bots' as configured.
--
-- grain: service, change_id
--   service            Service.
--   change_id          Change.
--   kind               pull_request or commit.
--   title              Title, or the commit's subject.
--   url                Page at the source.
--   merged_at          Merged, UTC.
--   waiting_hours      Hours since then.

select
    changes.service,
    changes.change_id,
    changes.kind,
    changes.title,
    changes.url,
    changes.merged_at,
    (epoch(run.as_of) - epoch(changes.merged_at)) / 3600.0 as waiting_hours
from facts.changes as changes
inner join facts.services as services on changes.service = services.service
left join facts.deployment_changes as carried
    on changes.service = carried.service and changes.change_id = carried.change_id
left join facts.pending_changes as pending
    on changes.service = pending.service and changes.change_id = pending.change_id
inner join facts.rules as rules on changes.service = rules.service
cross join config.run as run
where
    changes.merged_at is not null
    and carried.change_id is null
    and pending.change_id is null
    and (not coalesce(changes.is_bot, false) or rules.has_bots_changes)
    and coalesce(services.retired_on, date '9999-12-31')
    > cast(run.as_of at time zone run.time_zone as date)
