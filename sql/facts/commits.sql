-- One row per commit of a repository, whoever told of it.
--
-- grain: repository, sha
--   repository         Repository.
--   sha                Commit.
--   parents            Parents' shas, blank between; empty for a root.
--   authored_at        Author time, UTC.
--   committed_at       Committer time, UTC.
--   is_bot             True when a bot is its author; null without an author.
--   is_merge           True with two parents or more: it carries the graph and is no change.
--   is_revert          True when it takes an earlier commit back.
--   subject            First line of the message.
--   reverts            Shas that it takes back, blank between.
--   paths              Changed paths; null where unknown.

with told as (
    select
        1 as preference,
        *
    from staging.git__commits
    union all
    select
        2 as preference,
        *
    from staging.files__commits
)

select
    told.repository,
    told.sha,
    told.parents,
    told.authored_at,
    told.committed_at,
    told.is_bot,
    contains(told.parents, ' ') as is_merge,
    told.reverts <> '' or starts_with(told.subject, 'Revert "') as is_revert,
    told.subject,
    told.reverts,
    told.paths
from told
cross join facts.cut as cut
where told.committed_at <= cut.cut_at
qualify row_number() over (
    partition by told.repository, told.sha order by told.preference, told.source
) = 1
