-- One row per service and commit that is a change of it: on the default branch and in no pull
-- request; every one on that branch for a service whose lead time is that of commits.
-- Merge commits only carry the graph. Where a repository has no pull requests, what is deployed
-- from other branches counts too.
--
-- grain: service, repository, sha
--   service            Service.
--   repository         Repository.
--   sha                Commit.
--   authored_at        Author time, UTC.
--   landed_at          On the default branch since, UTC; null before that.
--   is_bot             True when a bot is its author; null without an author.
--   author_team        Team of its author; null where in none.
--   is_revert          True when it takes an earlier change back.
--   reverts            Shas that it takes back, blank between.
--   subject            First line of the message.

with counting_all as (
    select distinct services.repository
    from facts.services as services
    inner join facts.rules as rules on services.service = rules.service
    where rules.lead_time_of = 'commit'
),

reviewed as (
    select distinct repository
    from facts.pull_requests
),

merged as (
    select distinct
        repository,
        merge_sha
    from facts.pull_requests
),

rebased as (
    select distinct
        repository,
        sha
    from facts.rebased_commits
),

deployed as (
    select distinct
        repository,
        sha
    from facts.deployment_commits
),

counted as (
    select
        commits.*,
        landings.landed_at,
        merged.merge_sha is null and rebased.sha is null as is_loose
    from facts.commits as commits
    left join facts.commit_landings as landings
        on commits.repository = landings.repository and commits.sha = landings.sha
    left join counting_all on commits.repository = counting_all.repository
    left join reviewed on commits.repository = reviewed.repository
    left join merged
        on commits.repository = merged.repository and landings.landed_by = merged.merge_sha
    left join rebased
        on commits.repository = rebased.repository and commits.sha = rebased.sha
    left join deployed
        on commits.repository = deployed.repository and commits.sha = deployed.sha
    where
        not commits.is_merge
        and (
            (merged.merge_sha is null and rebased.sha is null)
            or counting_all.repository is not null
        )
        and (
            landings.landed_by is not null
            or (reviewed.repository is null and deployed.sha is not null)
        )
),

owners as (
    select
        counted.repository,
        counted.sha,
        services.service
    from counted
    inner join facts.services as services on counted.repository = services.repository
    where services.path_pattern is null
    union
    select
        counted.repository,
        counted.sha,
        owners.service
    from counted
    inner join facts.commit_owners as owners
        on counted.repository = owners.repository and counted.sha = owners.sha
)

select
    owners.service,
    counted.repository,
    counted.sha,
    counted.authored_at,
    counted.landed_at,
    counted.is_bot,
    counted.author_team,
    counted.is_revert,
    counted.reverts,
    counted.subject
from counted
inner join owners on counted.repository = owners.repository and counted.sha = owners.sha
inner join facts.rules as rules on owners.service = rules.service
where counted.is_loose or rules.lead_time_of = 'commit'
