-- One row per pull request that no graph of commits speaks of, and deployment of each service that
-- stands for the one that carried it: the one that it names, else, if it is merged, the one of its
-- merge commit, else, without commits of its repository, the next one in time.
--
-- grain: change_id, deployment_id
--   change_id          Pull request.
--   deployment_id      Deployment.

with named as (
    select
        requests.change_id,
        names.deployment_id
    from facts.requests as requests
    inner join shared.names as names on requests.deployment_id = names.name
    where not requests.is_known or requests.merge_sha is null
),

same as (
    select
        requests.change_id,
        requests.service,
        lines.deployment_id,
        1 as preference
    from shared.request_lines as requests
    inner join shared.lines as lines
        on
            requests.service = lines.service
            and requests.line = lines.line
            and requests.merge_sha = lines.commit_sha
),

moments as (
    select
        service,
        line,
        finished_at as happened_at,
        1 as turn,
        deployment_id,
        null as change_id
    from shared.lines
    union all
    select
        service,
        line,
        merged_at as happened_at,
        0 as turn,
        null as deployment_id,
        change_id
    from shared.request_lines
    where not is_known
),

next_deployments as (
    select
        service,
        change_id,
        first_value(deployment_id ignore nulls) over (
            partition by service, line
            order by happened_at, turn, deployment_id, change_id
            rows between current row and unbounded following
        ) as deployment_id
    from moments
),

candidates as (
    select * from same
    union all
    select
        change_id,
        service,
        deployment_id,
        2 as preference
    from next_deployments
    where change_id is not null and deployment_id is not null
),

chosen as (
    select candidates.*
    from candidates
    inner join shared.successes as successes
        on candidates.deployment_id = successes.deployment_id
    left join named on candidates.change_id = named.change_id
    where named.change_id is null
    qualify row_number() over (
        partition by candidates.change_id, candidates.service
        order by candidates.preference, successes.finished_at, candidates.deployment_id
    ) = 1
)

select * from named
union
select
    change_id,
    deployment_id
from chosen
