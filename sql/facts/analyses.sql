-- One row per metric that judged a progressive rollout.
-- What it tells of is told by its source, else by the first configured pattern of its name.
--
-- grain: analysis_id
--   analysis_id        The source's own id, led by the source.
--   rollout_key        The rollout that it judges.
--   service            Service.
--   metric             Name of the metric; empty where it has none.
--   signal             errors, latency, business or unknown.
--   is_dry_run         True when its verdict has no consequence.
--   compares_stable    True when it compares with the version that ran before, in the same window.
--   can_fail           True when it has a condition under which it fails.
--   verdict            successful, failed, error, inconclusive or superseded; null while it runs.
--   started_at         Start, UTC.
--   finished_at        End, UTC; null while it runs.
--   url                Page at the source.

-- A pattern that is no literal is compiled for every row, so it meets each name once.
with metrics as (
    select distinct metric
    from staging.delivery__analyses
    union
    select distinct metric
    from staging.events__analyses
),

signals as (
    select
        metrics.metric,
        patterns.signal
    from metrics
    inner join config.analysis_signals as patterns
        on regexp_matches(metrics.metric, patterns.pattern)
    qualify row_number() over (partition by metrics.metric order by patterns.place) = 1
),

told as (
    select
        analyses.source,
        analyses.analysis_id,
        concat(analyses.source, ':', analyses.rollout_key) as rollout_key,
        analyses.metric,
        analyses.signal,
        analyses.is_dry_run,
        analyses.compares_stable,
        analyses.can_fail,
        analyses.verdict,
        analyses.started_at,
        analyses.finished_at,
        analyses.url
    from staging.delivery__analyses as analyses
    union all
    select
        analyses.source,
        analyses.analysis_id,
        concat(analyses.source, ':', analyses.rollout_key) as rollout_key,
        analyses.metric,
        cast(null as text) as signal,
        false as is_dry_run,
        false as compares_stable,
        true as can_fail,
        analyses.verdict,
        analyses.started_at,
        analyses.finished_at,
        cast(null as text) as url
    from staging.events__analyses as analyses
)

select
    concat(told.source, ':', told.analysis_id) as analysis_id,
    told.rollout_key,
    rollouts.service,
    told.metric,
    coalesce(told.signal, signals.signal, 'unknown') as signal,
    told.is_dry_run,
    told.compares_stable,
    told.can_fail,
    case when told.finished_at <= cut.cut_at then told.verdict end as verdict,
    coalesce(told.started_at, rollouts.started_at) as started_at,
    case when told.finished_at <= cut.cut_at then told.finished_at end as finished_at,
    told.url
from told
inner join facts.progressive_rollouts as rollouts on told.rollout_key = rollouts.rollout_key
left join signals on told.metric = signals.metric
cross join facts.cut as cut
where coalesce(told.started_at, rollouts.started_at) <= cut.cut_at
