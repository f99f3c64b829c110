-- One row per service: how its canaries in production were judged in the last 365 days.
-- The level is that of the latest one; 4 is an analysis that has stopped a bad version, by a
-- confirmed abort. Levels 0 and 1 are slow rollouts. The catch rate is confirmed aborts over these
-- and the failed deployments that had passed a canary; its interval is Wilson's, 95 %.
-- Where rollouts are known of less than 80 % of the production deployments, all is unknown; where
-- the latest is more than 30 days older than the latest deployment, it is stale.
--
-- grain: service
--   service              Service.
--   state                yes from level 2 on, no below, unknown or stale.
--   level                0 to 4; null where unknown.
--   level_name           What the level is called: none, slow rollout and so on.
--   decided_by           Who decided on the latest one that is over: rule, hand, skipped or none.
--   criteria             Metrics that could fail it.
--   has_errors           True when one of them tells of errors.
--   has_latency          True when one of them tells of latency.
--   has_business         True when one of them tells what the business is worth.
--   covered_count        Production deployments whose rollout is known.
--   deployment_count     Production deployments, aborted ones among them.
--   covered_share        Their share, 0 to 1; null without deployments.
--   rollout_count        Rollouts in production.
--   passed_count         Of them, promoted by their steps and analyses.
--   superseded_count     Of them, overtaken by the next one.
--   inconclusive_count   Of them, with an analysis that could not tell.
--   fast_promoted_count  Of them, promoted past their steps by a person.
--   hand_paused_count    Of them, let go on by a person.
--   abort_count          Of them, aborted.
--   confirmed_count      Aborts of a version that was bad.
--   false_count          Aborts of a version that held later, unchanged.
--   undecided_count      Aborts of which that is not known.
--   missed_count         Failed deployments that had passed a canary.
--   catch_rate           Confirmed aborts over these and what was missed, 0 to 1; null without any.
--   low_rate             Lower end of its interval.
--   high_rate            Upper end of its interval.
--   abort_minutes        Median minutes from the start to a confirmed abort; null without one.
--   abort_weight         Median share of traffic at a confirmed abort; null where unknown.
--   is_sampled           True when the latest was only looked at now and then.
--   observed_at          Start of the latest rollout, UTC; null without one.
--   evidence_url         Its page.

with recent as (
    select
        canaries.*,
        failed.deployment_id is not null as is_failed
    from facts.canaries as canaries
    left join facts.failed_deployments as failed on canaries.deployment_id = failed.deployment_id
    cross join config.run as run
    where canaries.is_production and canaries.started_at > run.as_of - interval 365 day
),

latest as (
    select *
    from recent
    qualify row_number() over (
        partition by service
        order by (decided_by is not null) desc, started_at desc, rollout_key desc
    ) = 1
),

counts as (
    select
        service,
        count(*) as rollout_count,
        count(*) filter (where outcome = 'passed') as passed_count,
        count(*) filter (where outcome = 'superseded') as superseded_count,
        count(*) filter (where outcome = 'inconclusive') as inconclusive_count,
        count(*) filter (where outcome = 'fast_promoted') as fast_promoted_count,
        count(*) filter (where outcome = 'hand_paused') as hand_paused_count,
        count(*) filter (where status = 'aborted') as abort_count,
        count(*) filter (where abort_kind = 'confirmed') as confirmed_count,
        count(*) filter (where abort_kind = 'false') as false_count,
        count(*) filter (where abort_kind = 'undecided') as undecided_count,
        count(distinct case
            when is_failed and status = 'completed' and level > 0 then deployment_id
        end) as missed_count,
        bool_or(
            abort_kind = 'confirmed' and decided_by = 'rule' and level >= 2
        ) as has_stopped,
        median(case when abort_kind = 'confirmed' then abort_seconds end) / 60 as abort_minutes,
        median(case when abort_kind = 'confirmed' then abort_weight end) as abort_weight
    from recent
    group by service
),

covered as (
    select
        records.service,
        count(distinct records.deployment_id) as covered_count
    from facts.deployment_records as records
    inner join recent on records.deployment_id = recent.deployment_id
    cross join config.run as run
    where
        records.is_production
        and (records.status = 'success' or records.is_aborted)
        and records.finished_at > run.as_of - interval 365 day
    group by records.service
),

joined as (
    select
        services.service,
        latest.rollout_key,
        latest.decided_by,
        latest.criteria,
        latest.has_errors,
        latest.has_latency,
        latest.has_business,
        latest.is_sampled,
        latest.started_at as observed_at,
        latest.url as evidence_url,
        case
            when counts.has_stopped and latest.level >= 2 then 4
            else latest.level
        end as level,
        coalesce(covered.covered_count, 0) as covered_count,
        coalesce(live.deployment_count, 0) as deployment_count,
        coalesce(covered.covered_count, 0) / nullif(live.deployment_count, 0) as covered_share,
        live.finished_at > latest.started_at + interval 30 day as is_stale,
        coalesce(counts.rollout_count, 0) as rollout_count,
        coalesce(counts.passed_count, 0) as passed_count,
        coalesce(counts.superseded_count, 0) as superseded_count,
        coalesce(counts.inconclusive_count, 0) as inconclusive_count,
        coalesce(counts.fast_promoted_count, 0) as fast_promoted_count,
        coalesce(counts.hand_paused_count, 0) as hand_paused_count,
        coalesce(counts.abort_count, 0) as abort_count,
        coalesce(counts.confirmed_count, 0) as confirmed_count,
        coalesce(counts.false_count, 0) as false_count,
        coalesce(counts.undecided_count, 0) as undecided_count,
        coalesce(counts.missed_count, 0) as missed_count,
        counts.abort_minutes,
        counts.abort_weight
    from facts.services as services
    left join facts.live_deployments as live on services.service = live.service
    left join latest on services.service = latest.service
    left join counts on services.service = counts.service
    left join covered on services.service = covered.service
),

rated as (
    select
        *,
        case
            when is_stale then 'stale'
            when coalesce(covered_share, 0) < 0.8 then 'unknown'
            when level >= 2 then 'yes'
            else 'no'
        end as state,
        confirmed_count / nullif(confirmed_count + missed_count, 0) as catch_rate,
        1.959964 * 1.959964 / nullif(confirmed_count + missed_count, 0) as z2_n
    from joined
),

centred as (
    select
        *,
        (catch_rate + z2_n / 2) / (1 + z2_n) as centre,
        sqrt(catch_rate * (1 - catch_rate) * z2_n + z2_n * z2_n / 4) / (1 + z2_n) as half
    from rated
)

select
    service,
    state,
    case when state in ('yes', 'no') then level end as level,
    case
        when state not in ('yes', 'no') then null
        when level = 4 then 'has stopped a bad version'
        when level = 3 then 'compared with the stable version'
        when level = 2 then 'automatic analysis'
        when level = 1 then 'slow rollout, in steps'
        else 'slow rollout'
    end as level_name,
    decided_by,
    criteria,
    has_errors,
    has_latency,
    has_business,
    covered_count,
    deployment_count,
    covered_share,
    rollout_count,
    passed_count,
    superseded_count,
    inconclusive_count,
    fast_promoted_count,
    hand_paused_count,
    abort_count,
    confirmed_count,
    false_count,
    undecided_count,
    missed_count,
    catch_rate,
    case when catch_rate is not null then greatest(centre - half, 0) end as low_rate,
    case when catch_rate is not null then least(centre + half, 1) end as high_rate,
    abort_minutes,
    abort_weight,
    is_sampled,
    observed_at,
    evidence_url
from centred
