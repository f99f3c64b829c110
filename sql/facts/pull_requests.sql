-- One row per pull request that was born by the cut, with what its own commits add to it.
--
-- grain: change_id
--   change_id          The source's own id, led by the source where two sources use the same one.
--   service            Service that it names; null where its repository tells.
--   repository         Repository, its service's where it names none.
--   first_commit_at    Author time of the first commit, UTC; null where unknown.
--   opened_at          Opened for review, UTC.
--   first_review_at    First review by somebody else, UTC.
--   approved_at        Approved, UTC.
--   merged_at          Merged, UTC; null while open.
--   merge_sha          Commit that landed it.
--   deployment_id      Deployment that carried it, where the source says so.
--   is_bot             True when a bot is its author; null without an author.
--   is_revert          True when it takes an earlier change back.
--   reverts            Shas that it takes back, blank between.
--   branch             Source branch.
--   labels             Labels, with semicolons around each, lower case.
--   title              Title.
--   url                Page at the source.

with landed as (
    select
        commits.*,
        landings.landed_by
    from facts.commits as commits
    inner join facts.commit_landings as landings
        on commits.repository = landings.repository and commits.sha = landings.sha
),

carried as (
    select
        repository,
        landed_by,
        min(authored_at) as first_authored_at,
        bool_or(is_revert) as is_revert
    from landed
    group by repository, landed_by
),

taken_back as (
    select
        repository,
        landed_by,
        string_agg(reverts, ' ' order by sha) as reverts
    from landed
    where reverts <> ''
    group by repository, landed_by
)

select
    case
        when
            min(changes.source) over (partition by changes.change_id)
            <> max(changes.source) over (partition by changes.change_id)
            then concat(changes.source, ':', changes.change_id)
        else changes.change_id
    end as change_id,
    coalesce(aliases.service, changes.service) as service,
    coalesce(changes.repository, services.repository) as repository,
    coalesce(
        case when changes.first_commit_at <= cut.cut_at then changes.first_commit_at end,
        carried.first_authored_at
    ) as first_commit_at,
    case when changes.opened_at <= cut.cut_at then changes.opened_at end as opened_at,
    case
        when changes.first_review_at <= cut.cut_at then changes.first_review_at
    end as first_review_at,
    case when changes.approved_at <= cut.cut_at then changes.approved_at end as approved_at,
    case when changes.merged_at <= cut.cut_at then changes.merged_at end as merged_at,
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
