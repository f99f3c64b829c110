-- One row per change and team that it counts for in place of its service's team: that of its
-- author, or those to which CODEOWNERS gives the paths of the service that it touches.
-- A change without a row counts for its service's team.
--
-- grain: service, change_id, team
--   service            Service.
--   change_id          Change.
--   team               Team.

with ruled as (
    select
        changes.*,
        services.path_pattern is not null as has_paths
    from facts.changes as changes
    inner join facts.services as services on changes.service = services.service
    inner join facts.rules as rules on changes.service = rules.service
    where rules.teams_by = 'codeowners'
),

-- A commit touches its own paths; a pull request those of all that its merge brought.
touched as (
    select
        ruled.service,
        ruled.change_id,
        ruled.repository,
        ruled.has_paths,
        paths.path
    from ruled
    inner join facts.touched_paths as paths
        on ruled.repository = paths.repository and ruled.change_id = paths.sha
    where ruled.kind = 'commit'
    union
    select
        ruled.service,
        ruled.change_id,
        ruled.repository,
        ruled.has_paths,
        paths.path
    from ruled
    inner join facts.touched_paths as paths
        on ruled.repository = paths.repository and ruled.merge_sha = paths.landed_by
    where ruled.kind = 'pull_request'
    union
    select
        ruled.service,
        ruled.change_id,
        ruled.repository,
        ruled.has_paths,
        paths.path
    from ruled
    inner join facts.rebased_commits as rebased
        on ruled.repository = rebased.repository and ruled.merge_sha = rebased.merge_sha
    inner join facts.touched_paths as paths
        on rebased.repository = paths.repository and rebased.sha = paths.sha
    where ruled.kind = 'pull_request'
)

select distinct
    touched.service,
    touched.change_id,
    teams.team
from touched
left join facts.path_services as path_services
    on
        touched.repository = path_services.repository
        and touched.path = path_services.path
        and touched.service = path_services.service
inner join facts.path_owners as owners
    on touched.repository = owners.repository and touched.path = owners.path
inner join facts.owner_teams as teams
    on owners.repository = teams.repository and owners.place = teams.place
where path_services.service is not null or not touched.has_paths
union all
select
    changes.service,
    changes.change_id,
    changes.author_team as team
from facts.changes as changes
inner join facts.rules as rules on changes.service = rules.service
where rules.teams_by = 'author' and changes.author_team is not null
