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

with said as (
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

named as (
    select rollout_id from facts.rollout_ends
    union
    select rollout_id from spoken
)

select
    named.rollout_id,
    judged.rollout_id is not null as is_failed,
    ruled.rollout_id is not null as is_failed_by_rule,
    judged.failed_at,
    judged.recovery_began_at,
    judged.why,
    judged.confidence,
    judged.evidence,
    judged.is_inferred,
    judged.recovered_at,
    judged.recovered_by,
    judged.recovery_id,
    case when spoken.rollout_id is not null then 'person' else 'rule' end as decided_by,
    spoken.reason
from named
left join facts.rollout_ends as judged
    on named.rollout_id = judged.rollout_id and judged.judged_by = 'people'
left join facts.rollout_ends as ruled
    on named.rollout_id = ruled.rollout_id and ruled.judged_by = 'rules'
left join spoken on named.rollout_id = spoken.rollout_id
