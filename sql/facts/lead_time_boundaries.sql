-- One row per change and the boundaries of its lead time.
-- Lead time starts where the service's rules say; what is unknown gives way to the one before it.
-- A boundary that is unknown, or before the start by those rules, stands at the last known one
-- before it, and boundaries are clamped so that they never go back nor pass the end.
--
-- grain: service, change_id
--   service               Service.
--   change_id             Change.
--   started_at            Start of the lead time, UTC; null where nothing is known.
--   opened_at             Opened, or the last known boundary before it.
--   reviewed_at           First review, likewise.
--   approved_at           Approved, likewise.
--   merged_at             Merged, likewise.
--   deploying_at          The deployment's start, likewise.
--   finished_at           End of the deployment.
--   has_coding            True when the stage that ends with the opening is known.
--   has_pickup            The same of the first review.
--   has_review            The same of the approval.
--   has_merge             The same of the merge.
--   has_wait              The same of the deployment's start.
--   is_excluded           True without a lead time: before history, no start, a clock run back.

with authored as (
    select
        changes.service,
        changes.change_id,
        commits.authored_at
    from facts.changes as changes
    inner join facts.rules as rules on changes.service = rules.service
    inner join facts.commits as commits
        on changes.repository = commits.repository and changes.merge_sha = commits.sha
    where rules.lead_time_from = 'commit'
),

known as (
    select
        carried.service,
        carried.change_id,
        carried.is_before_history,
        carried.finished_at,
        records.started_at as deploying_at,
        rules.lead_time_from,
        coalesce(authored.authored_at, changes.first_commit_at) as committed_at,
        case when rules.lead_time_from not in ('ready', 'merged') then changes.opened_at end
            as opened_at,
        case when rules.lead_time_from <> 'merged' then changes.first_review_at end
            as reviewed_at,
        case when rules.lead_time_from <> 'merged' then changes.approved_at end as approved_at,
        changes.merged_at,
        case rules.lead_time_from
            when 'opened' then coalesce(changes.opened_at, changes.first_commit_at)
            when 'ready'
                then coalesce(changes.ready_at, changes.opened_at, changes.first_commit_at)
            when 'merged'
                then
                    coalesce(
                        changes.merged_at, changes.ready_at, changes.opened_at,
                        changes.first_commit_at
                    )
            else coalesce(authored.authored_at, changes.first_commit_at, changes.opened_at)
        end as started_at
    from facts.carried_changes as carried
    inner join facts.changes as changes
        on carried.service = changes.service and carried.change_id = changes.change_id
    inner join facts.deployment_records as records
        on carried.deployment_id = records.deployment_id
    inner join facts.rules as rules on carried.service = rules.service
    left join authored
        on carried.service = authored.service and carried.change_id = authored.change_id
)

select
    service,
    change_id,
    least(started_at, finished_at) as started_at,
    least(greatest(started_at, opened_at), finished_at) as opened_at,
    least(greatest(started_at, opened_at, reviewed_at), finished_at) as reviewed_at,
    least(greatest(started_at, opened_at, reviewed_at, approved_at), finished_at) as approved_at,
    least(greatest(started_at, opened_at, reviewed_at, approved_at, merged_at), finished_at)
        as merged_at,
    least(
        greatest(started_at, opened_at, reviewed_at, approved_at, merged_at, deploying_at),
        finished_at
    ) as deploying_at,
    finished_at,
    lead_time_from in ('first_commit', 'commit')
    and opened_at is not null
    and committed_at is not null as has_coding,
    reviewed_at is not null as has_pickup,
    approved_at is not null as has_review,
    lead_time_from <> 'merged' and merged_at is not null as has_merge,
    deploying_at is not null as has_wait,
    is_before_history or coalesce(finished_at < started_at, true) as is_excluded
from known
