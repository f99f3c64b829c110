-- One row per deployment: what the commits touched that it was the first to bring to its
-- environment, those of its service's own paths where it shares its repository.
-- Null where that is not known: without a commit, for what the first known deployment brought, and
-- where files of some commits were not read and no other has it. A deployment that brings nothing
-- new touches nothing.
--
-- grain: deployment_id
--   deployment_id        Deployment.
--   commit_count         Commits that it was the first to bring, no merges; null where unknown.
--   read_count           Those of which changed files are known.
--   has_migration        True with a schema migration.
--   has_message_schema   True with a schema of messages.
--   has_topology_change  True with a manifest in which more than an image moved.
--   has_pipeline_change  True with a pipeline.
--   has_other_code       True with code that is none of these.

with brought as (
    select
        carried.deployment_id,
        bool_or(carried.is_before_history) as is_before_history,
        count(*) as commit_count,
        count(changed.sha) as read_count,
        bool_or(changed.has_migration) as has_migration,
        bool_or(changed.has_message_schema) as has_message_schema,
        bool_or(changed.has_topology_change) as has_topology_change,
        bool_or(changed.has_pipeline_change) as has_pipeline_change,
        bool_or(changed.has_code) as has_other_code
    from facts.deployment_commits as carried
    inner join facts.commits as commits
        on carried.repository = commits.repository and carried.sha = commits.sha
    inner join facts.services as services on carried.service = services.service
    left join facts.commit_owners as owners
        on
            carried.repository = owners.repository
            and carried.sha = owners.sha
            and carried.service = owners.service
    left join facts.changed_commits as changed
        on carried.repository = changed.repository and carried.sha = changed.sha
    where
        not commits.is_merge
        and (services.path_pattern is null or owners.sha is not null)
    group by carried.deployment_id
),

known as (
    select
        records.deployment_id,
        case
            when records.status <> 'success' or commits.sha is null or brought.is_before_history
                then null
            else coalesce(brought.commit_count, 0)
        end as commit_count,
        coalesce(brought.read_count, 0) as read_count,
        brought.has_migration,
        brought.has_message_schema,
        brought.has_topology_change,
        brought.has_pipeline_change,
        brought.has_other_code
    from facts.deployment_records as records
    left join facts.commits as commits
        on records.repository = commits.repository and records.commit_sha = commits.sha
    left join brought on records.deployment_id = brought.deployment_id
)

select
    deployment_id,
    commit_count,
    case when commit_count is not null then read_count end as read_count,
    case
        when commit_count is not null and has_migration then true
        when commit_count = read_count then false
    end as has_migration,
    case
        when commit_count is not null and has_message_schema then true
        when commit_count = read_count then false
    end as has_message_schema,
    case
        when commit_count is not null and has_topology_change then true
        when commit_count = read_count then false
    end as has_topology_change,
    case
        when commit_count is not null and has_pipeline_change then true
        when commit_count = read_count then false
    end as has_pipeline_change,
    case
        when commit_count is not null and has_other_code then true
        when commit_count = read_count then false
    end as has_other_code
from known
