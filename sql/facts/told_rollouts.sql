-- One row per progressive rollout that a source tells of, of a service that is known.
-- What was told as it happened wins over what was only looked at now and then: a sampled rollout
-- gives way to a told one of the same tool, service and environment that begins within an hour.
--
-- grain: rollout_key
--   rollout_key         The source's own id, led by the source.
--   source              Name of the source in the configuration.
--   native_key          The source's own id.
--   service             Service.
--   environment         Environment as the source names it.
--   tool                What rolled it out; null where unknown.
--   strategy            rolling, blue_green, canary, recreate or unknown.
--   status              completed, aborted, paused, degraded or progressing, as told.
--   started_at          Start, UTC.
--   finished_at         When it was promoted or went no further, UTC; null where unknown.
--   aborted_at          When it was aborted, UTC; null where it was not.
--   abort_weight        Share of traffic when it was aborted, 0 to 1; null where unknown.
--   commit_sha          Commit that it rolls out; null where unknown.
--   version             Version that it rolls out; null where unknown.
--   artifact_digest     Digest that it rolls out; null where unknown.
--   stable_version      Commit or version that ran before; null where unknown.
--   has_weights         True when it shifts traffic in steps.
--   max_weight          Largest share of traffic before it has all, 0 to 1; null without steps.
--   pause_count         Pauses that its steps have.
--   is_hand_paused      True when a person has to let it go on, or stopped it.
--   is_fast_promoted    True when a person promoted it past its steps.
--   has_traffic_mirror  True when a step copies traffic to it.
--   is_sampled          True when it was only looked at now and then.
--   warm_seconds        How long the old version stays up after it; null where unknown.
--   is_rollback         True when it goes back to an earlier version, as told.
--   url                 Page at the source.

with told as (
    select * from staging.delivery__progressive_rollouts
    union all
    select * from staging.events__rollouts
),

named as (
    select
        told.*,
        services.service as known_service
    from told
    left join config.aliases as aliases on told.service = aliases.alias
    inner join facts.services as services
        on coalesce(aliases.service, told.service) = services.service
    where told.started_at is not null
),

better as (
    select distinct
        sampled.source,
        sampled.rollout_key
    from named as sampled
    inner join named as followed
        on
            sampled.known_service = followed.known_service
            and sampled.environment = followed.environment
            and coalesce(sampled.tool, '') = coalesce(followed.tool, '')
            and sampled.is_sampled
            and not followed.is_sampled
            and abs(epoch(sampled.started_at) - epoch(followed.started_at)) <= 3600
)

select
    concat(named.source, ':', named.rollout_key) as rollout_key,
    named.source,
    named.rollout_key as native_key,
    named.known_service as service,
    named.environment,
    named.tool,
    named.strategy,
    named.status,
    named.started_at,
    named.finished_at,
    named.aborted_at,
    named.abort_weight,
    named.commit_sha,
    named.version,
    named.artifact_digest,
    named.stable_version,
    named.has_weights,
    named.max_weight,
    named.pause_count,
    named.is_hand_paused,
    named.is_fast_promoted,
    named.has_traffic_mirror,
    named.is_sampled,
    named.warm_seconds,
    named.is_rollback,
    named.url
from named
left join better on named.source = better.source and named.rollout_key = better.rollout_key
where better.rollout_key is null
