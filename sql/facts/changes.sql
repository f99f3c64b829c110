-- One row per change of a service: a pull request where the repository has them, plus the commits
-- on its default branch that belong to none; else a commit. A service whose lead time is that of
-- commits has commits alone, where they are known.
-- A change that touches the paths of several services is a change of each.
--
-- grain: service, change_id
--   service            Service.
--   change_id          Pull request's id, or the commit's sha.
--   kind               pull_request or commit.
--   repository         Repository; null where unknown.
--   first_commit_at    Author time of the first commit, UTC; null where unknown.
--   opened_at          Opened for review, UTC; null for a commit.
--   ready_at           Ready for review, UTC.
--   first_review_at    First review by somebody else, UTC.
--   approved_at        Approved, UTC.
--   merged_at          Merged, of a commit: on the default branch since; UTC, null before that.
--   merge_sha          Commit that landed it.
--   deployment_id      Deployment that carried it, where the source says so.
--   is_bot             True when a bot is its author; null without an author.
--   author_team        Team of its author; null where in none.
--   is_revert          True when it takes an earlier change back.
--   reverts            Shas that it takes back, blank between.
--   is_hotfix          True when branch, label or title says so.
--   title              Title, or the commit's subject.
--   url                Page at the source.

with landing_owners as (
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
    inner join facts.rebased_commits as rebased
        on owners.repository = rebased.repository and owners.sha = rebased.sha
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

known_repositories as (
    select distinct repository
    from facts.commits
),

every_change as (
    select
        requests.owner as service,
        requests.change_id,
        'pull_request' as kind,
        requests.repository,
        requests.first_commit_at,
        requests.opened_at,
        requests.ready_at,
        requests.first_review_at,
        requests.approved_at,
        requests.merged_at,
        requests.merge_sha,
        requests.deployment_id,
        requests.is_bot,
        requests.author_team,
        requests.is_revert,
        requests.reverts,
        requests.branch,
        requests.labels,
        requests.title,
        requests.url
    from request_services as requests
    inner join facts.rules as rules on requests.owner = rules.service
    left join known_repositories on requests.repository = known_repositories.repository
    where rules.lead_time_of = 'change' or known_repositories.repository is null
    union all
    select
        service,
        sha as change_id,
        'commit' as kind,
        repository,
        authored_at as first_commit_at,
        null as opened_at,
        null as ready_at,
        null as first_review_at,
        null as approved_at,
        landed_at as merged_at,
        sha as merge_sha,
        null as deployment_id,
        is_bot,
        author_team,
        is_revert,
        reverts,
        null as branch,
        null as labels,
        subject as title,
        null as url
    from facts.commit_changes
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
    every_change.ready_at,
    every_change.first_review_at,
    every_change.approved_at,
    every_change.merged_at,
    every_change.merge_sha,
    every_change.deployment_id,
    every_change.is_bot,
    every_change.author_team,
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
