-- One row per service: whether what runs in production was built once and tried before.
-- A digest that ended in an environment that is not production, before it came to production, was
-- built once. The share is unknown below 80 % of deployments with a known digest.
--
-- grain: service
--   service             Service.
--   state               yes or no of the latest production deployment; unknown without its digest,
--                       or where no digest of another environment is known.
--   built_once_count    Production deployments whose digest ran before in a lower environment.
--   covered_count       Production deployments with a known digest.
--   deployment_count    Successful production deployments of the last 365 days.
--   built_once_share    Of those covered, 0 to 1; null below 80 % covered.
--   two_digest_count    Versions that were seen with more than one digest.
--   observed_at         End of the latest production deployment, UTC.
--   evidence_url        Its page.

with known as (
    select *
    from facts.deployment_records
    where status = 'success'
),

lower_digests as (
    select
        service,
        artifact_digest,
        min(finished_at) as first_at
    from known
    where not is_production and artifact_digest is not null
    group by service, artifact_digest
),

has_lower as (
    select distinct service
    from lower_digests
),

production as (
    select
        known.*,
        has_lower.service is not null as has_lower,
        coalesce(lower_digests.first_at <= known.finished_at, false) as is_built_once
    from known
    left join has_lower on known.service = has_lower.service
    left join lower_digests
        on
            known.service = lower_digests.service
            and known.artifact_digest = lower_digests.artifact_digest
    where known.is_production
),

latest as (
    select *
    from production
    qualify row_number() over (
        partition by service order by finished_at desc, deployment_id desc
    ) = 1
),

counted as (
    select
        production.service,
        count(*) as deployment_count,
        count(case when production.has_lower then production.artifact_digest end) as covered_count,
        count(*) filter (where production.is_built_once) as built_once_count
    from production
    cross join config.run as run
    where production.finished_at > run.as_of - interval 365 day
    group by production.service
),

versions as (
    select
        service,
        version_key
    from known
    where version_key is not null
    group by service, version_key
    having count(distinct artifact_digest) > 1
),

twice as (
    select
        service,
        count(*) as two_digest_count
    from versions
    group by service
)

select
    services.service,
    case
        when latest.artifact_digest is null or not latest.has_lower then 'unknown'
        when latest.is_built_once then 'yes'
        else 'no'
    end as state,
    coalesce(counted.built_once_count, 0) as built_once_count,
    coalesce(counted.covered_count, 0) as covered_count,
    coalesce(counted.deployment_count, 0) as deployment_count,
    case
        when counted.covered_count >= 0.8 * counted.deployment_count
            then counted.built_once_count / nullif(counted.covered_count, 0)
    end as built_once_share,
    coalesce(twice.two_digest_count, 0) as two_digest_count,
    latest.finished_at as observed_at,
    latest.url as evidence_url
from facts.services as services
left join latest on services.service = latest.service
left join counted on services.service = counted.service
left join twice on services.service = twice.service
