-- One row per production deployment and thing that says it needed intervention: an incident, a
-- remedy, or a person's word, which comes last: what a person says has held has no evidence in
-- force.
--
-- grain: deployment_id, how, evidence
--   deployment_id      Deployment.
--   how                explicit, commit, version, rollback, revert, hotfix, service_and_time or
--                      person.
--   confidence         0 to 1.
--   evidence           Incident or remedy; where a person marked it, the deployment itself.
--   is_inferred        True where only a tag's version says so.
--   incident_at        Start of the incident, UTC; null for others.
--   ended_at           When the failure ended by it, UTC; null where it did not.
--   ended_by           rollback, fix or incident_resolved; null where a person marked it.
--   is_in_force        True where it counts.
--   is_by_rule         True where it would count, were it not for people.
--   decided_by         rule or person.
--   reason             Why a person did; null where none did.

with held as (
    select deployment_id
    from facts.overrides
    where does = 'held' and problem is null
),

-- Where several services claim an incident it is still one piece of evidence.
linked as (
    select
        links.deployment_id,
        links.how,
        max(links.confidence) as confidence,
        links.incident_id as evidence,
        false as is_inferred,
        min(incidents.started_at) as incident_at,
        min(incidents.resolved_at) as ended_at,
        'incident_resolved' as ended_by,
        bool_or(links.is_counted) as counts,
        bool_or(links.is_counted_by_rule) as is_by_rule,
        max(links.decided_by) as decided_by,
        min(links.reason) as reason
    from facts.deployment_incidents as links
    inner join facts.incidents as incidents
        on
            links.incident_id = incidents.incident_id
            and links.claimed_by = coalesce(incidents.service, '')
    where links.is_counted or links.is_counted_by_rule
    group by links.deployment_id, links.how, links.incident_id
),

told as (
    select * from linked
    union all
    select
        remedies.mended_id as deployment_id,
        remedies.how,
        max(remedies.confidence) as confidence,
        remedies.deployment_id as evidence,
        bool_and(remedies.is_inferred) as is_inferred,
        cast(null as timestamptz) as incident_at,
        remedies.finished_at as ended_at,
        case when remedies.how = 'rollback' then 'rollback' else 'fix' end as ended_by,
        true as counts,
        true as is_by_rule,
        'rule' as decided_by,
        cast(null as text) as reason
    from facts.remedies as remedies
    inner join facts.rules as rules on remedies.service = rules.service
    where remedies.confidence >= rules.minimum_confidence
    group by remedies.mended_id, remedies.how, remedies.deployment_id, remedies.finished_at
    union all
    select
        deployment_id,
        'person' as how,
        cast(1 as double) as confidence,
        deployment_id as evidence,
        false as is_inferred,
        cast(null as timestamptz) as incident_at,
        cast(null as timestamptz) as ended_at,
        cast(null as text) as ended_by,
        true as counts,
        false as is_by_rule,
        'person' as decided_by,
        reason
    from facts.overrides
    where does = 'failed' and problem is null
)

select
    told.deployment_id,
    told.how,
    told.confidence,
    told.evidence,
    told.is_inferred,
    told.incident_at,
    told.ended_at,
    told.ended_by,
    told.counts and held.deployment_id is null as is_in_force,
    told.is_by_rule,
    told.decided_by,
    told.reason
from told
left join held on told.deployment_id = held.deployment_id
