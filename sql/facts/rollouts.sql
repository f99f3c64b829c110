-- One row per counted production deployment: the deployments of one version to several regions
-- within a day are one. This is what the five metrics count.
--
-- grain: rollout_id
--   rollout_id         Its first deployment.
--   service            Service.
--   commit_sha         Deployed commit; null where unknown.
--   version            Deployed version; null where unknown.
--   environments       Environments, in order of their end.
--   finished_at        End of the first region, UTC.
--   finished_on        Day of that end in the calendar's zone.
--   last_region_at     End of the last region, UTC.
--   change_count       Changes that it was the first to carry to production.
--   is_rollback        True when it went back to an earlier version.
--   is_hotfix          True when it carries a hotfix.
--   is_rework          True when it mends a failed deployment: rollback, hotfix or revert.
--   is_failed          True when any of its deployments needed intervention.
--   failed_at          End of the first of its deployments that failed, UTC: failure starts here.
--   why                Strongest evidence of the failure.
--   confidence         Of that evidence.
--   evidence           Incident or remedy that says so.
--   is_inferred        True where only a tag's version says so.
--   recovered_at       When the last of its failures had ended, UTC; null while any is open.
--   recovered_by       rollback, fix or incident_resolved.
--   recovery_id        Deployment or incident that ended it.
--   url                Page at the source.

with mending as (
    select distinct remedies.deployment_id
    from facts.remedies as remedies
    inner join facts.failed_deployments as failed
        on remedies.mended_id = failed.deployment_id
),

members as (
    select
        deployments.*,
        failed.why,
        failed.confidence,
        failed.evidence,
        failed.is_inferred as is_failure_inferred,
        failed.recovered_at,
        failed.recovered_by,
        failed.recovery_id,
        mending.deployment_id is not null as is_rework
    from facts.deployments as deployments
    left join facts.failed_deployments as failed
        on deployments.deployment_id = failed.deployment_id
    left join mending on deployments.deployment_id = mending.deployment_id
    where deployments.rollout_id is not null
),

firsts as (
    select *
    from members
    where deployment_id = rollout_id
),

strongest as (
    select *
    from members
    where why is not null
    qualify row_number() over (
        partition by rollout_id order by confidence desc, finished_at, deployment_id
    ) = 1
),

last_ends as (
    select *
    from members
    where why is not null
    qualify row_number() over (
        partition by rollout_id order by recovered_at desc nulls first, deployment_id
    ) = 1
),

totals as (
    select
        rollout_id,
        string_agg(environment, ', ' order by finished_at, deployment_id) as environments,
        max(finished_at) as last_region_at,
        min(case when why is not null then finished_at end) as failed_at,
        sum(change_count) as change_count,
        bool_or(is_rollback) as is_rollback,
        bool_or(is_hotfix) as is_hotfix,
        bool_or(is_rework) as is_rework
    from members
    group by rollout_id
)

select
    firsts.rollout_id,
    firsts.service,
    firsts.commit_sha,
    firsts.version,
    totals.environments,
    firsts.finished_at,
    firsts.finished_on,
    totals.last_region_at,
    cast(totals.change_count as bigint) as change_count,
    totals.is_rollback,
    totals.is_hotfix,
    totals.is_rework,
    strongest.rollout_id is not null as is_failed,
    totals.failed_at,
    strongest.why,
    strongest.confidence,
    strongest.evidence,
    coalesce(strongest.is_failure_inferred, false) as is_inferred,
    last_ends.recovered_at,
    last_ends.recovered_by,
    last_ends.recovery_id,
    firsts.url
from firsts
inner join totals on firsts.rollout_id = totals.rollout_id
left join strongest on firsts.rollout_id = strongest.rollout_id
left join last_ends on firsts.rollout_id = last_ends.rollout_id
