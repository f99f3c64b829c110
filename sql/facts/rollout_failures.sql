-- One row per rollout with a deployment that needed intervention, or that a person has spoken of.
--
-- grain: rollout_id
--   rollout_id         Its first deployment.
--   is_failed          True when any of its deployments needed intervention.
--   is_failed_by_rule  The same, were it not for people.
--   failed_at          End of the first of its deployments that failed, UTC.
--   recovery_began_at  Where recovery starts by the rules of the service, UTC.
--   why                Strongest evidence of the failure.
--   confidence         Of that evidence.
--   evidence           Incident or remedy that says so.
--   is_inferred        True where only a tag's version says so.
--   recovered_at       When the last of its failures had ended, UTC; null while any is open.
--   recovered_by       rollback, fix, incident_resolved or flag_off.
--   recovery_id        Deployment, incident or flag event that ended it.
--   decided_by         person where one has spoken for or against it, else rule.
--   reason             What that person said; semicolons between where several did.

with by_rule as (
    select distinct deployment_id
    from facts.failure_evidence
    where is_by_rule
),

said as (
    select distinct
        members.rollout_id,
        overruled.reason
    from facts.overruled as overruled
    inner join facts.rollout_members as members
        on overruled.deployment_id = members.deployment_id
),

spoken as (
    select
        rollout_id,
        string_agg(reason, '; ' order by reason) as reason
    from said
    group by rollout_id
),

members as (
    select
        members.rollout_id,
        members.deployment_id,
        by_rule.deployment_id is not null as is_failed_by_rule,
        failed.deployment_id is not null as is_failed,
        failed.service,
        failed.finished_at,
        failed.why,
        failed.confidence,
        failed.evidence,
        failed.is_inferred,
        failed.incident_at,
        failed.recovered_at,
        failed.recovered_by,
        failed.recovery_id
    from facts.rollout_members as members
    left join facts.failed_deployments as failed on members.deployment_id = failed.deployment_id
    left join by_rule on members.deployment_id = by_rule.deployment_id
),

totals as (
    select
        members.rollout_id,
        bool_or(members.is_failed) as is_failed,
        bool_or(members.is_failed_by_rule) as is_failed_by_rule,
        min(members.finished_at) as failed_at,
        case min(rules.recovery_from)
            when 'incident' then coalesce(min(members.incident_at), min(members.finished_at))
            when 'earlier' then least(min(members.incident_at), min(members.finished_at))
            else min(members.finished_at)
        end as recovery_began_at
    from members
    left join facts.rules as rules on members.service = rules.service
    group by members.rollout_id
),

strongest as (
    select *
    from members
    where is_failed
    qualify row_number() over (
        partition by rollout_id order by confidence desc, finished_at, deployment_id
    ) = 1
),

last_ends as (
    select *
    from members
    where is_failed
    qualify row_number() over (
        partition by rollout_id order by recovered_at desc nulls first, deployment_id
    ) = 1
)

select
    totals.rollout_id,
    totals.is_failed,
    totals.is_failed_by_rule,
    totals.failed_at,
    totals.recovery_began_at,
    strongest.why,
    strongest.confidence,
    strongest.evidence,
    strongest.is_inferred,
    last_ends.recovered_at,
    last_ends.recovered_by,
    last_ends.recovery_id,
    case when spoken.rollout_id is not null then 'person' else 'rule' end as decided_by,
    spoken.reason
from totals
left join strongest on totals.rollout_id = strongest.rollout_id
left join last_ends on totals.rollout_id = last_ends.rollout_id
left join spoken on totals.rollout_id = spoken.rollout_id
where totals.is_failed or totals.is_failed_by_rule or spoken.rollout_id is not null
