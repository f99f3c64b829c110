-- One row per failed deployment of the last 84 days and change that it was the first to carry:
-- where to look for what made a week worse.
--
-- grain: rollout_id, change_id
--   service            Service.
--   rollout_id         Failed deployment, as in marts.recent_failures.
--   change_id          Pull request's id, or the commit's sha.
--   kind               pull_request or commit.
--   title              Title, or the commit's subject.
--   url                Page at the source.
--   merged_at          Merged, UTC.

select
    failures.service,
    failures.rollout_id,
    changes.change_id,
    min(changes.kind) as kind,
    min(changes.title) as title,
    min(changes.url) as url,
    min(changes.merged_at) as merged_at
from marts.recent_failures as failures
inner join facts.deployments as deployments on failures.rollout_id = deployments.rollout_id
inner join facts.deployment_changes as carried
    on deployments.deployment_id = carried.deployment_id and not carried.is_before_history
inner join facts.changes as changes
    on carried.service = changes.service and carried.change_id = changes.change_id
group by failures.service, failures.rollout_id, changes.change_id
