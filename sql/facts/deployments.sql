-- One row per deployment of one service to one environment.
--
-- grain: deployment_id
--   deployment_id      The source's own id, led by the source where two sources use the same one.
--   rollout_id         First of the same version across regions; null if not counted.
--   service            Service.
--   environment        Environment as the source names it.
--   is_production      True when the environment counts as production.
--   repository         Repository of the deployed commit; null where unknown.
--   commit_sha         Deployed commit; null where unknown.
--   version            Deployed version; null where unknown.
--   started_at         Start, UTC; null where unknown.
--   finished_at        End, UTC; null while in progress.
--   finished_on        Day of the end in the calendar's zone.
--   status             success, failure, cancelled or in_progress.
--   trigger            manual or automatic; null where unknown.
--   is_bot             True when a bot deployed; null where unknown.
--   strategy           rolling, blue_green, canary, recreate or unknown.
--   artifact_digest    Digest of what runs, sha256: and 64 digits; null where unknown.
--   is_rollback        True when it went back to an earlier version.
--   rolls_back_to      Deployment or version whose version runs again.
--   is_hotfix          True when it carries a hotfix, or is a patch release inferred to be one.
--   is_inferred        True where only a tag's version says that it is a hotfix.
--   change_count       Changes that it was the first to carry to production.
--   source             Name of the source in the configuration.
--   url                Page at the source.

with counted as (
    select
        deployment_id,
        count(*) as change_count
    from facts.deployment_changes
    where not is_before_history
    group by deployment_id
),

hotfixes as (
    select
        deployment_id,
        bool_and(is_inferred) as is_inferred
    from facts.remedies
    where how = 'hotfix'
    group by deployment_id
)

select
    records.deployment_id,
    members.rollout_id,
    records.service,
    records.environment,
    records.is_production,
    records.repository,
    records.commit_sha,
    records.version,
    records.started_at,
    records.finished_at,
    cast(records.finished_at at time zone calendar.time_zone as date) as finished_on,
    records.status,
    records.trigger,
    records.is_bot,
    records.strategy,
    records.artifact_digest,
    coalesce(versions.is_rollback, false) as is_rollback,
    versions.rolls_back_to,
    hotfixes.deployment_id is not null as is_hotfix,
    coalesce(hotfixes.is_inferred, false) as is_inferred,
    coalesce(counted.change_count, 0) as change_count,
    records.source,
    records.url
from facts.deployment_records as records
left join facts.rollout_members as members on records.deployment_id = members.deployment_id
left join facts.deployment_versions as versions on records.deployment_id = versions.deployment_id
left join hotfixes on records.deployment_id = hotfixes.deployment_id
left join counted on records.deployment_id = counted.deployment_id
cross join config.calendar as calendar
