-- One row per service and release or ops flag of it: the time from the deployment that first
-- carried its key to its first exposure, and to everybody.
--
-- grain: service, flag_id
--   service            Service.
--   flag_id            Flag, led by its source.
--   flag_key           Key of the flag.
--   added_sha          First searched commit with its key; null where unknown.
--   deployed_at        End of the first production deployment of that commit, UTC.
--   exposed_at         First exposure in production, UTC; null before that.
--   full_at            When it first reached everybody there, UTC; null before that.
--   exposure_seconds   From deployment to exposure; null where either is unknown, or the exposure
--                      came first.
--   full_seconds       From deployment to everybody; null likewise.
--   evidence_url       Page at the tool.

with added as (
    select
        services.service,
        flags.flag_id,
        min(deployments.finished_at) as deployed_at,
        min(found.added_sha) as added_sha
    from facts.flags as flags
    inner join facts.flag_services as services on flags.flag_id = services.flag_id
    inner join facts.flag_references as found on flags.flag_key = found.flag_key
    inner join facts.deployment_records as deployments
        on services.service = deployments.service and found.added_sha = deployments.commit_sha
    where deployments.is_production and deployments.status = 'success'
    group by services.service, flags.flag_id
),

exposed as (
    select
        service,
        flag_id,
        min(exposed_at) as exposed_at,
        min(case when share_after = 1 then exposed_at end) as full_at
    from facts.flag_exposures
    group by service, flag_id
)

select
    services.service,
    flags.flag_id,
    flags.flag_key,
    added.added_sha,
    added.deployed_at,
    exposed.exposed_at,
    exposed.full_at,
    case
        when exposed.exposed_at >= added.deployed_at
            then cast(epoch(exposed.exposed_at) - epoch(added.deployed_at) as bigint)
    end as exposure_seconds,
    case
        when exposed.full_at >= added.deployed_at
            then cast(epoch(exposed.full_at) - epoch(added.deployed_at) as bigint)
    end as full_seconds,
    flags.url as evidence_url
from facts.flags as flags
inner join facts.flag_services as services on flags.flag_id = services.flag_id
left join added on flags.flag_id = added.flag_id and services.service = added.service
left join exposed on flags.flag_id = exposed.flag_id and services.service = exposed.service
where flags.kind in ('release', 'ops')
