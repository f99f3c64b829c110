-- One row per counted production deployment of the last 84 days that needed intervention: what
-- says so, how it ended, and how sure the link is.
--
-- grain: rollout_id
--   service            Service.
--   rollout_id         Its first deployment.
--   version            Deployed version.
--   commit_sha         Deployed commit.
--   finished_at        Its end, UTC.
--   change_count       Changes that it was the first to carry.
--   why                The strongest evidence, as in facts.failed_deployments.
--   confidence         Of that evidence, 0 to 1.
--   is_inferred        True where only a tag's version says so.
--   decided_by         rule or person.
--   incident_title     Title of the incident that says so; null where a remedy does.
--   incident_severity  Its severity as the source names it.
--   incident_url       Its page at the source.
--   recovered_at       UTC; null while open.
--   recovered_by       rollback, fix, incident_resolved or flag_off; null while open.
--   recovery_hours     From where recovery starts by the rules to recovery; null while open.
--   url                Page of the deployment at the source.

with incidents as (
    select
        incident_id,
        service,
        min(title) as title,
        min(severity) as severity,
        min(url) as url
    from facts.incidents
    group by incident_id, service
)

select
    rollouts.service,
    rollouts.rollout_id,
    rollouts.version,
    rollouts.commit_sha,
    rollouts.finished_at,
    rollouts.change_count,
    rollouts.why,
    rollouts.confidence,
    rollouts.is_inferred,
    rollouts.decided_by,
    incidents.title as incident_title,
    incidents.severity as incident_severity,
    incidents.url as incident_url,
    rollouts.recovered_at,
    rollouts.recovered_by,
    case
        when rollouts.recovered_at is not null
            then greatest(epoch(rollouts.recovered_at) - epoch(rollouts.recovery_began_at), 0)
    end / 3600.0 as recovery_hours,
    rollouts.url
from facts.rollouts as rollouts
cross join config.run as run
left join incidents
    on rollouts.evidence = incidents.incident_id and rollouts.service = incidents.service
where rollouts.is_failed and rollouts.finished_at > run.as_of - interval 84 day
