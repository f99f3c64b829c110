-- One row per progressive rollout: how it was judged, and what became of it.
-- Its level is 1 with staged weights, 2 with an analysis that is no dry run and can fail, 3 where
-- one such compares with the stable version in the same window, else 0.
-- An abort is false when the same version is promoted afterwards and holds seven days; confirmed
-- when that fails, or another version is promoted in its place; until then it is undecided.
--
-- grain: rollout_key
--   rollout_key        The rollout.
--   deployment_id      Deployment that it carried out; null where none is known.
--   service            Service.
--   environment        Environment.
--   is_production      True when the environment counts as production.
--   started_at         Start, UTC.
--   status             As of the rollout.
--   level              0 to 3.
--   outcome            passed, failed, inconclusive, superseded, fast_promoted, hand_paused or
--                      open: what the analysis came to, where nothing stood above it.
--   decided_by         rule, hand, skipped, or none where nobody looked; null while it goes on.
--   criteria           Metrics that could fail it, in alphabetical order; empty without any.
--   has_errors         True when one of them tells of errors.
--   has_latency        True when one of them tells of latency.
--   has_business       True when one of them tells what the business is worth.
--   abort_kind         confirmed, false or undecided; null where it was not aborted.
--   abort_seconds      From its start to the abort; null where it was not aborted.
--   abort_weight       Share of traffic that it had then; null where unknown.
--   is_sampled         True when it was only looked at now and then.
--   url                Page at the source.

with judged as (
    select
        rollout_key,
        bool_or(can_fail and not is_dry_run) as can_fail,
        bool_or(can_fail and not is_dry_run and compares_stable) as compares_stable,
        bool_or(verdict in ('failed', 'error') and not is_dry_run) as has_failed,
        bool_or(verdict = 'inconclusive' and not is_dry_run) as is_inconclusive,
        bool_or(signal = 'errors' and can_fail and not is_dry_run) as has_errors,
        bool_or(signal = 'latency' and can_fail and not is_dry_run) as has_latency,
        bool_or(signal = 'business' and can_fail and not is_dry_run) as has_business
    from facts.analyses
    group by rollout_key
),

named as (
    select distinct
        rollout_key,
        metric
    from facts.analyses
    where can_fail and not is_dry_run and metric <> ''
),

listed as (
    select
        rollout_key,
        string_agg(metric, ', ' order by metric) as criteria
    from named
    group by rollout_key
),

-- What was promoted after an abort: of the same version, or of another.
promoted as (
    select
        aborted.rollout_key,
        later.canary_version = aborted.canary_version as is_same,
        later.finished_at,
        failed.deployment_id is not null as is_failed
    from facts.progressive_rollouts as aborted
    inner join facts.progressive_rollouts as later
        on
            aborted.service = later.service
            and aborted.environment = later.environment
            and later.started_at >= aborted.abort_at
            and later.status = 'completed'
    left join facts.failed_deployments as failed on later.deployment_id = failed.deployment_id
    where aborted.abort_at is not null
),

sequels as (
    select
        promoted.rollout_key,
        bool_or(
            promoted.is_same
            and not promoted.is_failed
            and promoted.finished_at + interval 7 day <= cut.cut_at
        ) as has_held,
        bool_or(promoted.is_same and promoted.is_failed) as has_failed_again,
        bool_or(promoted.is_same and not promoted.is_failed) as is_promoted,
        bool_or(not promoted.is_same) as is_replaced
    from promoted
    cross join facts.cut as cut
    group by promoted.rollout_key
)

select
    rollouts.rollout_key,
    rollouts.deployment_id,
    rollouts.service,
    rollouts.environment,
    rollouts.is_production,
    rollouts.started_at,
    rollouts.status,
    case
        when judged.compares_stable then 3
        when judged.can_fail then 2
        when rollouts.has_weights then 1
        else 0
    end as level,
    case
        when rollouts.status = 'superseded' then 'superseded'
        when rollouts.status = 'aborted' then 'failed'
        when rollouts.is_fast_promoted then 'fast_promoted'
        when judged.is_inconclusive then 'inconclusive'
        when rollouts.status = 'completed' and rollouts.is_hand_paused then 'hand_paused'
        when rollouts.status = 'completed' then 'passed'
        when rollouts.is_hand_paused then 'hand_paused'
        else 'open'
    end as outcome,
    case
        when rollouts.status not in ('completed', 'aborted') then null
        when rollouts.status = 'aborted' and coalesce(judged.has_failed, false) then 'rule'
        when rollouts.status = 'aborted' then 'hand'
        when rollouts.is_fast_promoted then 'skipped'
        when rollouts.is_hand_paused then 'hand'
        when coalesce(judged.can_fail, false) then 'rule'
        else 'none'
    end as decided_by,
    coalesce(listed.criteria, '') as criteria,
    coalesce(judged.has_errors, false) as has_errors,
    coalesce(judged.has_latency, false) as has_latency,
    coalesce(judged.has_business, false) as has_business,
    case
        when rollouts.abort_at is null then null
        when rollouts.canary_version is null then 'undecided'
        when coalesce(sequels.has_failed_again, false) then 'confirmed'
        when coalesce(sequels.has_held, false) then 'false'
        when coalesce(sequels.is_promoted, false) then 'undecided'
        when coalesce(sequels.is_replaced, false) then 'confirmed'
        else 'undecided'
    end as abort_kind,
    cast(epoch(rollouts.abort_at) - epoch(rollouts.started_at) as bigint) as abort_seconds,
    rollouts.abort_weight,
    rollouts.is_sampled,
    rollouts.url
from facts.progressive_rollouts as rollouts
left join judged on rollouts.rollout_key = judged.rollout_key
left join listed on rollouts.rollout_key = listed.rollout_key
left join sequels on rollouts.rollout_key = sequels.rollout_key
