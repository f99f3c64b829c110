-- One row per counted production deployment of the last 84 days: what it carried, how it went.
--
-- grain: rollout_id
--   service             Service.
--   rollout_id          Its first deployment.
--   deployment_id       The same.
--   environments        Environments, in order of their end.
--   version             Deployed version.
--   commit_sha          Deployed commit.
--   finished_at         Its end, UTC.
--   change_count        Changes that it was the first to carry.
--   first_change_title  Title of the change that was merged first.
--   lead_time_hours     Median lead time of its changes, bots' left out as in the metric.
--   is_rollback         True when it went back to an earlier version.
--   is_hotfix           True when it carries a hotfix.
--   outcome             held or failed.
--   why                 Strongest evidence of the failure.
--   confidence          Of that evidence.
--   is_inferred         True where only a tag's version says so.
--   recovered_at        UTC; null while open or where it held.
--   recovered_by        rollback, fix, incident_resolved or flag_off.
--   recovery_hours      From where recovery starts by the rules to recovery; null while open.
--   url                 Page at the source.

with recent as (
    select rollouts.*
    from facts.rollouts as rollouts
    cross join config.run as run
    where rollouts.finished_at > run.as_of - interval 84 day
),

carried as (
    select
        deployments.rollout_id,
        quantile_cont(
            case
                when not coalesce(carried.is_bot, false) or rules.has_bots_changes
                    then carried.lead_seconds
            end,
            0.5
        ) / 3600.0 as lead_time_hours,
        arg_min(changes.title, (changes.merged_at, changes.change_id)) as first_change_title
    from facts.deployment_changes as carried
    inner join facts.deployments as deployments
        on carried.deployment_id = deployments.deployment_id
    inner join recent on deployments.rollout_id = recent.rollout_id
    inner join facts.changes as changes
        on carried.service = changes.service and carried.change_id = changes.change_id
    inner join facts.rules as rules on carried.service = rules.service
    where not carried.is_before_history
    group by deployments.rollout_id
)

select
    recent.service,
    recent.rollout_id,
    recent.rollout_id as deployment_id,
    recent.environments,
    recent.version,
    recent.commit_sha,
    recent.finished_at,
    recent.change_count,
    carried.first_change_title,
    carried.lead_time_hours,
    recent.is_rollback,
    recent.is_hotfix,
    case when recent.is_failed then 'failed' else 'held' end as outcome,
    recent.why,
    recent.confidence,
    recent.is_inferred,
    recent.recovered_at,
    recent.recovered_by,
    case
        when recent.recovered_at is not null
            then greatest(epoch(recent.recovered_at) - epoch(recent.recovery_began_at), 0)
    end / 3600.0 as recovery_hours,
    recent.url
from recent
left join carried on recent.rollout_id = carried.rollout_id
