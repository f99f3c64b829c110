-- One row per service and commit on a default branch that changed a manifest of the service.
-- It waits from the latest merge of the service's code before it, unless it came with the code.
--
-- grain: service, repository, commit_sha
--   service            Service.
--   repository         Repository of the manifest.
--   commit_sha         Commit.
--   landed_at          On the default branch since, UTC.
--   is_bot             True when a bot is its author; null without an author.
--   is_image_only      True when nothing but images moved in it; null where unknown.
--   place              same_change, same_repository, same_team, other_team or unknown.
--   code_landed_at     Latest merge of the service's code before it, UTC; null for the same change.
--   wait_seconds       From that merge to this one; null for the same change, and without one.

with moments as (
    select distinct
        services.service,
        landings.landed_at as happened_at,
        0 as turn,
        landings.landed_at as code_landed_at,
        '' as repository,
        '' as sha
    from facts.changed_commits as commits
    inner join facts.commit_landings as landings
        on commits.repository = landings.repository and commits.sha = landings.sha
    inner join facts.services as services on commits.repository = services.repository
    left join facts.commit_owners as owners
        on
            commits.repository = owners.repository
            and commits.sha = owners.sha
            and services.service = owners.service
    where commits.has_code and (services.path_pattern is null or owners.sha is not null)
    union all
    select
        service,
        landed_at as happened_at,
        1 as turn,
        cast(null as timestamptz) as code_landed_at,
        repository,
        commit_sha as sha
    from facts.topology_places
    where place <> 'same_change'
),

waits as (
    select
        service,
        repository,
        sha,
        last_value(code_landed_at ignore nulls) over (
            partition by service
            order by happened_at, turn, repository, sha
            rows between unbounded preceding and current row
        ) as code_landed_at
    from moments
)

select
    places.service,
    places.repository,
    places.commit_sha,
    places.landed_at,
    places.is_bot,
    places.is_image_only,
    places.place,
    waits.code_landed_at,
    cast(epoch(places.landed_at) - epoch(waits.code_landed_at) as bigint) as wait_seconds
from facts.topology_places as places
left join waits
    on
        places.service = waits.service
        and places.repository = waits.repository
        and places.commit_sha = waits.sha
