-- One row per service and commit on a default branch that changed a manifest of the service, and
-- where that is, seen from its code.
--
-- grain: service, repository, commit_sha
--   service            Service.
--   repository         Repository of the manifest.
--   commit_sha         Commit.
--   landed_at          On the default branch since, UTC.
--   is_bot             True when a bot is its author; null without an author.
--   is_image_only      True when nothing but images moved in it; null where unknown.
--   place              same_change, same_repository, same_team, other_team or unknown.

with repository_teams as (
    select
        repository,
        min(team) as team
    from facts.services
    group by repository
    having count(distinct team) = 1 and count(*) = count(team)
),

changed as (
    select
        owners.service,
        files.repository,
        files.sha,
        max(owners.holder) as holder,
        bool_and(files.is_image_only) as is_image_only
    from facts.changed_files as files
    inner join facts.manifest_owners as owners
        on files.repository = owners.repository and files.path = owners.path
    where files.topic = 'topology'
    group by owners.service, files.repository, files.sha
),

landed as (
    select
        landings.repository,
        landings.landed_by,
        bool_or(changed.has_code) as has_code
    from facts.changed_commits as changed
    inner join facts.commit_landings as landings
        on changed.repository = landings.repository and changed.sha = landings.sha
    group by landings.repository, landings.landed_by
)

select
    changed.service,
    changed.repository,
    changed.sha as commit_sha,
    landings.landed_at,
    commits.is_bot,
    changed.is_image_only,
    case
        when changed.repository = services.repository and landed.has_code then 'same_change'
        when changed.repository = services.repository then 'same_repository'
        when coalesce(changed.holder, teams.team) = services.team then 'same_team'
        when coalesce(changed.holder, teams.team) <> services.team then 'other_team'
        else 'unknown'
    end as place
from changed
inner join facts.services as services on changed.service = services.service
inner join facts.commits as commits
    on changed.repository = commits.repository and changed.sha = commits.sha
inner join facts.commit_landings as landings
    on changed.repository = landings.repository and changed.sha = landings.sha
left join landed
    on landings.repository = landed.repository and landings.landed_by = landed.landed_by
left join repository_teams as teams on changed.repository = teams.repository
