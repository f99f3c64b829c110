-- One row per commit whose changed files are known: what it touched.
-- Tests, words and generated files are neither looked for nor code.
--
-- grain: repository, sha
--   repository           Repository.
--   sha                  Commit.
--   has_code             True when it changed code.
--   has_migration        True when it changed a schema migration.
--   has_message_schema   True when it changed a schema of messages.
--   has_topology_change  True when it changed a manifest, and not only which image runs.
--   has_pipeline_change  True when it changed a pipeline.

with known as (
    select
        changed.repository,
        changed.sha,
        bool_or(changed.code_count > 0) as has_code
    from staging.git__changed_commits as changed
    inner join facts.commits as commits
        on changed.repository = commits.repository and changed.sha = commits.sha
    group by changed.repository, changed.sha
),

touched as (
    select
        commits.repository,
        commits.sha,
        bool_or(topics.topic = 'code') as has_code
    from facts.commits as commits
    cross join unnest(commits.paths) as touched (path)
    inner join facts.path_topics as topics on touched.path = topics.path
    group by commits.repository, commits.sha
),

by_paths as (
    select
        commits.repository,
        commits.sha,
        coalesce(touched.has_code, false) as has_code
    from facts.commits as commits
    left join touched on commits.repository = touched.repository and commits.sha = touched.sha
    left join known on commits.repository = known.repository and commits.sha = known.sha
    where known.sha is null and commits.paths is not null and not commits.is_merge
),

files as (
    select
        repository,
        sha,
        bool_or(topic = 'code') as has_code,
        bool_or(topic = 'migration') as has_migration,
        bool_or(topic = 'message') as has_message_schema,
        bool_or(topic = 'topology' and not coalesce(is_image_only, false)) as has_topology_change,
        bool_or(topic = 'pipeline') as has_pipeline_change
    from facts.changed_files
    group by repository, sha
),

every_commit as (
    select * from known
    union all
    select * from by_paths
)

select
    every_commit.repository,
    every_commit.sha,
    every_commit.has_code or coalesce(files.has_code, false) as has_code,
    coalesce(files.has_migration, false) as has_migration,
    coalesce(files.has_message_schema, false) as has_message_schema,
    coalesce(files.has_topology_change, false) as has_topology_change,
    coalesce(files.has_pipeline_change, false) as has_pipeline_change
from every_commit
left join files
    on every_commit.repository = files.repository and every_commit.sha = files.sha
