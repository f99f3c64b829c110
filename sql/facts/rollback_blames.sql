-- One row per rollback and deployment that it blames: by the rules of its service the one that
-- was live when it began, the first that followed its own version's latest deployment before it,
-- or all from there on. Where its version was never deployed before, it is the live one.
--
-- grain: deployment_id, blamed_id
--   deployment_id      Deployment that goes back.
--   blamed_id          Deployment that it blames.

with streams as (
    select
        deployment_id,
        service,
        environment,
        version_key,
        is_production,
        row_number() over stream as place
    from facts.deployment_records
    where status = 'success'
    window stream as (
        partition by service, environment order by finished_at, deployment_id
    )
),

versions as (
    select
        *,
        case
            when version_key is not null
                then lag(place) over (
                    partition by service, environment, version_key order by place
                )
        end as earlier_place
    from streams
),

spans as (
    select
        rollbacks.deployment_id,
        rollbacks.service,
        rollbacks.environment,
        rules.rollback_blames,
        live.place as live_place,
        case
            when rules.rollback_blames = 'last' or rollbacks.earlier_place is null then live.place
            else least(rollbacks.earlier_place + 1, live.place)
        end as first_place
    from facts.deployment_versions as known
    inner join versions as rollbacks on known.deployment_id = rollbacks.deployment_id
    inner join versions as live on known.live_deployment_id = live.deployment_id
    inner join facts.rules as rules on rollbacks.service = rules.service
    where known.is_rollback
),

passed as (
    select
        spans.deployment_id,
        spans.rollback_blames,
        streams.deployment_id as blamed_id,
        streams.place
    from spans
    cross join unnest(generate_series(spans.first_place, spans.live_place)) as step (place)
    inner join streams
        on
            spans.service = streams.service
            and spans.environment = streams.environment
            and step.place = streams.place
    where streams.is_production
)

select
    deployment_id,
    blamed_id
from passed
qualify
    rollback_blames = 'all'
    or row_number() over (partition by deployment_id order by place) = 1
