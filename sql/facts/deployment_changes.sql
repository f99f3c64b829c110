-- One row per change and the first production deployment that carries it.
-- With the repository's commits the graph decides. Without them a change joins by the deployment
-- that it names, else by its merge commit, else in time: the service's first successful
-- production deployment that finished at or after the merge.
-- Boundaries are clamped so that they never go back nor pass the end; a stage runs from the last
-- known boundary to its own, an unknown boundary makes its stage null and its time falls to the
-- next known one, so that the stages that are not null add up to the lead time exactly.
--
-- grain: service, change_id
--   service               Service.
--   change_id             Change.
--   deployment_id         First production deployment that carries it.
--   how                   graph, explicit, merge_sha or time.
--   is_before_history     True when the first known deployment carried it: it has no lead time.
--   is_bot                True when a bot is the change's author.
--   finished_at           End of the deployment, UTC.
--   finished_on           Day of that end in the calendar's zone.
--   is_excluded           True without a lead time: before history, no start, a clock run back.
--   lead_seconds          From first commit (else opening) to the end of the deployment.
--   coding_seconds        First commit to opened.
--   pickup_seconds        Opened to first review.
--   review_seconds        First review to approved.
--   merge_seconds         Approved to merged.
--   wait_seconds          Merged to deployment started.
--   deployment_seconds    Deployment started to finished.

with production as (
    select *
    from facts.deployment_records
    where is_production and status = 'success'
),

known_repositories as (
    select distinct repository from facts.commits
),

by_graph as (
    select
        changes.service,
        changes.change_id,
        production.deployment_id,
        'graph' as how,
        carried.is_before_history,
        production.finished_at
    from facts.changes as changes
    inner join facts.deployment_commits as carried
        on
            changes.service = carried.service
            and changes.repository = carried.repository
            and changes.merge_sha = carried.sha
    inner join production on carried.deployment_id = production.deployment_id
),

graphless as (
    select changes.*
    from facts.changes as changes
    left join known_repositories on changes.repository = known_repositories.repository
    where known_repositories.repository is null or changes.merge_sha is null
),

by_name as (
    select
        graphless.service,
        graphless.change_id,
        production.deployment_id,
        'explicit' as how,
        false as is_before_history,
        production.finished_at
    from graphless
    inner join production
        on
            graphless.service = production.service
            and graphless.deployment_id = production.native_id
    union all
    select
        graphless.service,
        graphless.change_id,
        production.deployment_id,
        'explicit' as how,
        false as is_before_history,
        production.finished_at
    from graphless
    inner join production
        on
            graphless.service = production.service
            and graphless.deployment_id = production.deployment_id
),

by_merge_sha as (
    select
        graphless.service,
        graphless.change_id,
        production.deployment_id,
        'merge_sha' as how,
        false as is_before_history,
        production.finished_at
    from graphless
    inner join production
        on
            graphless.service = production.service
            and graphless.merge_sha = production.commit_sha
),

moments as (
    select
        service,
        finished_at as happened_at,
        0 as turn,
        deployment_id,
        null as change_id
    from production
    union all
    select
        graphless.service,
        graphless.merged_at as happened_at,
        -1 as turn,
        null as deployment_id,
        graphless.change_id
    from graphless
    left join known_repositories on graphless.repository = known_repositories.repository
    where known_repositories.repository is null and graphless.merged_at is not null
),

next_deployments as (
    select
        service,
        change_id,
        first_value(deployment_id ignore nulls) over (
            partition by service
            order by happened_at, turn, deployment_id, change_id
            rows between current row and unbounded following
        ) as deployment_id
    from moments
),

by_time as (
    select
        next_deployments.service,
        next_deployments.change_id,
        production.deployment_id,
        'time' as how,
        false as is_before_history,
        production.finished_at
    from next_deployments
    inner join production on next_deployments.deployment_id = production.deployment_id
    where next_deployments.change_id is not null
),

candidates as (
    select
        1 as preference,
        *
    from by_graph
    union all
    select
        2 as preference,
        *
    from by_name
    union all
    select
        3 as preference,
        *
    from by_merge_sha
    union all
    select
        4 as preference,
        *
    from by_time
),

first_deployments as (
    select *
    from candidates
    qualify row_number() over (
        partition by service, change_id order by preference, finished_at, deployment_id
    ) = 1
),

-- Each boundary, or the last known one before it where it is unknown.
reached as (
    select
        first_deployments.*,
        changes.is_bot,
        changes.first_commit_at,
        changes.opened_at,
        changes.first_review_at,
        changes.approved_at,
        changes.merged_at,
        production.started_at,
        coalesce(changes.first_commit_at, changes.opened_at) as began_at,
        greatest(changes.first_commit_at, changes.opened_at) as reached_opened,
        greatest(
            changes.first_commit_at, changes.opened_at, changes.first_review_at
        ) as reached_review,
        greatest(
            changes.first_commit_at, changes.opened_at, changes.first_review_at,
            changes.approved_at
        ) as reached_approved,
        greatest(
            changes.first_commit_at, changes.opened_at, changes.first_review_at,
            changes.approved_at, changes.merged_at
        ) as reached_merged,
        greatest(
            changes.first_commit_at, changes.opened_at, changes.first_review_at,
            changes.approved_at, changes.merged_at, production.started_at
        ) as reached_started
    from first_deployments
    inner join facts.changes as changes
        on
            first_deployments.service = changes.service
            and first_deployments.change_id = changes.change_id
    inner join production on first_deployments.deployment_id = production.deployment_id
),

clamped as (
    select
        reached.*,
        cast(reached.finished_at at time zone calendar.time_zone as date) as finished_on,
        reached.is_before_history
        or coalesce(reached.finished_at < reached.began_at, true) as is_excluded,
        epoch(reached.finished_at) as end_s,
        epoch(reached.began_at) as began_s,
        epoch(least(reached.reached_opened, reached.finished_at)) as opened_s,
        epoch(least(reached.reached_review, reached.finished_at)) as review_s,
        epoch(least(reached.reached_approved, reached.finished_at)) as approved_s,
        epoch(least(reached.reached_merged, reached.finished_at)) as merged_s,
        epoch(least(reached.reached_started, reached.finished_at)) as started_s
    from reached
    cross join config.calendar as calendar
)

select
    service,
    change_id,
    deployment_id,
    how,
    is_before_history,
    is_bot,
    finished_at,
    finished_on,
    is_excluded,
    case when not is_excluded then cast(end_s - began_s as bigint) end as lead_seconds,
    case
        when not is_excluded and opened_at is not null and first_commit_at is not null
            then cast(opened_s - began_s as bigint)
    end as coding_seconds,
    case
        when not is_excluded and first_review_at is not null
            then cast(review_s - opened_s as bigint)
    end as pickup_seconds,
    case
        when not is_excluded and approved_at is not null
            then cast(approved_s - review_s as bigint)
    end as review_seconds,
    case
        when not is_excluded and merged_at is not null
            then cast(merged_s - approved_s as bigint)
    end as merge_seconds,
    case
        when not is_excluded and started_at is not null
            then cast(started_s - merged_s as bigint)
    end as wait_seconds,
    case when not is_excluded then cast(end_s - started_s as bigint) end
        as deployment_seconds
from clamped
