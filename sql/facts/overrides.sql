-- One row per entry of the file of overrides: what a person says of a failure.
-- An entry that names what is not there, or that is dated after the run, does nothing.
--
-- grain: override_id
--   override_id        Its place in the file, from 1.
--   does               link, unlink, failed or held.
--   incident_id        Incident; null where it marks a deployment.
--   deployment_id      Deployment.
--   claimed_by         Service whose incident it is; empty where none claims it.
--   service            Service of the deployment; null where that is unknown.
--   reason             Why.
--   decided_on         Day on which it was decided.
--   problem            Why it does nothing; null where it does.

with incidents as (
    select
        incident_id,
        min(coalesce(service, '')) as claimed_by
    from facts.incidents
    group by incident_id
)

select
    overrides.override_id,
    overrides.does,
    overrides.incident_id,
    overrides.deployment_id,
    coalesce(own.service, incidents.claimed_by) as claimed_by,
    records.service,
    overrides.reason,
    overrides.decided_on,
    case
        -- A day of grace, for the day begins elsewhere before it does here.
        when
            overrides.decided_on
            > cast(greatest(run.as_of, run.known_at) + interval 1 day as date)
            then concat('it is dated ', overrides.decided_on)
        when overrides.incident_id is not null and incidents.incident_id is null
            then concat('no incident is called ', overrides.incident_id)
        when records.deployment_id is null
            then concat('no deployment is called ', overrides.deployment_id)
        when not records.is_production or records.status <> 'success'
            then concat(overrides.deployment_id, ' is no successful production deployment')
    end as problem
from config.overrides as overrides
left join incidents on overrides.incident_id = incidents.incident_id
left join facts.deployment_records as records
    on overrides.deployment_id = records.deployment_id
left join facts.incidents as own
    on overrides.incident_id = own.incident_id and records.service = own.service
cross join config.run as run
