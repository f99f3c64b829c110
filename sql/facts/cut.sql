-- One row: the moment at which facts are cut by event time.
-- It is the as-of moment, or the latest event known where that is earlier: so time going by
-- without any event changes nothing below, and nothing below has to be made again.
--
-- grain: cut_at
--   cut_at             What happened later is not in facts, UTC.

with events as (
    select max(greatest(started_at, finished_at)) as latest_at from facts.told_deployments
    union all
    select
        max(
            greatest(
                first_commit_at, opened_at, ready_at, first_review_at, approved_at, merged_at,
                closed_at
            )
        ) as latest_at
    from facts.told_changes
    union all
    select max(greatest(authored_at, committed_at)) as latest_at from staging.files__commits
    union all
    select max(greatest(started_at, acknowledged_at, resolved_at)) as latest_at
    from facts.told_incidents
    union all
    select max(happened_at) as latest_at from facts.told_flag_events
    union all
    select max(greatest(started_at, finished_at, aborted_at)) as latest_at
    from staging.delivery__progressive_rollouts
    union all
    select max(greatest(started_at, finished_at)) as latest_at from staging.events__rollouts
    union all
    select max(changed_at) as latest_at from staging.delivery__agent_syncs
    union all
    select max(greatest(created_at, archived_at, owned_at, dated_at)) as latest_at
    from staging.files__flags
    union all
    select max(greatest(authored_at, committed_at)) as latest_at from staging.git__commits
    union all
    select max(tagged_at) as latest_at from staging.git__tags
)

select least(run.as_of, coalesce(max(events.latest_at), run.as_of)) as cut_at
from config.run as run
cross join events
group by run.as_of
