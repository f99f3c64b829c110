-- One row per pull request that was born by the cut, with what its own commits add to it.
-- One that was merged into another branch than the default one counts once its merge commit has
-- reached the default branch or production; squashed on its way there it is part of the request
-- that brought it.
-- One that was closed without a merge is none.
--
-- grain: change_id
--   change_id          The source's own id, led by the source where two sources use the same one.
--   service            Service that it names; null where its repository tells.
--   repository         Repository, its service's where it names none.
--   first_commit_at    Author time of the first commit, UTC; null where unknown.
--   opened_at          Opened for review, UTC.
--   ready_at           Ready for review, UTC.
--   first_review_at    First review by somebody else, UTC.
--   approved_at        Approved, UTC.
--   merged_at          Merged, UTC; null while open.
--   merge_sha          Commit that landed it.
--   commit_shas        Its own commits, blank between; empty while open.
--   commit_authored_ats  Author times of its own commits, blank between; empty while open.
--   deployment_id      Deployment that carried it, where the source says so.
--   is_bot             True when a bot is its author; null without an author.
--   author_number      Stands for its author, to count how many there are; null without one.
--   author_team        Team of its author; null where in none.
--   is_revert          True when it takes an earlier change back.
--   reverts            Shas that it takes back, blank between.
--   branch             Source branch.
--   base_branch        Branch that it is merged into; null where unknown.
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
),

numbers as (
    select
        changes.source,
        changes.change_id,
        reverted.merge_sha
    from facts.told_changes as changes
    cross join unnest(string_split(changes.reverts_numbers, ' ')) as taken (number)
    inner join facts.told_changes as reverted
        on
            changes.source = reverted.source
            and changes.repository = reverted.repository
            and taken.number = reverted.number
    cross join facts.cut as cut
    where changes.reverts_numbers <> '' and reverted.merged_at <= cut.cut_at
),

numbered as (
    select
        source,
        change_id,
        string_agg(merge_sha, ' ' order by merge_sha) as reverts
    from numbers
    where merge_sha is not null
    group by source, change_id
),

-- Merged into a branch that is not the default one, and not there either.
elsewhere as (
    select
        changes.source,
        changes.change_id,
        changes.repository,
        changes.merge_sha
    from facts.told_changes as changes
    inner join staging.hosts__repositories as repositories
        on
            changes.source = repositories.source
            and changes.repository = repositories.repository
    left join facts.commit_landings as landings
        on changes.repository = landings.repository and changes.merge_sha = landings.sha
    cross join facts.cut as cut
    where
        changes.merged_at <= cut.cut_at
        and changes.base_branch <> repositories.default_branch
        and landings.sha is null
),

released as (
    select distinct
        elsewhere.source,
        elsewhere.change_id
    from elsewhere
    inner join facts.deployment_commits as carried
        on elsewhere.repository = carried.repository and elsewhere.merge_sha = carried.sha
    inner join facts.deployment_records as records
        on carried.deployment_id = records.deployment_id
    where records.is_production
),

astray as (
    select
        elsewhere.source,
        elsewhere.change_id
    from elsewhere
    left join released
        on elsewhere.source = released.source and elsewhere.change_id = released.change_id
    where released.change_id is null
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
    case when changes.ready_at <= cut.cut_at then changes.ready_at end as ready_at,
    case
        when changes.first_review_at <= cut.cut_at then changes.first_review_at
    end as first_review_at,
    case when changes.approved_at <= cut.cut_at then changes.approved_at end as approved_at,
    case when changes.merged_at <= cut.cut_at then changes.merged_at end as merged_at,
    case
        when changes.number is null or changes.merged_at <= cut.cut_at then changes.merge_sha
    end as merge_sha,
    case when changes.merged_at <= cut.cut_at then changes.commit_shas else '' end as commit_shas,
    case
        when changes.merged_at <= cut.cut_at then changes.commit_authored_ats
        else ''
    end as commit_authored_ats,
    changes.deployment_id,
    changes.is_bot,
    changes.author_number,
    changes.author_team,
    coalesce(starts_with(changes.title, 'Revert "'), false)
    or coalesce(carried.is_revert, false)
    or changes.reverts <> ''
    or changes.reverts_numbers <> '' as is_revert,
    trim(
        concat(
            coalesce(taken_back.reverts, ''), ' ', changes.reverts, ' ',
            coalesce(numbered.reverts, '')
        )
    ) as reverts,
    changes.branch,
    changes.base_branch,
    changes.labels,
    changes.title,
    changes.url
from facts.told_changes as changes
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
left join numbered
    on changes.source = numbered.source and changes.change_id = numbered.change_id
left join astray
    on changes.source = astray.source and changes.change_id = astray.change_id
cross join facts.cut as cut
where
    astray.change_id is null
    and (
        changes.number is null
        or coalesce(least(changes.merged_at, changes.ready_at) <= cut.cut_at, false)
    )
    and (changes.closed_at is null or changes.closed_at > cut.cut_at)
    and coalesce(
        changes.opened_at,
        changes.first_commit_at,
        changes.first_review_at,
        changes.approved_at,
        changes.merged_at
    ) <= cut.cut_at
