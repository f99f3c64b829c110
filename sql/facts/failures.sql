-- One row per production deployment that needed intervention, by the rules and what people said of
-- it, and one by the rules alone, so that what people's decisions make can be told.
-- By the rules of its service, recovery is the earliest in time of rollback end, fix deployed
-- (hotfix or revert), incident resolved and the incident's flag lowered, or only some of these;
-- never before the deployment's own end.
--
-- grain: deployment_id, judged_by
--   deployment_id      Deployment.
--   judged_by          people where overrides count, rules where none does.
--   service            Service.
--   finished_at        Its end, UTC.
--   why                The strongest evidence: explicit, commit, version, rollback, revert,
--                      hotfix, service_and_time or person.
--   confidence         Of that evidence, 0 to 1.
--   evidence           Incident or remedy that says so; null where a person marked it.
--   is_inferred        True where only a tag's version says so.
--   incident_at        Start of the first of its incidents, UTC; null where it has none.
--   recovered_at       UTC; null while open.
--   recovered_by       rollback, fix, incident_resolved or flag_off; null while open.
--   recovery_id        Deployment, incident or flag event that ended it.
--   decided_by         rule, or person where the strongest evidence is a person's word.
--   reason             Why that person said so.

with evidence as (
    select
        evidence.*,
        judges.judged_by,
        records.service,
        records.finished_at,
        rules.recovery_by,
        bool_or(evidence.incident_at is not null) over judged as has_incident,
        min(evidence.incident_at) over judged as first_incident_at
    from facts.failure_evidence as evidence
    inner join (values ('people'), ('rules')) as judges (judged_by)
        on
            case judges.judged_by
                when 'people' then evidence.is_in_force
                else evidence.is_by_rule
            end
    inner join facts.deployment_records as records
        on evidence.deployment_id = records.deployment_id
    inner join facts.rules as rules on records.service = rules.service
    where records.is_production and records.status = 'success'
    window judged as (partition by evidence.deployment_id, judges.judged_by)
),

strongest as (
    select *
    from evidence
    qualify row_number() over (
        partition by deployment_id, judged_by
        order by
            case when evidence = deployment_id then 0 else 1 end, confidence desc, how, evidence
    ) = 1
),

every_end as (
    select
        deployment_id,
        judged_by,
        recovery_by,
        has_incident,
        ended_at,
        ended_by,
        evidence as recovery_id
    from evidence
    where ended_at is not null
    union all
    select
        evidence.deployment_id,
        evidence.judged_by,
        evidence.recovery_by,
        evidence.has_incident,
        flags.lowered_at as ended_at,
        'flag_off' as ended_by,
        flags.lowered_id as recovery_id
    from evidence
    inner join facts.flag_incidents as flags
        on evidence.evidence = flags.incident_id and evidence.ended_by = 'incident_resolved'
    where flags.is_sure and flags.lowered_at is not null
),

ends as (
    select *
    from every_end
    where
        recovery_by = 'any'
        or (recovery_by = 'incident' and (ended_by = 'incident_resolved' or not has_incident))
        or (recovery_by = 'deployment' and ended_by <> 'incident_resolved')
    qualify row_number() over (
        partition by deployment_id, judged_by order by ended_at, ended_by desc, recovery_id
    ) = 1
)

select
    strongest.deployment_id,
    strongest.judged_by,
    strongest.service,
    strongest.finished_at,
    strongest.how as why,
    strongest.confidence,
    nullif(strongest.evidence, strongest.deployment_id) as evidence,
    strongest.is_inferred,
    strongest.first_incident_at as incident_at,
    case
        when ends.ended_at is not null then greatest(ends.ended_at, strongest.finished_at)
    end as recovered_at,
    ends.ended_by as recovered_by,
    ends.recovery_id,
    strongest.decided_by,
    strongest.reason
from strongest
left join ends
    on strongest.deployment_id = ends.deployment_id and strongest.judged_by = ends.judged_by
