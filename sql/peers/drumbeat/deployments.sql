-- One row per scope and counted deployment of ours, the first region of it, and whether it failed.
--
-- grain: scope, name, deployment_id
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   deployment_id      Deployment.
--   because_id         Incident or remedy that says so; null where it held.
--   happened_on        Day of its end in the calendar's zone.
--   is_failed          True when it needed intervention.

select
    scopes.scope,
    scopes.name,
    rollouts.rollout_id as deployment_id,
    rollouts.evidence as because_id,
    rollouts.finished_on as happened_on,
    rollouts.is_failed
from facts.rollouts as rollouts
inner join facts.scopes as scopes
    on
        rollouts.service = scopes.service
        and rollouts.finished_on >= scopes.from_on
        and rollouts.finished_on < scopes.until_on
inner join chosen.scopes as chosen
    on scopes.scope = chosen.scope and scopes.name = chosen.name
