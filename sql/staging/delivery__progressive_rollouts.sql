-- One row per progressive rollout that a cluster, a delivery tool or the neutral tables tell of.
--
-- grain: source, rollout_key
--   source              Name of the source in the configuration.
--   rollout_key         The source's own id.
--   service             Service as the source names it.
--   environment         Environment as the source names it; production where it names none.
--   tool                What rolled it out, such as argo_rollouts; null where unknown.
--   strategy            rolling, blue_green, canary, recreate or unknown.
--   status              completed, aborted, paused, degraded or progressing, as told.
--   started_at          Start, UTC.
--   finished_at         When it was promoted or went no further, UTC; null where unknown.
--   aborted_at          When it was aborted, UTC; null where it was not.
--   abort_weight        Share of traffic that it had when it was aborted, 0 to 1; null if unknown.
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

with fields as (
    select
        source,
        record_id as rollout_key,
        json_extract_string(payload, '$.service') as service,
        json_extract_string(payload, '$.environment') as environment,
        json_extract_string(payload, '$.tool') as tool,
        json_extract_string(payload, '$.strategy') as strategy,
        json_extract_string(payload, '$.status') as status,
        json_extract_string(payload, '$.started_at') as started_at,
        json_extract_string(payload, '$.finished_at') as finished_at,
        json_extract_string(payload, '$.aborted_at') as aborted_at,
        json_extract_string(payload, '$.abort_weight') as abort_weight,
        json_extract_string(payload, '$.sha') as commit_sha,
        json_extract_string(payload, '$.version') as version,
        json_extract_string(payload, '$.artifact_digest') as artifact_digest,
        json_extract_string(payload, '$.stable_version') as stable_version,
        json_extract_string(payload, '$.has_weights') as has_weights,
        json_extract_string(payload, '$.max_weight') as max_weight,
        json_extract_string(payload, '$.pause_count') as pause_count,
        json_extract_string(payload, '$.is_hand_paused') as is_hand_paused,
        json_extract_string(payload, '$.is_fast_promoted') as is_fast_promoted,
        json_extract_string(payload, '$.has_traffic_mirror') as has_traffic_mirror,
        json_extract_string(payload, '$.is_sampled') as is_sampled,
        json_extract_string(payload, '$.warm_seconds') as warm_seconds,
        json_extract_string(payload, '$.is_rollback') as is_rollback,
        json_extract_string(payload, '$.url') as url
    from raw.delivery__progressive_rollouts
    where not is_deleted
)

select
    source,
    rollout_key,
    service,
    coalesce(environment, 'production') as environment,
    tool,
    coalesce(strategy, 'unknown') as strategy,
    coalesce(status, 'completed') as status,
    date_trunc('second', cast(started_at as timestamptz)) as started_at,
    date_trunc('second', cast(finished_at as timestamptz)) as finished_at,
    date_trunc('second', cast(aborted_at as timestamptz)) as aborted_at,
    try_cast(abort_weight as double) as abort_weight,
    lower(commit_sha) as commit_sha,
    version,
    lower(artifact_digest) as artifact_digest,
    stable_version,
    coalesce(has_weights = 'true', false) as has_weights,
    try_cast(max_weight as double) as max_weight,
    coalesce(try_cast(pause_count as bigint), 0) as pause_count,
    coalesce(is_hand_paused = 'true', false) as is_hand_paused,
    coalesce(is_fast_promoted = 'true', false) as is_fast_promoted,
    coalesce(has_traffic_mirror = 'true', false) as has_traffic_mirror,
    coalesce(is_sampled = 'true', false) as is_sampled,
    try_cast(warm_seconds as bigint) as warm_seconds,
    coalesce(is_rollback = 'true', false) as is_rollback,
    url
from fields
