-- One row per change and the first production deployment that carries it.
-- With the repository's commits the graph decides. Without them a change joins by the deployment
-- that it names, else by its merge commit, else in time: the service's first successful
-- production deployment that finished at or after the merge.
--
-- grain: service, change_id
--   service               Service.
--   change_id             Change.
--   deployment_id         First production deployment that carries it.
--   how                   graph, explicit, merge_sha or time.
--   is_before_history     True when the first known deployment carried it: it has no lead time.
--   finished_at           End of the deployment, UTC.

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
)

select
    service,
    change_id,
    deployment_id,
    how,
    is_before_history,
    finished_at
from candidates
qualify row_number() over (
    partition by service, change_id order by preference, finished_at, deployment_id
) = 1
