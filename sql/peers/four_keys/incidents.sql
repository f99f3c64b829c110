-- One row per scope and incident that is over: from the earlier of its opening and the deployment
-- that is its root cause, by the day of its opening.
--
-- grain: scope, name, incident_id
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   incident_id        Incident.
--   because_id         Deployment that it names, the earliest; null where it names none.
--   happened_on        Day of the opening in the calendar's zone.
--   amount             Hours.

with causes as (
    select
        incident_id,
        deployment_id,
        finished_at
    from four_keys.named
    qualify row_number() over (
        partition by incident_id order by finished_at, deployment_id
    ) = 1
)

select
    incidents.scope,
    incidents.name,
    incidents.incident_id,
    causes.deployment_id as because_id,
    incidents.opened_on as happened_on,
    (
        epoch(incidents.resolved_at)
        - epoch(least(incidents.opened_at, coalesce(causes.finished_at, incidents.opened_at)))
    ) / 3600.0 as amount
from shared.incidents as incidents
left join causes on incidents.incident_id = causes.incident_id
where incidents.resolved_at is not null
