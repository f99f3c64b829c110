-- One row per rollout and metric that events tell of as having judged it.
-- Flagger names a metric only where it held the rollout up; that the analysis as a whole passed or
-- failed, it tells by promoting or by the threshold of failed checks.
--
-- grain: source, analysis_id
--   source             Name of the source in the configuration.
--   analysis_id        The rollout's id and the metric.
--   rollout_key        The rollout, by the sender's own id.
--   metric             Name of the metric; empty for the analysis as a whole.
--   verdict            successful or failed; null while it runs.
--   started_at         Start, UTC.
--   finished_at        End, UTC; null while it runs.

with fields as (
    select distinct
        source,
        json_extract_string(payload, '$.subject_id') as subject_id,
        date_trunc('second', cast(json_extract_string(payload, '$.at') as timestamptz))
            as happened_at,
        json_extract_string(payload, '$.metric') as metric,
        json_extract_string(payload, '$.verdict') as verdict
    from raw.events__events
    where
        not is_deleted
        and json_extract_string(payload, '$.subject') = 'rollout'
        and json_extract_string(payload, '$.verdict') is not null
),

judged as (
    select
        fields.*,
        rollouts.rollout_key,
        rollouts.started_at,
        rollouts.finished_at,
        rollouts.status
    from fields
    inner join staging.events__rollouts as rollouts
        on
            fields.source = rollouts.source
            and (
                fields.subject_id = rollouts.rollout_key
                or starts_with(rollouts.rollout_key, concat(fields.subject_id, '#'))
            )
            and fields.happened_at >= rollouts.started_at
            and fields.happened_at <= coalesce(rollouts.finished_at, fields.happened_at)
)

select
    source,
    concat(rollout_key, '/', coalesce(metric, '')) as analysis_id,
    rollout_key,
    coalesce(metric, '') as metric,
    min(
        case
            when metric is null or verdict in ('error', 'inconclusive') then verdict
            when status = 'aborted' then 'failed'
            when status = 'completed' then 'successful'
        end
    ) as verdict,
    min(started_at) as started_at,
    max(case when metric is null then happened_at else finished_at end) as finished_at
from judged
group by source, rollout_key, metric
