-- One row per progressive rollout and moment at which its share of the traffic was seen to change.
--
-- grain: rollout_key, changed_at
--   rollout_key        The rollout.
--   changed_at         When it had this share, UTC.
--   weight             Share of the traffic from then on, 0 to 1.

with told as (
    select
        concat(source, ':', rollout_key) as rollout_key,
        changed_at,
        weight
    from staging.delivery__traffic_weights
    union all
    select
        concat(weights.source, ':', rollouts.rollout_key) as rollout_key,
        weights.changed_at,
        weights.weight
    from staging.events__traffic_weights as weights
    inner join staging.events__rollouts as rollouts
        on
            weights.source = rollouts.source
            and (
                weights.subject_id = rollouts.rollout_key
                or starts_with(rollouts.rollout_key, concat(weights.subject_id, '#'))
            )
            and weights.changed_at >= rollouts.started_at
            and weights.changed_at <= coalesce(rollouts.finished_at, weights.changed_at)
)

select
    told.rollout_key,
    told.changed_at,
    max(told.weight) as weight
from told
inner join facts.progressive_rollouts as rollouts on told.rollout_key = rollouts.rollout_key
cross join facts.cut as cut
where told.changed_at <= cut.cut_at
group by told.rollout_key, told.changed_at
