-- One row per scope and pull request that was deployed: the end of the first successful deployment
-- of its repository, of its service where a repository is not known, at or after its merge.
--
-- grain: scope, name, change_id
--   scope              service, team or organisation: one team.
--   name               The service, the team, or the word organisation.
--   change_id          Pull request.
--   deployment_id      Deployment.
--   finished_at        Its end, UTC.

with moments as (
    select
        scope,
        name,
        place,
        finished_at as happened_at,
        1 as turn,
        deployment_id,
        null as change_id
    from middleware.deployment_places
    union all
    select
        scope,
        name,
        place,
        merged_at as happened_at,
        0 as turn,
        null as deployment_id,
        change_id
    from middleware.request_places
),

later as (
    select
        scope,
        name,
        change_id,
        first_value(deployment_id ignore nulls) over (
            partition by scope, name, place
            order by happened_at, turn, deployment_id, change_id
            rows between current row and unbounded following
        ) as deployment_id
    from moments
)

select
    later.scope,
    later.name,
    later.change_id,
    successes.deployment_id,
    successes.finished_at
from later
inner join shared.successes as successes on later.deployment_id = successes.deployment_id
where later.change_id is not null
qualify row_number() over (
    partition by later.scope, later.name, later.change_id
    order by successes.finished_at, successes.deployment_id
) = 1
