-- One row per scope and change of ours that has a lead time.
--
-- grain: scope, name, change_id
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   change_id          Change.
--   because_id         First production deployment that carries it.
--   happened_on        Day of that deployment's end in the calendar's zone.
--   amount             Seconds.

select
    changes.scope,
    changes.name,
    changes.change_id,
    min(changes.deployment_id) as because_id,
    min(changes.finished_on) as happened_on,
    min(changes.lead_seconds) as amount
from facts.owned_changes as changes
inner join chosen.scopes as chosen
    on changes.scope = chosen.scope and changes.name = chosen.name
where not changes.is_excluded
group by changes.scope, changes.name, changes.change_id
