-- One row per commit of a clone; its author ends here as bot yes or no.
--
-- grain: source, repository, sha
--   source             Name of the source in the configuration.
--   repository         Repository.
--   sha                Commit.
--   parents            Parents' shas, blank between; empty for a root.
--   authored_at        Author time, UTC.
--   committed_at       Committer time, UTC.
--   is_bot             True when a bot's name stands as author.
--   author_number      Stands for its author; null without one.
--   author_team        Team of its author; null where in none.
--   subject            First line of the message.
--   reverts            Shas that the message says it reverts, blank between.
--   paths              Changed paths; null where they were not asked for.

select
    commits.source,
    commits.scope as repository,
    commits.record_id as sha,
    commits.parents,
    date_trunc('second', commits.authored_at) as authored_at,
    date_trunc('second', commits.committed_at) as committed_at,
    authors.is_bot,
    authors.author_number,
    authors.team as author_team,
    coalesce(masked.masked_title, commits.subject) as subject,
    commits.reverts,
    commits.paths
from raw.git__commits as commits
left join staging.authors as authors on commits.author = authors.author
left join staging.masked_titles as masked on commits.subject = masked.title
where not commits.is_deleted
