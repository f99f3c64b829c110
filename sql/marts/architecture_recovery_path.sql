-- One row per thing that touched how a service is deployed and taken back, and whether a merged,
-- reviewed change stands behind it.
-- Without records of changes of the repository, whether it was reviewed is not known; a commit on
-- the default branch that no change brought, where the repository has changes, went past its
-- protection; of a deployment without a commit nobody can tell what it runs. Of settings that the
-- host does not show nothing is known.
--
-- grain: service, thing, thing_id
--   service            Service.
--   thing              workflow, direct_commit, setting, bypass, deployment_without_commit or
--                      hidden_settings.
--   thing_id           Commit, setting with its time, deployment, or repository.
--   happened_at        When it landed, changed or ended, UTC; null for hidden settings.
--   what               Files of the workflow, subject of the commit, what of the setting, branch
--                      whose rules were bypassed, environment, or kinds of settings.
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
),

hidden as (
    select
        repository,
        string_agg(replace(kind, '_', ' '), ', ' order by kind) as kinds
    from staging.hosts__settings
    where action = 'hidden'
    group by repository
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
    services.service,
    case when changes.kind = 'bypass' then 'bypass' else 'setting' end as thing,
    changes.setting_id as thing_id,
    changes.changed_at as happened_at,
    case
        when changes.kind = 'bypass' then changes.name
        else concat(
            replace(changes.kind, '_', ' '), ' ', changes.name, ' ', changes.action,
            case when changes.is_sampled then ', first seen then' else '' end
        )
    end as what,
    cast(null as boolean) as is_bot,
    changes.is_reviewed,
    changes.evidence_url
from facts.setting_changes as changes
inner join facts.services as services on changes.repository = services.repository
cross join windows
where changes.changed_at >= windows.begins_at
union all
select
    services.service,
    'hidden_settings' as thing,
    hidden.repository as thing_id,
    cast(null as timestamptz) as happened_at,
    hidden.kinds as what,
    cast(null as boolean) as is_bot,
    'unknown' as is_reviewed,
    cast(null as text) as evidence_url
from hidden
inner join facts.services as services on hidden.repository = services.repository
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
