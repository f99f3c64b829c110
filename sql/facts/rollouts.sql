-- One row per counted production deployment: the deployments of one version to several regions
-- within a day are one. This is what the five metrics count.
-- By the rules of its service, what carries no change and goes back to nothing is not counted, or
-- a rollback is not; such a deployment still carries changes and still mends others.
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
--   is_rework_by_rule  The same, were it not for people who overruled.
--   is_failed          True when any of its deployments needed intervention.
--   is_failed_by_rule  The same, were it not for people who overruled.
--   failed_at          End of the first of its deployments that failed, UTC.
--   recovery_began_at  Where recovery starts by the rules of the service, UTC.
--   why                Strongest evidence of the failure.
--   confidence         Of that evidence.
--   evidence           Incident or remedy that says so.
--   is_inferred        True where only a tag's version says so.
--   recovered_at       When the last of its failures had ended, UTC; null while any is open.
--   recovered_by       rollback, fix, incident_resolved or flag_off.
--   recovery_id        Deployment, incident or flag event that ended it.
--   decided_by         person where one has spoken for or against it, rule where it failed by the
--                      rules, else null.
--   reason             What that person said.
--   url                Page at the source.

with mending as (
    select
        remedies.deployment_id,
        bool_or(failures.judged_by = 'people') as is_rework,
        bool_or(failures.judged_by = 'rules') as is_rework_by_rule
    from facts.remedies as remedies
    inner join facts.failures as failures on remedies.mended_id = failures.deployment_id
    group by remedies.deployment_id
),

totals as (
    select
        deployments.rollout_id,
        string_agg(
            deployments.environment, ', '
            order by deployments.finished_at, deployments.deployment_id
        ) as environments,
        max(deployments.finished_at) as last_region_at,
        cast(sum(deployments.change_count) as bigint) as change_count,
        bool_or(deployments.is_rollback) as is_rollback,
        bool_or(deployments.is_hotfix) as is_hotfix,
        bool_or(coalesce(mending.is_rework, false)) as is_rework,
        bool_or(coalesce(mending.is_rework_by_rule, false)) as is_rework_by_rule
    from facts.deployments as deployments
    left join mending on deployments.deployment_id = mending.deployment_id
    where deployments.rollout_id is not null
    group by deployments.rollout_id
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
    totals.change_count,
    totals.is_rollback,
    totals.is_hotfix,
    totals.is_rework,
    totals.is_rework_by_rule,
    coalesce(failures.is_failed, false) as is_failed,
    coalesce(failures.is_failed_by_rule, false) as is_failed_by_rule,
    failures.failed_at,
    failures.recovery_began_at,
    failures.why,
    failures.confidence,
    failures.evidence,
    coalesce(failures.is_inferred, false) as is_inferred,
    failures.recovered_at,
    failures.recovered_by,
    failures.recovery_id,
    failures.decided_by,
    failures.reason,
    firsts.url
from facts.deployments as firsts
inner join totals on firsts.deployment_id = totals.rollout_id
inner join facts.rules as rules on firsts.service = rules.service
left join facts.rollout_failures as failures on firsts.rollout_id = failures.rollout_id
where
    (rules.has_rollbacks or not totals.is_rollback)
    and (rules.counted_deployments = 'all' or totals.change_count > 0 or totals.is_rollback)
