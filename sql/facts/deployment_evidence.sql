-- One row per deployment and what another source tells of it: the same service, or a run, release
-- or deployment of its repository, with the same commit or version, ended within a day of it.
-- It is evidence, and counts as no deployment of its own.
--
-- grain: deployment_id, source, evidence_id
--   deployment_id      Deployment.
--   source             Source that tells of it, too.
--   evidence_id        That source's own id.
--   told_by            deployments, runs or releases.
--   status             success, failure, cancelled or in_progress, as that source says.
--   finished_at        End, as that source says, UTC; null while in progress.
--   url                Page at that source.

with told as (
    select
        deployments.source,
        deployments.deployment_id as evidence_id,
        deployments.told_by,
        coalesce(aliases.service, deployments.service) as service,
        deployments.repository,
        coalesce(deployments.commit_sha, deployments.version) as version_key,
        deployments.status,
        deployments.born_at,
        deployments.finished_at,
        deployments.url
    from facts.told_deployments as deployments
    left join config.aliases as aliases on deployments.service = aliases.alias
    cross join facts.cut as cut
    where deployments.born_at <= cut.cut_at
),

pairs as (
    select
        records.deployment_id,
        records.source as counted_source,
        records.finished_at as ended_at,
        told.*
    from facts.deployment_records as records
    inner join told
        on records.version_key = told.version_key and records.service = told.service
    union
    select
        records.deployment_id,
        records.source as counted_source,
        records.finished_at as ended_at,
        told.*
    from facts.deployment_records as records
    inner join told
        on records.version_key = told.version_key and records.repository = told.repository
    where told.service is null
)

select distinct
    pairs.deployment_id,
    pairs.source,
    pairs.evidence_id,
    pairs.told_by,
    case when pairs.finished_at <= cut.cut_at then pairs.status else 'in_progress' end as status,
    case when pairs.finished_at <= cut.cut_at then pairs.finished_at end as finished_at,
    pairs.url
from pairs
cross join facts.cut as cut
where
    pairs.source <> pairs.counted_source
    and abs(epoch(coalesce(pairs.finished_at, pairs.born_at)) - epoch(pairs.ended_at)) <= 86400
