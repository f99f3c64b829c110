-- One row per commit and changed file that is a migration, a message schema, topology or a
-- pipeline. A clone whose files were read tells of its own; elsewhere the changed paths of commits
-- do, and what is in the files is known where the neutral tables say so.
--
-- grain: repository, sha, path
--   repository         Repository.
--   sha                Commit.
--   path               Path of the file.
--   topic              migration, message, topology or pipeline; code where its content is none.
--   tool               Tool that the file is of; null for code.
--   status             A added, M changed, D deleted, T made something else.
--   operations         What a migration does, by names of seeds.operations; null where unread.
--   has_down           True with a way down; null where unknown.
--   pair               What the two files of a migration have in common; null where it is in one.
--   is_down            True for the file that takes another one back.
--   is_image_only      True when only an image moved in a manifest; null where unknown.

with read_commits as (
    select distinct
        repository,
        sha
    from staging.git__changed_commits
),

told as (
    select
        repository,
        sha,
        path,
        topic,
        tool,
        status,
        operations,
        has_down,
        pair,
        is_down,
        is_image_only,
        source
    from staging.git__changed_files
    union all
    select
        commits.repository,
        commits.sha,
        touched.path,
        topics.topic,
        topics.tool,
        coalesce(files.status, 'A') as status,
        files.operations,
        files.has_down,
        files.pair,
        coalesce(files.is_down, false) as is_down,
        files.is_image_only,
        coalesce(files.source, '') as source
    from facts.commits as commits
    cross join unnest(commits.paths) as touched (path)
    inner join facts.path_topics as topics on touched.path = topics.path
    left join read_commits
        on commits.repository = read_commits.repository and commits.sha = read_commits.sha
    left join staging.files__changed_files as files
        on
            commits.repository = files.repository
            and commits.sha = files.sha
            and touched.path = files.path
    where read_commits.sha is null and topics.topic not in ('', 'code')
)

select
    told.repository,
    told.sha,
    told.path,
    told.topic,
    told.tool,
    told.status,
    told.operations,
    told.has_down,
    told.pair,
    told.is_down,
    told.is_image_only
from told
inner join facts.commits as commits
    on told.repository = commits.repository and told.sha = commits.sha
qualify row_number() over (
    partition by told.repository, told.sha, told.path order by told.source
) = 1
