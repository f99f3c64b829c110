-- One row per successful production deployment and id by which changes and incidents name it.
--
-- grain: name, deployment_id
--   name               Its id, or that without @ and the service or repository.
--   deployment_id      Deployment.
--   finished_at        End, UTC.

select
    deployment_id as name,
    deployment_id,
    finished_at
from shared.successes
union
select
    group_id as name,
    deployment_id,
    finished_at
from shared.successes
