-- One row per change of a service: a pull request where the repository has them, plus the commits
-- on its default branch that belong to none; else a commit. Merge commits only carry the graph.
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

with shared_repositories as (
    select distinct repository
    from facts.services
    where path_pattern is not null
),

landed as (
    select
        commits.*,
        landings.landed_by,
        landings.landed_at
    from facts.commits as commits
    left join facts.commit_landings as landings
        on commits.repository = landings.repository and commits.sha = landings.sha
),

carried as (
    select
        repository,
        landed_by,
        min(authored_at) as first_authored_at,
        bool_or(is_revert) as is_revert
    from landed
    where landed_by is not null
    group by repository, landed_by
),

taken_back as (
    select
        repository,
        landed_by,
        string_agg(reverts, ' ' order by sha) as reverts
    from landed
    where landed_by is not null and reverts <> ''
    group by repository, landed_by
),

requests as (
    select
        case
            when
                min(changes.source) over (partition by changes.change_id)
                <> max(changes.source) over (partition by changes.change_id)
                then concat(changes.source, ':', changes.change_id)
            else changes.change_id
        end as change_id,
        changes.source,
        coalesce(aliases.service, changes.service) as service,
        coalesce(changes.repository, services.repository) as repository,
        coalesce(
            case when changes.first_commit_at <= cut.cut_at then changes.first_commit_at end,
            carried.first_authored_at
        ) as first_commit_at,
        changes.opened_at,
        changes.first_review_at,
        changes.approved_at,
        changes.merged_at,
        changes.merge_sha,
        changes.deployment_id,
        changes.is_bot,
        coalesce(starts_with(changes.title, 'Revert "'), false)
        or coalesce(carried.is_revert, false) as is_revert,
        coalesce(taken_back.reverts, '') as reverts,
        changes.branch,
        changes.labels,
        changes.title,
        changes.url
    from staging.files__changes as changes
    left join config.aliases as aliases on changes.service = aliases.alias
    left join facts.services as services
        on coalesce(aliases.service, changes.service) = services.service
    left join carried
        on
            coalesce(changes.repository, services.repository) = carried.repository
            and changes.merge_sha = carried.landed_by
    left join taken_back
        on
            coalesce(changes.repository, services.repository) = taken_back.repository
            and changes.merge_sha = taken_back.landed_by
    cross join facts.cut as cut
    where
        coalesce(
            changes.opened_at,
            changes.first_commit_at,
            changes.first_review_at,
            changes.approved_at,
            changes.merged_at
        ) <= cut.cut_at
),

-- A pattern that is no literal is compiled for every row, so it meets each path once.
touched as (
    select distinct
        landed.repository,
        landed.sha,
        landed.landed_by,
        touched.path
    from landed
    inner join shared_repositories as shared on landed.repository = shared.repository
    cross join unnest(landed.paths) as touched (path)
),

paths as (
    select distinct
        repository,
        path
    from touched
),

path_owners as (
    select
        paths.repository,
        paths.path,
        services.service
    from paths
    inner join facts.services as services on paths.repository = services.repository
    where regexp_matches(paths.path, services.path_pattern)
),

commit_owners as (
    select distinct
        touched.repository,
        touched.sha,
        touched.landed_by,
        path_owners.service
    from touched
    inner join path_owners
        on touched.repository = path_owners.repository and touched.path = path_owners.path
),

request_paths as (
    select distinct
        requests.source,
        requests.change_id,
        commit_owners.service
    from requests
    inner join commit_owners
        on
            requests.repository = commit_owners.repository
            and requests.merge_sha = commit_owners.landed_by
),

request_services as (
    select
        requests.*,
        services.service as owner
    from requests
    inner join facts.services as services
        on
            requests.service = services.service
            or (
                requests.service is null
                and requests.repository = services.repository
                and services.path_pattern is null
            )
    union all
    select
        requests.*,
        request_paths.service as owner
    from requests
    inner join request_paths
        on requests.source = request_paths.source and requests.change_id = request_paths.change_id
    where requests.service is null
),

reviewed as (
    select distinct repository
    from requests
),

merged as (
    select distinct
        repository,
        merge_sha
    from requests
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
    left join deployed
        on landed.repository = deployed.repository and landed.sha = deployed.sha
    where
        not landed.is_merge
        and merged.merge_sha is null
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
        commit_owners.service as owner
    from loose_commits
    inner join commit_owners
        on
            loose_commits.repository = commit_owners.repository
            and loose_commits.sha = commit_owners.sha
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
        url,
        source
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
        null as url,
        '' as source
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
    inner join config.hotfix_patterns as patterns
        on
            case patterns.field
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
    case when every_change.opened_at <= cut.cut_at then every_change.opened_at end as opened_at,
    case
        when every_change.first_review_at <= cut.cut_at then every_change.first_review_at
    end as first_review_at,
    case
        when every_change.approved_at <= cut.cut_at then every_change.approved_at
    end as approved_at,
    case when every_change.merged_at <= cut.cut_at then every_change.merged_at end as merged_at,
    every_change.merge_sha,
    every_change.deployment_id,
    every_change.is_bot,
    every_change.is_revert,
    every_change.reverts,
    hotfixes.change_id is not null as is_hotfix,
    every_change.title,
    every_change.url
from every_change
cross join facts.cut as cut
left join hotfixes
    on every_change.service = hotfixes.service and every_change.change_id = hotfixes.change_id
qualify row_number() over (
    partition by every_change.service, every_change.change_id
    order by every_change.kind desc, every_change.merged_at, every_change.source
) = 1
