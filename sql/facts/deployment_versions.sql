-- One row per successful deployment and what ran before it in the same environment.
-- A rollback deploys a version that was first deployed before the version that was live when the
-- rollback began; redeploying the live version, or going forward again, is none.
--
-- grain: deployment_id
--   deployment_id           Deployment.
--   live_deployment_id      Deployment that was live in the environment when this one began.
--   is_rollback             True when it goes back to an earlier version, seen or told.
--   rolls_back_to           Deployment whose version runs again; null where none is known.

with streams as (
    select
        *,
        least(started_at, finished_at) as began_at,
        min(finished_at) over (
            partition by service, environment, version_key
        ) as version_first_at,
        first_value(deployment_id) over (
            partition by service, environment, version_key
            order by finished_at, deployment_id
        ) as version_first_id,
        coalesce(started_at >= finished_at, true) as is_instant
    from facts.deployment_records
    where status = 'success'
),

-- At one and the same second: what ends and what is an instant, by id; then others begin.
moments as (
    select
        service,
        environment,
        deployment_id,
        finished_at as happened_at,
        0 as turn,
        true as is_end,
        deployment_id as live_id
    from streams
    union all
    select
        service,
        environment,
        deployment_id,
        began_at as happened_at,
        case when is_instant then 0 else 1 end as turn,
        false as is_end,
        null as live_id
    from streams
),

lives as (
    select
        deployment_id,
        is_end,
        last_value(live_id ignore nulls) over before as live_id
    from moments
    window before as (
        partition by service, environment
        order by happened_at, turn, deployment_id, is_end
        rows between unbounded preceding and current row
    )
),

compared as (
    select
        streams.deployment_id,
        lives.live_id as live_deployment_id,
        coalesce(
            streams.version_key <> live.version_key
            and streams.version_first_id <> streams.deployment_id
            and (
                streams.version_first_at < live.version_first_at
                or (
                    streams.version_first_at = live.version_first_at
                    and streams.version_first_id < live.version_first_id
                )
            ),
            false
        ) as goes_back,
        streams.rolls_back_to,
        streams.version_first_id
    from streams
    inner join lives on streams.deployment_id = lives.deployment_id and not lives.is_end
    left join streams as live on lives.live_id = live.deployment_id
)

select
    deployment_id,
    live_deployment_id,
    goes_back or rolls_back_to is not null as is_rollback,
    case
        when goes_back then version_first_id
        else rolls_back_to
    end as rolls_back_to
from compared
