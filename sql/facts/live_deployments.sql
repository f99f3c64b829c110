-- One row per service that has deployed to production: its latest version, and the one before.
--
-- grain: service
--   service                 Service.
--   deployment_id           Latest successful production deployment.
--   finished_at             Its end, UTC.
--   version_key             Its commit, else version; null where unknown.
--   artifact_digest         Its digest; null where unknown.
--   previous_id             Latest one before it of another version; null where there is none.
--   previous_digest         Its digest; null where unknown.
--   deployment_count        Production deployments of the last 365 days, aborted ones among them.
--   url                     Page of the latest one.

with ends as (
    select *
    from facts.deployment_records
    where is_production and status = 'success'
),

latest as (
    select *
    from ends
    qualify row_number() over (
        partition by service order by finished_at desc, deployment_id desc
    ) = 1
),

earlier as (
    select
        latest.service,
        ends.deployment_id,
        ends.artifact_digest
    from latest
    inner join ends
        on
            latest.service = ends.service
            and latest.version_key <> ends.version_key
            and ends.finished_at <= latest.finished_at
    qualify row_number() over (
        partition by latest.service order by ends.finished_at desc, ends.deployment_id desc
    ) = 1
),

counted as (
    select
        records.service,
        count(*) as deployment_count
    from facts.deployment_records as records
    cross join config.run as run
    where
        records.is_production
        and (records.status = 'success' or records.is_aborted)
        and records.finished_at > run.as_of - interval 365 day
    group by records.service
)

select
    latest.service,
    latest.deployment_id,
    latest.finished_at,
    latest.version_key,
    latest.artifact_digest,
    earlier.deployment_id as previous_id,
    earlier.artifact_digest as previous_digest,
    coalesce(counted.deployment_count, 0) as deployment_count,
    latest.url
from latest
left join earlier on latest.service = earlier.service
left join counted on latest.service = counted.service
