-- One row per scope, weekday and hour with a counted production deployment in the last 365 whole
-- days. A scope whose changes of that time have one or two authors has no rows: they would tell
-- when a person works. Where no source names authors there is nobody to hide.
--
-- grain: scope, name, weekday, hour
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   weekday            1 is Monday.
--   hour               Hour of the day in the calendar's zone, 0 to 23.
--   deployment_count   Counted production deployments.

with deployed as (
    select
        scopes.scope,
        scopes.name,
        rollouts.finished_on,
        rollouts.finished_at at time zone run.time_zone as finished_local
    from facts.rollouts as rollouts
    inner join facts.scopes as scopes
        on
            rollouts.service = scopes.service
            and rollouts.finished_on >= scopes.from_on
            and rollouts.finished_on < scopes.until_on
    cross join facts.today as run
    where
        rollouts.finished_on >= run.today - 365
        and rollouts.finished_on < run.today
),

changed as (
    select
        scopes.scope,
        scopes.name,
        changes.repository,
        changes.change_id,
        changes.merge_sha
    from facts.deployment_changes as carried
    inner join facts.changes as changes
        on carried.service = changes.service and carried.change_id = changes.change_id
    inner join facts.scopes as scopes
        on
            carried.service = scopes.service
            and carried.finished_on >= scopes.from_on
            and carried.finished_on < scopes.until_on
    cross join facts.today as run
    where
        carried.finished_on >= run.today - 365
        and not coalesce(changes.is_bot, false)
),

authors as (
    select
        changed.scope,
        changed.name,
        count(distinct coalesce(requests.author_number, commits.author_number)) as author_count
    from changed
    left join facts.pull_requests as requests on changed.change_id = requests.change_id
    left join facts.commits as commits
        on changed.repository = commits.repository and changed.merge_sha = commits.sha
    group by changed.scope, changed.name
)

select
    deployed.scope,
    deployed.name,
    1 + (deployed.finished_on - cast(date_trunc('week', deployed.finished_on) as date)) as weekday,
    cast(date_part('hour', deployed.finished_local) as bigint) as hour,
    count(*) as deployment_count
from deployed
left join authors on deployed.scope = authors.scope and deployed.name = authors.name
where coalesce(authors.author_count, 0) not in (1, 2)
group by all
