-- One row per production deployment that needed intervention.
-- Recovery is the earliest in time of rollback end, fix deployed (hotfix or revert) and incident
-- resolved, never before the deployment's own end.
--
-- grain: deployment_id
--   deployment_id      Deployment.
--   service            Service.
--   finished_at        Its end, UTC: failure starts here.
--   why                The strongest evidence: explicit, commit, version, rollback, revert,
--                      hotfix or service_and_time.
--   confidence         Of that evidence, 0 to 1.
--   evidence           Incident or remedy that says so.
--   is_inferred        True where only a tag's version says so.
--   recovered_at       UTC; null while open.
--   recovered_by       rollback, fix or incident_resolved; null while open.
--   recovery_id        Deployment or incident that ended it.

with evidence as (
    select
        links.deployment_id,
        links.how,
        links.confidence,
        links.incident_id as evidence,
        false as is_inferred,
        incidents.resolved_at as ended_at,
        'incident_resolved' as ended_by
    from facts.deployment_incidents as links
    inner join facts.incidents as incidents
        on
            links.incident_id = incidents.incident_id
            and (links.service = incidents.service or incidents.service is null)
    where links.is_counted
    union all
    select
        remedies.mended_id as deployment_id,
        remedies.how,
        remedies.confidence,
        remedies.deployment_id as evidence,
        remedies.is_inferred,
        remedies.finished_at as ended_at,
        case when remedies.how = 'rollback' then 'rollback' else 'fix' end as ended_by
    from facts.remedies as remedies
    inner join facts.rules as rules on remedies.service = rules.service
    where remedies.confidence >= rules.minimum_confidence
),

strongest as (
    select *
    from evidence
    qualify row_number() over (
        partition by deployment_id order by confidence desc, how, evidence
    ) = 1
),

ends as (
    select *
    from evidence
    where ended_at is not null
    qualify row_number() over (
        partition by deployment_id order by ended_at, ended_by desc, evidence
    ) = 1
)

select
    records.deployment_id,
    records.service,
    records.finished_at,
    strongest.how as why,
    strongest.confidence,
    strongest.evidence,
    strongest.is_inferred,
    greatest(ends.ended_at, case when ends.ended_at is not null then records.finished_at end)
        as recovered_at,
    ends.ended_by as recovered_by,
    ends.evidence as recovery_id
from strongest
inner join facts.deployment_records as records
    on strongest.deployment_id = records.deployment_id
left join ends on strongest.deployment_id = ends.deployment_id
where records.is_production and records.status = 'success'
