-- One row per deployment of one service to one environment, before anything is made of it.
-- A deployment whose latest progressive rollout was aborted has never succeeded, whatever its
-- source says: it is a failed pipeline, which is in no frequency, and in the change fail rate only
-- where the rules count failed pipelines.
--
-- grain: deployment_id
--   deployment_id      The source's own id, led by the source where two sources use the same one.
--   native_id          The source's own id.
--   source             Name of the source in the configuration.
--   service            Service.
--   environment        Environment as the source names it.
--   is_production      True when the environment counts as production.
--   repository         Repository of the deployed commit; null where unknown.
--   commit_sha         Deployed commit; null where unknown.
--   version            Deployed version; null where unknown.
--   version_key        Commit, else version, else null: what makes two deployments the same.
--   started_at         Start, UTC; null where unknown.
--   finished_at        End, UTC; null while in progress.
--   status             success, failure, cancelled or in_progress, as it was at the cut.
--   trigger            manual or automatic; null where unknown.
--   is_bot             True when a bot deployed; null where unknown.
--   strategy           rolling, blue_green, canary, recreate or unknown.
--   artifact_digest    Digest of what runs, sha256: and 64 digits; null where unknown.
--   rolls_back_to      Deployment or version that this one goes back to, as told.
--   is_tag             True when a release tag stands for it.
--   major              First number of the tag's version.
--   minor              Second number of the tag's version.
--   patch              Third number of the tag's version.
--   is_aborted         True when its progressive rollout was aborted.
--   url                Page at the source.

with latest as (
    select *
    from facts.progressive_rollouts
    where deployment_id is not null
    qualify row_number() over (
        partition by deployment_id order by started_at desc, rollout_key
    ) = 1
),

digests as (
    select
        deployment_id,
        min(artifact_digest) as artifact_digest
    from facts.progressive_rollouts
    where deployment_id is not null
    group by deployment_id
    having count(distinct artifact_digest) = 1
)

select
    deployments.deployment_id,
    deployments.native_id,
    deployments.source,
    deployments.service,
    deployments.environment,
    deployments.is_production,
    deployments.repository,
    deployments.commit_sha,
    deployments.version,
    deployments.version_key,
    deployments.started_at,
    case
        when latest.status = 'aborted' then greatest(deployments.finished_at, latest.abort_at)
        else deployments.finished_at
    end as finished_at,
    case
        when latest.status = 'aborted' and deployments.status in ('success', 'in_progress')
            then 'failure'
        else deployments.status
    end as status,
    deployments.trigger,
    deployments.is_bot,
    case
        when deployments.strategy = 'unknown' then coalesce(latest.strategy, 'unknown')
        else deployments.strategy
    end as strategy,
    coalesce(deployments.artifact_digest, digests.artifact_digest) as artifact_digest,
    deployments.rolls_back_to,
    deployments.is_tag,
    deployments.major,
    deployments.minor,
    deployments.patch,
    coalesce(latest.status = 'aborted', false) as is_aborted,
    deployments.url
from facts.claimed_deployments as deployments
left join latest on deployments.deployment_id = latest.deployment_id
left join digests on deployments.deployment_id = digests.deployment_id
