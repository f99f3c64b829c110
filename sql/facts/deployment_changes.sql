-- One row per change and the first production deployment that carries it, with its lead time and
-- the stages of it, by the calendar's clock and by that of working hours.
-- A stage runs from the last known boundary to its own; an unknown boundary makes its stage null
-- and its time falls to the next known one, so that the stages that are not null add up to the
-- lead time exactly, on either clock.
--
-- grain: service, change_id
--   service                     Service.
--   change_id                   Change.
--   deployment_id               First production deployment that carries it.
--   how                         graph, explicit, merge_sha or time.
--   is_before_history           True when the first known deployment carried it.
--   is_bot                      True when a bot is the change's author.
--   author_team                 Team of its author; null where in none.
--   finished_at                 End of the deployment, UTC.
--   finished_on                 Day of that end in the calendar's zone.
--   is_excluded                 True without a lead time: before history, no start, clock run back.
--   lead_seconds                From the start of the lead time to the end of the deployment.
--   coding_seconds              Start to opened.
--   pickup_seconds              Opened to first review.
--   review_seconds              First review to approved.
--   merge_seconds               Approved to merged.
--   wait_seconds                Merged to deployment started.
--   deployment_seconds          Deployment started to finished.
--   working_lead_seconds        The same in working hours, and so on.
--   working_coding_seconds      Start to opened.
--   working_pickup_seconds      Opened to first review.
--   working_review_seconds      First review to approved.
--   working_merge_seconds       Approved to merged.
--   working_wait_seconds        Merged to deployment started.
--   working_deployment_seconds  Deployment started to finished.

with timed as (
    select
        boundaries.*,
        cast(boundaries.finished_at at time zone calendar.time_zone as date) as finished_on,
        epoch(boundaries.started_at) as started_s,
        epoch(boundaries.opened_at) as opened_s,
        epoch(boundaries.reviewed_at) as reviewed_s,
        epoch(boundaries.approved_at) as approved_s,
        epoch(boundaries.merged_at) as merged_s,
        epoch(boundaries.deploying_at) as deploying_s,
        epoch(boundaries.finished_at) as finished_s,
        started_days.worked_before
        + greatest(
            least(epoch(boundaries.started_at), started_days.until_s) - started_days.from_s, 0
        ) as started_w,
        opened_days.worked_before
        + greatest(
            least(epoch(boundaries.opened_at), opened_days.until_s) - opened_days.from_s, 0
        ) as opened_w,
        reviewed_days.worked_before
        + greatest(
            least(epoch(boundaries.reviewed_at), reviewed_days.until_s) - reviewed_days.from_s, 0
        ) as reviewed_w,
        approved_days.worked_before
        + greatest(
            least(epoch(boundaries.approved_at), approved_days.until_s) - approved_days.from_s, 0
        ) as approved_w,
        merged_days.worked_before
        + greatest(
            least(epoch(boundaries.merged_at), merged_days.until_s) - merged_days.from_s, 0
        ) as merged_w,
        deploying_days.worked_before
        + greatest(
            least(epoch(boundaries.deploying_at), deploying_days.until_s) - deploying_days.from_s, 0
        ) as deploying_w,
        finished_days.worked_before
        + greatest(
            least(epoch(boundaries.finished_at), finished_days.until_s) - finished_days.from_s, 0
        ) as finished_w
    from facts.lead_time_boundaries as boundaries
    cross join config.calendar as calendar
    left join config.working_days as started_days
        on started_days.day = greatest(
            cast(boundaries.started_at at time zone calendar.time_zone as date), date '1990-01-01'
        )
    left join config.working_days as opened_days
        on opened_days.day = greatest(
            cast(boundaries.opened_at at time zone calendar.time_zone as date), date '1990-01-01'
        )
    left join config.working_days as reviewed_days
        on reviewed_days.day = greatest(
            cast(boundaries.reviewed_at at time zone calendar.time_zone as date), date '1990-01-01'
        )
    left join config.working_days as approved_days
        on approved_days.day = greatest(
            cast(boundaries.approved_at at time zone calendar.time_zone as date), date '1990-01-01'
        )
    left join config.working_days as merged_days
        on merged_days.day = greatest(
            cast(boundaries.merged_at at time zone calendar.time_zone as date), date '1990-01-01'
        )
    left join config.working_days as deploying_days
        on deploying_days.day = greatest(
            cast(boundaries.deploying_at at time zone calendar.time_zone as date), date '1990-01-01'
        )
    left join config.working_days as finished_days
        on finished_days.day = greatest(
            cast(boundaries.finished_at at time zone calendar.time_zone as date), date '1990-01-01'
        )
)

select
    carried.service,
    carried.change_id,
    carried.deployment_id,
    carried.how,
    carried.is_before_history,
    changes.is_bot,
    changes.author_team,
    carried.finished_at,
    timed.finished_on,
    timed.is_excluded,
    case when not timed.is_excluded then cast(timed.finished_s - timed.started_s as bigint) end
        as lead_seconds,
    case
        when not timed.is_excluded and timed.has_coding
            then cast(timed.opened_s - timed.started_s as bigint)
    end as coding_seconds,
    case
        when not timed.is_excluded and timed.has_pickup
            then cast(timed.reviewed_s - timed.opened_s as bigint)
    end as pickup_seconds,
    case
        when not timed.is_excluded and timed.has_review
            then cast(timed.approved_s - timed.reviewed_s as bigint)
    end as review_seconds,
    case
        when not timed.is_excluded and timed.has_merge
            then cast(timed.merged_s - timed.approved_s as bigint)
    end as merge_seconds,
    case
        when not timed.is_excluded and timed.has_wait
            then cast(timed.deploying_s - timed.merged_s as bigint)
    end as wait_seconds,
    case
        when not timed.is_excluded
            then cast(timed.finished_s - timed.deploying_s as bigint)
    end as deployment_seconds,
    case when not timed.is_excluded then cast(timed.finished_w - timed.started_w as bigint) end
        as working_lead_seconds,
    case
        when not timed.is_excluded and timed.has_coding
            then cast(timed.opened_w - timed.started_w as bigint)
    end as working_coding_seconds,
    case
        when not timed.is_excluded and timed.has_pickup
            then cast(timed.reviewed_w - timed.opened_w as bigint)
    end as working_pickup_seconds,
    case
        when not timed.is_excluded and timed.has_review
            then cast(timed.approved_w - timed.reviewed_w as bigint)
    end as working_review_seconds,
    case
        when not timed.is_excluded and timed.has_merge
            then cast(timed.merged_w - timed.approved_w as bigint)
    end as working_merge_seconds,
    case
        when not timed.is_excluded and timed.has_wait
            then cast(timed.deploying_w - timed.merged_w as bigint)
    end as working_wait_seconds,
    case
        when not timed.is_excluded
            then cast(timed.finished_w - timed.deploying_w as bigint)
    end as working_deployment_seconds
from facts.carried_changes as carried
inner join timed on carried.service = timed.service and carried.change_id = timed.change_id
inner join facts.changes as changes
    on carried.service = changes.service and carried.change_id = changes.change_id
