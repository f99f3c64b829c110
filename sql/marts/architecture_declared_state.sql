-- One row per service: whether an agent pulls what is declared, and how long the two differed.
-- A deployment is pulled when an agent found its environment in sync between five minutes before
-- its start and half an hour after its end. Before the first that an agent told of a service,
-- nothing is known.
--
-- grain: service
--   service              Service.
--   state                yes or no of the latest production deployment, unknown, or stale where the
--                        agent has said nothing for 30 days before it.
--   tool                 The agent; null where none is known.
--   pulled_count         Production deployments that it pulled.
--   covered_count        Production deployments since the agent first told of the service.
--   deployment_count     Successful production deployments of the last 365 days.
--   pulled_share         Of those covered, 0 to 1; null below 80 % covered.
--   out_of_sync_hours    Hours of the last 365 days out of sync in production; null where unknown.
--   is_out_of_sync       True when it is so now; null where unknown.
--   observed_at          Latest word of the agent, UTC.
--   evidence_url         Its page.

with syncs as (
    select *
    from facts.agent_syncs
    where is_production
),

firsts as (
    select
        service,
        min(changed_at) as first_at
    from syncs
    group by service
),

courses as (
    select
        syncs.service,
        syncs.environment,
        syncs.state,
        syncs.changed_at,
        coalesce(
            lead(syncs.changed_at) over (
                partition by syncs.service, syncs.environment
                order by syncs.changed_at, syncs.state desc, syncs.sync_id
            ),
            run.as_of
        ) as until_at
    from syncs
    cross join config.run as run
),

drifts as (
    select
        courses.service,
        sum(
            cast(
                greatest(
                    epoch(courses.until_at)
                    - epoch(greatest(courses.changed_at, run.as_of - interval 365 day)),
                    0
                ) as bigint
            )
        ) as out_of_sync_s
    from courses
    cross join config.run as run
    where courses.state = 'out_of_sync'
    group by courses.service
),

latest_words as (
    select *
    from syncs
    qualify row_number() over (
        partition by service order by changed_at desc, state, sync_id
    ) = 1
),

pulled as (
    select distinct records.deployment_id
    from facts.deployment_records as records
    inner join syncs
        on
            records.service = syncs.service
            and records.environment = syncs.environment
            and syncs.state = 'synced'
            and syncs.changed_at
            >= coalesce(records.started_at, records.finished_at) - interval 5 minute
            and syncs.changed_at <= records.finished_at + interval 30 minute
    where records.is_production
),

judged as (
    select
        records.service,
        records.deployment_id,
        records.finished_at,
        pulled.deployment_id is not null as is_pulled,
        coalesce(
            firsts.first_at <= records.finished_at + interval 30 minute, false
        ) as is_covered
    from facts.deployment_records as records
    left join pulled on records.deployment_id = pulled.deployment_id
    left join firsts on records.service = firsts.service
    where records.is_production and records.status = 'success'
),

counted as (
    select
        judged.service,
        count(*) as deployment_count,
        count(*) filter (where judged.is_covered) as covered_count,
        count(*) filter (where judged.is_pulled) as pulled_count
    from judged
    cross join config.run as run
    where judged.finished_at > run.as_of - interval 365 day
    group by judged.service
),

latest as (
    select *
    from judged
    qualify row_number() over (
        partition by service order by finished_at desc, deployment_id desc
    ) = 1
)

select
    services.service,
    case
        when latest.is_pulled then 'yes'
        when latest_words.changed_at < latest.finished_at - interval 30 day then 'stale'
        when coalesce(latest.is_covered, false) then 'no'
        else 'unknown'
    end as state,
    latest_words.tool,
    coalesce(counted.pulled_count, 0) as pulled_count,
    coalesce(counted.covered_count, 0) as covered_count,
    coalesce(counted.deployment_count, 0) as deployment_count,
    case
        when counted.covered_count >= 0.8 * counted.deployment_count
            then counted.pulled_count / nullif(counted.covered_count, 0)
    end as pulled_share,
    case
        when latest_words.service is not null then coalesce(drifts.out_of_sync_s, 0) / 3600
    end as out_of_sync_hours,
    latest_words.state = 'out_of_sync' as is_out_of_sync,
    latest_words.changed_at as observed_at,
    latest_words.url as evidence_url
from facts.services as services
left join latest on services.service = latest.service
left join counted on services.service = counted.service
left join drifts on services.service = drifts.service
left join latest_words on services.service = latest_words.service
