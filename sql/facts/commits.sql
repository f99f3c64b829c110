-- One row per commit of a repository, whoever told of it.
--
-- grain: repository, sha
--   repository         Repository.
--   sha                Commit.
--   parents            Parents' shas, blank between; empty for a root.
--   authored_at        Author time, UTC.
--   committed_at       Committer time, UTC.
--   is_bot             True when a bot is its author; null without an author.
--   author_number      Stands for its author, to count how many there are; null without one.
--   author_team        Team of its author; null where in none.
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
),

-- Where one source tells of a repository, as nearly always, nothing has to be chosen.
shared as (
    select
        repository,
        count(distinct source) as source_count
    from told
    group by repository
),

chosen as (
    select told.*
    from told
    inner join shared on told.repository = shared.repository
    where shared.source_count = 1
    union all
    select told.*
    from told
    inner join shared on told.repository = shared.repository
    where shared.source_count > 1
    qualify row_number() over (
        partition by told.repository, told.sha order by told.preference, told.source
    ) = 1
)

select
    chosen.repository,
    chosen.sha,
    chosen.parents,
    chosen.authored_at,
    chosen.committed_at,
    chosen.is_bot,
    chosen.author_number,
    chosen.author_team,
    contains(chosen.parents, ' ') as is_merge,
    chosen.reverts <> '' or starts_with(chosen.subject, 'Revert "') as is_revert,
    chosen.subject,
    chosen.reverts,
    chosen.paths
from chosen
cross join facts.cut as cut
where chosen.committed_at is null or chosen.committed_at <= cut.cut_at
