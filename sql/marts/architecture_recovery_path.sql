-- One row per thing that touched how a service is deployed and taken back, and whether a merged,
-- reviewed change stands behind it.
-- Without records of changes of the repository, whether it was reviewed is not known; a commit on
-- the default branch that no change brought, where the repository has changes, went past its
-- protection; of a deployment without a commit nobody can tell what it runs.
--
-- grain: service, thing, thing_id
--   service            Service.
--   thing              workflow, direct_commit or deployment_without_commit.
--   thing_id           Commit, or deployment.
--   happened_at        When it landed, or ended, UTC.
--   what               Files of the workflow, subject of the commit, or environment.
--   is_bot             True when a bot did it; null where unknown.
--   is_reviewed        yes, no or unknown.
--   evidence_url       Page of the change or deployment; null without one.

with windows as (
    select run.as_of - settings.window_days * interval 24 hour as begins_at
    from config.run as run
    cross join config.architecture as settings
),

reviewing as (
    select distinct repository
    from facts.pull_requests
    where merged_at is not null
),

-- A rebase gives all that a request brings the moment of its merge.
merging as (
    select distinct
        requests.repository,
        commits.committed_at
    from facts.pull_requests as requests
    inner join facts.commits as commits
        on requests.repository = commits.repository and requests.merge_sha = commits.sha
),

loose as (
    select
        changes.service,
        changes.sha,
        changes.landed_at,
        changes.subject,
        changes.is_bot
    from facts.commit_changes as changes
    inner join reviewing on changes.repository = reviewing.repository
    inner join facts.commits as commits
        on changes.repository = commits.repository and changes.sha = commits.sha
    left join merging
        on
            changes.repository = merging.repository
            and commits.committed_at = merging.committed_at
    where changes.landed_at is not null and merging.repository is null
)

select
    changes.service,
    'workflow' as thing,
    changes.commit_sha as thing_id,
    changes.landed_at as happened_at,
    changes.paths as what,
    changes.is_bot,
    changes.is_reviewed,
    changes.evidence_url
from facts.pipeline_changes as changes
cross join windows
where changes.landed_at >= windows.begins_at
union all
select
    loose.service,
    'direct_commit' as thing,
    loose.sha as thing_id,
    loose.landed_at as happened_at,
    loose.subject as what,
    loose.is_bot,
    'no' as is_reviewed,
    cast(null as text) as evidence_url
from loose
cross join windows
where loose.landed_at >= windows.begins_at
union all
select
    deployments.service,
    'deployment_without_commit' as thing,
    deployments.deployment_id as thing_id,
    deployments.finished_at as happened_at,
    deployments.environment as what,
    deployments.is_bot,
    'unknown' as is_reviewed,
    deployments.url as evidence_url
from facts.deployments as deployments
cross join windows
where
    deployments.is_production
    and deployments.status = 'success'
    and deployments.commit_sha is null
    and deployments.finished_at >= windows.begins_at
