-- One row per name or login that stands as author of a commit or change, in any source.
-- Whoever it is ends in staging: what leaves is bot or not, the team, and how many there are.
--
-- grain: author
--   author             As the source tells it.
--   author_number      The same for names that differ in case alone.
--   is_bot             True when a bot's name.
--   team               First of the configured teams that has it as a member; null without one.

with named as (
    select author
    from raw.git__commits
    where not is_deleted
    union
    select json_extract_string(payload, '$.author') as author
    from raw.files__commits
    where not is_deleted
    union
    select json_extract_string(payload, '$.author') as author
    from raw.files__changes
    where not is_deleted
    union
    select json_extract_string(payload, '$.author') as author
    from raw.hosts__changes
    where not is_deleted
),

teams as (
    select
        named.author,
        min_by(members.team, members.place) as team
    from named
    inner join config.team_members as members
        on lower(named.author) like members.pattern escape '~'
    group by named.author
)

select
    named.author,
    dense_rank() over (order by lower(named.author)) as author_number,
    regexp_matches(lower(named.author), bots.pattern) as is_bot,
    teams.team
from named
left join teams on named.author = teams.author
cross join config.bots as bots
where named.author is not null
