-- One row per successful production deployment, and the one before it in its chain: the same
-- service, environment and repository.
--
-- grain: deployment_id
--   deployment_id      Deployment.
--   group_id           Its id without @ and the service or repository, where several share one.
--   service            Service.
--   environment        Environment.
--   repository         Repository of the deployed commit; null where unknown.
--   commit_sha         Deployed commit; null where unknown.
--   version            Deployed version; null where unknown.
--   began_at           Start, its end where the start is unknown, UTC.
--   finished_at        End, UTC.
--   previous_id        The one that ended before it; null for the first.
--   previous_at        End of that one, UTC.
--   is_first_begun     True when none of the chain began before it.
--   place              Number in its chain, by their ends.

with successes as (
    select
        *,
        coalesce(started_at, finished_at) as began_at
    from facts.deployments
    where is_production and status = 'success' and finished_at is not null
)

select
    deployment_id,
    case
        when right(deployment_id, length(service) + 1) = concat('@', service)
            then left(deployment_id, length(deployment_id) - length(service) - 1)
        when right(deployment_id, length(repository) + 1) = concat('@', repository)
            then left(deployment_id, length(deployment_id) - length(repository) - 1)
        else deployment_id
    end as group_id,
    service,
    environment,
    repository,
    commit_sha,
    version,
    began_at,
    finished_at,
    lag(deployment_id) over by_end as previous_id,
    lag(finished_at) over by_end as previous_at,
    lag(deployment_id) over by_start is null as is_first_begun,
    row_number() over by_end as place
from successes
window
    by_end as (
        partition by service, environment, repository order by finished_at, deployment_id
    ),
    by_start as (
        partition by service, environment, repository order by began_at, deployment_id
    )
