-- One row per change of a service: a pull request where the repository has them, plus the commits
-- on its default branch that belong to none; else a commit. Merge commits only carry the graph.
-- The commits that a rebase merge made of a pull request's own belong to it: they keep their author
-- times, and are committed while it is open or merged; so do its own as they are.
-- A change that touches the paths of several services is a change of each.
--
-- grain: service, change_id
--   service            Service.
--   change_id          Pull request's id, or the commit's sha.
--   kind               pull_request or commit.
--   repository         Repository; null where unknown.
--   first_commit_at    Author time of the first commit, UTC; null where unknown.
--   opened_at          Opened for review, UTC; null for a commit.
--   first_review_at    First review by somebody else, UTC.
--   approved_at        Approved, UTC.
--   merged_at          Merged, of a commit: on the default branch since; UTC, null before that.
--   merge_sha          Commit that landed it.
--   deployment_id      Deployment that carried it, where the source says so.
--   is_bot             True when a bot is its author; null without an author.
--   is_revert          True when it takes an earlier change back.
--   reverts            Shas that it takes back, blank between.
--   is_hotfix          True when branch, label or title says so.
--   title              Title, or the commit's subject.
--   url                Page at the source.

with landed as (
    select
        commits.*,
        landings.landed_by,
        landings.landed_at
    from facts.commits as commits
    left join facts.commit_landings as landings
        on commits.repository = landings.repository and commits.sha = landings.sha
),

-- To the second, as the commits' author times are.
own_times as (
    select distinct
        requests.repository,
        requests.merge_sha,
        requests.opened_at,
        requests.merged_at,
        cast(own.authored_at as timestamptz) as authored_at
    from facts.pull_requests as requests
    cross join unnest(string_split(requests.commit_authored_ats, ' ')) as own (authored_at)
    where requests.commit_authored_ats <> '' and requests.merged_at is not null
),

-- The merge itself too: of a squash into a branch that somebody else merged, it is a commit.
own_commits as (
    select distinct
        requests.repository,
        requests.merge_sha,
        own.sha
    from facts.pull_requests as requests
    cross join
        unnest(
            string_split(concat_ws(' ', requests.merge_sha, requests.commit_shas), ' ')
        ) as own (sha)
    where requests.commit_shas <> '' and requests.merged_at is not null
),

rebased as (
    select
        repository,
        merge_sha,
        sha
    from own_commits
    union
    select
        landed.repository,
        own_times.merge_sha,
        landed.sha
    from landed
    inner join own_times
        on landed.repository = own_times.repository and landed.authored_at = own_times.authored_at
    where
        landed.sha = landed.landed_by
        and landed.committed_at >= own_times.opened_at
        and epoch(landed.committed_at) - epoch(own_times.merged_at) <= 300
),

rebased_commits as (
    select distinct
        repository,
        sha
    from rebased
),

landing_owners as (
    select
        repository,
        landed_by as merge_sha,
        service
    from facts.commit_owners
    union
    select
        owners.repository,
        rebased.merge_sha,
        owners.service
    from facts.commit_owners as owners
    inner join rebased on owners.repository = rebased.repository and owners.sha = rebased.sha
),

request_services as (
    select
        requests.*,
        services.service as owner
    from facts.pull_requests as requests
    inner join facts.services as services on requests.service = services.service
    union all
    select
        requests.*,
        services.service as owner
    from facts.pull_requests as requests
    inner join facts.services as services on requests.repository = services.repository
    where requests.service is null and services.path_pattern is null
    union all
    select
        requests.*,
        owners.service as owner
    from facts.pull_requests as requests
    inner join landing_owners as owners
        on requests.repository = owners.repository and requests.merge_sha = owners.merge_sha
    where requests.service is null
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

deployed as (
    select distinct
        repository,
        sha
    from facts.deployment_commits
),

loose_commits as (
    select landed.*
    from landed
    left join reviewed on landed.repository = reviewed.repository
    left join merged
        on landed.repository = merged.repository and landed.landed_by = merged.merge_sha
    left join rebased_commits
        on landed.repository = rebased_commits.repository and landed.sha = rebased_commits.sha
    left join deployed
        on landed.repository = deployed.repository and landed.sha = deployed.sha
    where
        not landed.is_merge
        and merged.merge_sha is null
        and rebased_commits.sha is null
        and (
            landed.landed_by is not null
            or (reviewed.repository is null and deployed.sha is not null)
        )
),

commit_services as (
    select
        loose_commits.repository,
        loose_commits.sha,
        services.service as owner
    from loose_commits
    inner join facts.services as services on loose_commits.repository = services.repository
    where services.path_pattern is null
    union
    select
        loose_commits.repository,
        loose_commits.sha,
        owners.service as owner
    from loose_commits
    inner join facts.commit_owners as owners
        on loose_commits.repository = owners.repository and loose_commits.sha = owners.sha
),

every_change as (
    select
        owner as service,
        change_id,
        'pull_request' as kind,
        repository,
        first_commit_at,
        opened_at,
        first_review_at,
        approved_at,
        merged_at,
        merge_sha,
        deployment_id,
        is_bot,
        is_revert,
        reverts,
        branch,
        labels,
        title,
        url
    from request_services
    union all
    select
        commit_services.owner as service,
        loose_commits.sha as change_id,
        'commit' as kind,
        loose_commits.repository,
        loose_commits.authored_at as first_commit_at,
        null as opened_at,
        null as first_review_at,
        null as approved_at,
        loose_commits.landed_at as merged_at,
        loose_commits.sha as merge_sha,
        null as deployment_id,
        loose_commits.is_bot,
        loose_commits.is_revert,
        loose_commits.reverts,
        null as branch,
        null as labels,
        loose_commits.subject as title,
        null as url
    from loose_commits
    inner join commit_services
        on
            loose_commits.repository = commit_services.repository
            and loose_commits.sha = commit_services.sha
),

hotfixes as (
    select distinct
        every_change.service,
        every_change.change_id
    from every_change
    inner join facts.rules as rules on every_change.service = rules.service
    inner join config.hotfix_patterns as patterns
        on
            rules.rules_of = patterns.service
            and case patterns.field
                when 'branch' then lower(every_change.branch)
                when 'label' then every_change.labels
                else lower(every_change.title)
            end like patterns.pattern escape '~'
)

select
    every_change.service,
    every_change.change_id,
    every_change.kind,
    every_change.repository,
    every_change.first_commit_at,
    every_change.opened_at,
    every_change.first_review_at,
    every_change.approved_at,
    every_change.merged_at,
    every_change.merge_sha,
    every_change.deployment_id,
    every_change.is_bot,
    every_change.is_revert,
    every_change.reverts,
    hotfixes.change_id is not null as is_hotfix,
    every_change.title,
    every_change.url
from every_change
left join hotfixes
    on every_change.service = hotfixes.service and every_change.change_id = hotfixes.change_id
qualify row_number() over (
    partition by every_change.service, every_change.change_id
    order by every_change.kind desc, every_change.merged_at
) = 1
