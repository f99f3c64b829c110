-- One row per rule of CODEOWNERS and team to which it gives its paths.
-- A name is the team that the configuration says, else the one that is called like its last part.
-- A team that has no service has no numbers, so nothing is given to it.
--
-- grain: repository, place, team
--   repository         Repository.
--   place              Place of the rule in the file.
--   team               Team.

with named as (
    select
        rules.repository,
        rules.place,
        lower(named.owner) as owner,
        split_part(replace(lower(named.owner), '@', ''), '/', -1) as name
    from facts.owner_rules as rules
    cross join unnest(string_split(rules.owners, ' ')) as named (owner)
),

teams as (
    select distinct team
    from config.service_teams
)

select distinct
    named.repository,
    named.place,
    teams.team
from named
left join config.team_owners as settings on named.owner = settings.owner
inner join teams
    on
        teams.team = settings.team
        or (settings.team is null and lower(teams.team) = named.name)
