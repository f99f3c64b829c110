-- One row per progressive rollout that events tell of, folded from all of them.
-- Nothing depends on the order in which they came. The same version may be rolled out again, so
-- what begins after an end, or says that it starts, is another rollout.
--
-- grain: source, rollout_key
--   source              Name of the source in the configuration.
--   rollout_key         The sender's own id, with the number of the time it was used.
--   service             Service as the sender names it.
--   environment         Environment as the sender names it; production where it names none.
--   tool                What rolled it out: argo_rollouts or flagger.
--   strategy            rolling, blue_green, canary, recreate or unknown.
--   status              completed, aborted, paused, degraded or progressing.
--   started_at          Start, UTC.
--   finished_at         When it was promoted or aborted, UTC; null while it goes on.
--   aborted_at          When it was aborted, UTC; null where it was not.
--   abort_weight        Share of traffic before it was aborted, 0 to 1; null where unknown.
--   commit_sha          Commit that it rolls out; null where unknown.
--   version             Version that it rolls out; null where unknown.
--   artifact_digest     Digest that it rolls out; null where unknown.
--   stable_version      Commit or version that ran before; null where unknown.
--   has_weights         True when it shifts traffic in steps.
--   max_weight          Largest share of traffic before it has all, 0 to 1; null if unknown.
--   pause_count         Pauses that its steps have; those that were seen where none are told.
--   is_hand_paused      True when a person has to let it go on, or stopped it.
--   is_fast_promoted    True when a person promoted it past its steps.
--   has_traffic_mirror  True when a step copies traffic to it.
--   is_sampled          False: it was told as it happened.
--   warm_seconds        How long the old version stays up after it; null where unknown.
--   is_rollback         True when it goes back to an earlier version, as told.
--   url                 Page at the sender.

with fields as (
    select
        source,
        json_extract_string(payload, '$.subject_id') as subject_id,
        json_extract_string(payload, '$.state') as state,
        json_extract_string(payload, '$.format') as tool,
        json_extract_string(payload, '$.at') as told_at,
        md5(payload) as digest,
        json_extract_string(payload, '$.service') as service,
        json_extract_string(payload, '$.environment') as environment,
        json_extract_string(payload, '$.strategy') as strategy,
        json_extract_string(payload, '$.started_at') as started_at,
        json_extract_string(payload, '$.sha') as commit_sha,
        json_extract_string(payload, '$.version') as version,
        json_extract_string(payload, '$.artifact_digest') as artifact_digest,
        json_extract_string(payload, '$.stable_version') as stable_version,
        json_extract_string(payload, '$.weight') as weight,
        json_extract_string(payload, '$.has_weights') as has_weights,
        json_extract_string(payload, '$.max_weight') as max_weight,
        json_extract_string(payload, '$.pause_count') as pause_count,
        json_extract_string(payload, '$.is_hand_paused') as is_hand_paused,
        json_extract_string(payload, '$.is_fast_promoted') as is_fast_promoted,
        json_extract_string(payload, '$.has_traffic_mirror') as has_traffic_mirror,
        json_extract_string(payload, '$.warm_seconds') as warm_seconds,
        json_extract_string(payload, '$.is_rollback') as is_rollback,
        json_extract_string(payload, '$.url') as url
    from raw.events__events
    where
        not is_deleted
        and json_extract_string(payload, '$.subject') = 'rollout'
        and json_extract_string(payload, '$.subject_id') is not null
        and json_extract_string(payload, '$.state') <> 'updated'
),

-- Times as text that sorts as they do: with and without parts of a second.
ordered as (
    select
        *,
        date_trunc('second', cast(told_at as timestamptz)) as happened_at,
        concat(
            left(told_at, 19), rpad(regexp_extract(told_at, '[.]([0-9]+)', 1), 6, '0'), digest
        ) as place
    from fields
),

marked as (
    select
        *,
        lag(state) over events as earlier_state,
        lag(place) over events is null as is_first
    from ordered
    window events as (partition by source, subject_id order by place)
),

numbered as (
    select
        *,
        sum(
            case
                when is_first then 1
                when earlier_state in ('promoted', 'aborted') and state <> earlier_state then 1
                when state = 'started' and earlier_state <> 'started' then 1
                else 0
            end
        ) over (
            partition by source, subject_id order by place
            rows between unbounded preceding and current row
        ) as turn
    from marked
),

folded as (
    select
        source,
        subject_id,
        cast(turn as bigint) as turn,
        max(tool) as tool,
        max_by(state, place) as state,
        min(coalesce(date_trunc('second', cast(started_at as timestamptz)), happened_at))
            as started_at,
        min(case when state = 'promoted' then happened_at end) as promoted_at,
        min(case when state = 'aborted' then happened_at end) as aborted_at,
        max_by(
            try_cast(weight as double),
            case when weight is not null and state <> 'aborted' then place end
        ) as last_weight,
        max(case when state <> 'promoted' then try_cast(weight as double) end) as seen_weight,
        max_by(service, case when service is not null then place end) as service,
        max_by(environment, case when environment is not null then place end) as environment,
        max_by(strategy, case when strategy is not null then place end) as strategy,
        max_by(commit_sha, case when commit_sha is not null then place end) as commit_sha,
        max_by(version, case when version is not null then place end) as version,
        max_by(artifact_digest, case when artifact_digest is not null then place end)
            as artifact_digest,
        min_by(stable_version, case when stable_version is not null then place end)
            as stable_version,
        bool_or(has_weights = 'true') as has_weights,
        max(try_cast(max_weight as double)) as max_weight,
        max(try_cast(pause_count as bigint)) as pause_count,
        count(*) filter (where state = 'paused') as paused_count,
        bool_or(is_hand_paused = 'true') as is_hand_paused,
        bool_or(is_fast_promoted = 'true') as is_fast_promoted,
        bool_or(has_traffic_mirror = 'true') as has_traffic_mirror,
        max(try_cast(warm_seconds as bigint)) as warm_seconds,
        bool_or(is_rollback = 'true') as is_rollback,
        max_by(url, case when url is not null then place end) as url
    from numbered
    group by source, subject_id, turn
)

select
    source,
    case when turn = 1 then subject_id else concat(subject_id, '#', turn) end as rollout_key,
    service,
    coalesce(environment, 'production') as environment,
    tool,
    coalesce(strategy, 'unknown') as strategy,
    case
        when promoted_at is not null then 'completed'
        when aborted_at is not null then 'aborted'
        when state in ('paused', 'degraded') then state
        else 'progressing'
    end as status,
    started_at,
    coalesce(promoted_at, aborted_at) as finished_at,
    case when promoted_at is null then aborted_at end as aborted_at,
    case when promoted_at is null and aborted_at is not null then last_weight end as abort_weight,
    lower(commit_sha) as commit_sha,
    version,
    lower(artifact_digest) as artifact_digest,
    stable_version,
    coalesce(has_weights, false) or coalesce(seen_weight > 0, false) as has_weights,
    coalesce(max_weight, seen_weight) as max_weight,
    coalesce(pause_count, paused_count) as pause_count,
    coalesce(is_hand_paused, false) as is_hand_paused,
    coalesce(is_fast_promoted, false) as is_fast_promoted,
    coalesce(has_traffic_mirror, false) as has_traffic_mirror,
    false as is_sampled,
    warm_seconds,
    coalesce(is_rollback, false) as is_rollback,
    url
from folded
where service is not null
