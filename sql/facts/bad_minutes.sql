-- One row per failed production deployment: how long, and how widely, it was live.
-- Minutes on a bad version are the sum of share of traffic times minutes, from the start to the
-- recovery, or to the as-of moment while it is open. A rollout that was promoted has all traffic
-- from its end on. Where the share is not known it is 1, and marked.
--
-- grain: deployment_id
--   deployment_id      Failed deployment.
--   service            Service.
--   began_at           Start of its rollout, else of the deployment, else its end, UTC.
--   ended_at           Recovery, or the as-of moment while it is open, UTC.
--   bad_minutes        Minutes, weighed by the share of traffic.
--   is_weight_known    True where the share of traffic was told all along.
--   full_exposure_at   When it had all traffic, in all regions, UTC; null where unknown.
--   evidence_url       Page of its rollout, else of the deployment.

with rollouts as (
    select *
    from facts.progressive_rollouts
    where deployment_id is not null
    qualify row_number() over (
        partition by deployment_id order by started_at desc, rollout_key
    ) = 1
),

weighed as (
    select distinct rollout_key
    from facts.traffic_weights
),

spans as (
    select
        failed.deployment_id,
        failed.service,
        rollouts.rollout_key,
        coalesce(rollouts.started_at, records.started_at, records.finished_at) as began_at,
        coalesce(failed.recovered_at, run.as_of) as ended_at,
        rollouts.finished_at as promoted_at,
        weighed.rollout_key is not null as is_weight_known,
        case
            when rollouts.rollout_key is not null or members.last_region_at > failed.finished_at
                then greatest(rollouts.finished_at, members.last_region_at, failed.finished_at)
        end as full_exposure_at,
        coalesce(rollouts.url, records.url) as evidence_url
    from facts.failed_deployments as failed
    inner join facts.deployment_records as records
        on failed.deployment_id = records.deployment_id
    left join rollouts on failed.deployment_id = rollouts.deployment_id
    left join weighed on rollouts.rollout_key = weighed.rollout_key
    left join facts.deployments as deployments on failed.deployment_id = deployments.deployment_id
    left join facts.rollouts as members on deployments.rollout_id = members.rollout_id
    cross join config.run as run
),

-- Until the first weight is told there is none; without any it is all from the start.
points as (
    select
        deployment_id,
        began_at as changed_at,
        case when is_weight_known then 0.0 else 1.0 end as weight,
        0 as turn
    from spans
    union all
    select
        spans.deployment_id,
        weights.changed_at,
        weights.weight,
        1 as turn
    from spans
    inner join facts.traffic_weights as weights on spans.rollout_key = weights.rollout_key
    union all
    select
        deployment_id,
        promoted_at as changed_at,
        1.0 as weight,
        2 as turn
    from spans
    where promoted_at is not null
),

steps as (
    select
        points.deployment_id,
        points.weight,
        greatest(points.changed_at, spans.began_at) as from_at,
        least(
            coalesce(
                lead(points.changed_at) over (
                    partition by points.deployment_id order by points.changed_at, points.turn
                ),
                spans.ended_at
            ),
            spans.ended_at
        ) as until_at
    from points
    inner join spans on points.deployment_id = spans.deployment_id
),

summed as (
    select
        deployment_id,
        sum(
            cast(round(weight * 1000000) as bigint)
            * cast(greatest(epoch(until_at) - epoch(from_at), 0) as bigint)
        ) as weighed_s
    from steps
    group by deployment_id
)

select
    spans.deployment_id,
    spans.service,
    spans.began_at,
    spans.ended_at,
    cast(summed.weighed_s as double) / 60000000 as bad_minutes,
    spans.is_weight_known,
    spans.full_exposure_at,
    spans.evidence_url
from spans
inner join summed on spans.deployment_id = summed.deployment_id
