-- One row per progressive rollout, with the deployment that it carried out.
-- It belongs to the deployment of its service that names its commit, version or digest and began
-- at most a day before it, or an hour after it; else, where either names none, to the one that
-- began within half an hour of it. The same environment comes first, then any other production
-- of a rollout in production, then the nearest in time.
--
-- grain: rollout_key
--   rollout_key         The source's own id, led by the source.
--   deployment_id       Deployment that it carried out; null where none is known.
--   service             Service.
--   environment         Environment as the source names it.
--   is_production       True when the environment counts as production.
--   tool                What rolled it out; null where unknown.
--   strategy            rolling, blue_green, canary, recreate or unknown.
--   started_at          Start, UTC.
--   finished_at         When it was promoted or went no further, UTC; null where unknown.
--   status              completed, aborted, paused, degraded, progressing, or superseded where the
--                       next one of the service and environment began before it was over.
--   has_weights         True when it shifts traffic in steps.
--   max_weight          Largest share of traffic before it has all, 0 to 1; null without steps.
--   pause_count         Pauses that its steps have.
--   is_hand_paused      True when a person has to let it go on, or stopped it.
--   is_fast_promoted    True when a person promoted it past its steps.
--   has_traffic_mirror  True when a step copies traffic to it.
--   is_sampled          True when it was only looked at now and then.
--   is_rollback         True when it goes back to an earlier version, as told.
--   commit_sha          Commit that it rolls out; null where unknown.
--   version             Version that it rolls out; null where unknown.
--   artifact_digest     Digest that it rolls out; null where unknown.
--   canary_version      Commit, version or digest that it rolls out; null where unknown.
--   stable_version      Commit or version that ran before; null where unknown.
--   abort_at            When it was aborted, UTC; null where it was not.
--   abort_weight        Share of traffic when it was aborted, 0 to 1; null where unknown.
--   warm_seconds        How long the old version stays up after it; null where unknown.
--   source              Name of the source in the configuration.
--   url                 Page at the source.

with environments as (
    select distinct
        service,
        environment
    from facts.told_rollouts
),

-- A pattern that is no literal is compiled for every row, so it meets each environment once.
places as (
    select
        environments.service,
        environments.environment,
        regexp_matches(
            environments.environment,
            coalesce(settings.production_pattern, calendar.production_pattern)
        ) as is_production
    from environments
    left join config.services as settings on environments.service = settings.service
    cross join config.calendar as calendar
),

known as (
    select
        told.*,
        places.is_production,
        case when told.aborted_at <= cut.cut_at then told.aborted_at end as abort_at,
        case when told.finished_at <= cut.cut_at then told.finished_at end as ended_at,
        lead(told.started_at) over (
            partition by told.service, told.environment order by told.started_at, told.rollout_key
        ) as next_at
    from facts.told_rollouts as told
    inner join places
        on told.service = places.service and told.environment = places.environment
    cross join facts.cut as cut
    where told.started_at <= cut.cut_at
),

pairs as (
    select
        known.rollout_key,
        deployments.deployment_id,
        known.environment = deployments.environment as is_same_place,
        abs(epoch(known.started_at) - epoch(coalesce(deployments.started_at, deployments.born_at)))
            as apart_s,
        epoch(known.started_at) - epoch(coalesce(deployments.started_at, deployments.born_at))
            as later_s,
        coalesce(
            known.artifact_digest = deployments.artifact_digest
            or known.version = deployments.version
            or (
                length(known.commit_sha) >= 7
                and starts_with(deployments.commit_sha, known.commit_sha)
            ),
            false
        ) as is_same_version,
        coalesce(known.artifact_digest, known.version, known.commit_sha) is null
        or deployments.version_key is null as is_nameless
    from known
    inner join facts.claimed_deployments as deployments
        on
            known.service = deployments.service
            and (
                known.environment = deployments.environment
                or (known.is_production and deployments.is_production)
            )
),

matched as (
    select
        rollout_key,
        deployment_id
    from pairs
    where
        (is_same_version and later_s between -3600 and 86400)
        or (is_nameless and apart_s <= 1800)
    qualify row_number() over (
        partition by rollout_key
        order by is_same_version desc, is_same_place desc, apart_s, deployment_id
    ) = 1
)

select
    known.rollout_key,
    matched.deployment_id,
    known.service,
    known.environment,
    known.is_production,
    known.tool,
    known.strategy,
    known.started_at,
    coalesce(known.ended_at, known.abort_at) as finished_at,
    case
        when known.abort_at is not null then 'aborted'
        when known.status = 'aborted' and known.aborted_at is not null then 'progressing'
        when known.finished_at > cut.cut_at then 'progressing'
        when
            known.status in ('paused', 'degraded', 'progressing')
            and known.next_at <= cut.cut_at
            then 'superseded'
        else known.status
    end as status,
    known.has_weights,
    known.max_weight,
    known.pause_count,
    known.is_hand_paused,
    known.is_fast_promoted,
    known.has_traffic_mirror,
    known.is_sampled,
    known.is_rollback,
    known.commit_sha,
    known.version,
    known.artifact_digest,
    coalesce(known.commit_sha, known.version, known.artifact_digest) as canary_version,
    known.stable_version,
    known.abort_at,
    case when known.abort_at is not null then known.abort_weight end as abort_weight,
    known.warm_seconds,
    known.source,
    known.url
from known
left join matched on known.rollout_key = matched.rollout_key
cross join facts.cut as cut
