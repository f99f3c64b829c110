-- One row per rollout and metric that was judged while it went on.
--
-- grain: source, analysis_id
--   source             Name of the source in the configuration.
--   analysis_id        The source's own id.
--   rollout_key        The rollout that it judges, by the source's own id.
--   metric             Name of the metric; empty where it has none.
--   signal             errors, latency or business, as told; null where the name tells.
--   is_dry_run         True when its verdict has no consequence.
--   compares_stable    True when it compares with the version that ran before, in the same window.
--   can_fail           True when it has a condition under which it fails.
--   verdict            successful, failed, error, inconclusive or superseded; null while it runs.
--   started_at         Start, UTC.
--   finished_at        End, UTC; null while it runs.
--   url                Page at the source.

with fields as (
    select
        source,
        record_id as analysis_id,
        json_extract_string(payload, '$.rollout_id') as rollout_key,
        json_extract_string(payload, '$.metric') as metric,
        json_extract_string(payload, '$.signal') as signal,
        json_extract_string(payload, '$.is_dry_run') as is_dry_run,
        json_extract_string(payload, '$.compares_stable') as compares_stable,
        json_extract_string(payload, '$.can_fail') as can_fail,
        json_extract_string(payload, '$.verdict') as verdict,
        json_extract_string(payload, '$.started_at') as started_at,
        json_extract_string(payload, '$.finished_at') as finished_at,
        json_extract_string(payload, '$.url') as url
    from raw.delivery__analyses
    where not is_deleted
)

select
    source,
    analysis_id,
    rollout_key,
    coalesce(metric, '') as metric,
    signal,
    coalesce(is_dry_run = 'true', false) as is_dry_run,
    coalesce(compares_stable = 'true', false) as compares_stable,
    coalesce(can_fail = 'true', false) as can_fail,
    verdict,
    date_trunc('second', cast(started_at as timestamptz)) as started_at,
    date_trunc('second', cast(finished_at as timestamptz)) as finished_at,
    url
from fields
