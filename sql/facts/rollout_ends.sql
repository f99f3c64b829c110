-- One row per rollout with a deployment that needed intervention: when it failed and when that was
-- over, by the rules and what people said, and by the rules alone.
--
-- grain: rollout_id, judged_by
--   rollout_id         Its first deployment.
--   judged_by          people where overrides count, rules where none does.
--   failed_at          End of the first of its deployments that failed, UTC.
--   recovery_began_at  Where recovery starts by the rules of the service, UTC.
--   why                Strongest evidence of the failure.
--   confidence         Of that evidence.
--   evidence           Incident or remedy that says so.
--   is_inferred        True where only a tag's version says so.
--   recovered_at       When the last of its failures had ended, UTC; null while any is open.
--   recovered_by       rollback, fix, incident_resolved or flag_off.
--   recovery_id        Deployment, incident or flag event that ended it.

with members as (
    select
        members.rollout_id,
        failures.*
    from facts.rollout_members as members
    inner join facts.failures as failures on members.deployment_id = failures.deployment_id
),

totals as (
    select
        members.rollout_id,
        members.judged_by,
        min(members.finished_at) as failed_at,
        case min(rules.recovery_from)
            when 'incident' then coalesce(min(members.incident_at), min(members.finished_at))
            when 'earlier' then least(min(members.incident_at), min(members.finished_at))
            else min(members.finished_at)
        end as recovery_began_at
    from members
    inner join facts.rules as rules on members.service = rules.service
    group by members.rollout_id, members.judged_by
),

strongest as (
    select *
    from members
    qualify row_number() over (
        partition by rollout_id, judged_by
        order by confidence desc, finished_at, deployment_id
    ) = 1
),

last_ends as (
    select *
    from members
    qualify row_number() over (
        partition by rollout_id, judged_by order by recovered_at desc nulls first, deployment_id
    ) = 1
)

select
    totals.rollout_id,
    totals.judged_by,
    totals.failed_at,
    totals.recovery_began_at,
    strongest.why,
    strongest.confidence,
    strongest.evidence,
    strongest.is_inferred,
    last_ends.recovered_at,
    last_ends.recovered_by,
    last_ends.recovery_id
from totals
inner join strongest
    on totals.rollout_id = strongest.rollout_id and totals.judged_by = strongest.judged_by
inner join last_ends
    on totals.rollout_id = last_ends.rollout_id and totals.judged_by = last_ends.judged_by
