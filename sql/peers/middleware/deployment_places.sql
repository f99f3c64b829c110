-- One row per scope, successful deployment and place where a pull request looks for it.
--
-- grain: scope, name, deployment_id, place
--   scope              service, team or organisation: one team.
--   name               The service, the team, or the word organisation.
--   deployment_id      Deployment.
--   finished_at        Its end, UTC.
--   place              of and the repository; by and the service; where the repository is not
--                      known, nowhere and the service.

select
    scope,
    name,
    deployment_id,
    finished_at,
    concat('of ', repository) as place
from shared.deployments
where is_success and repository is not null
union all
select
    scope,
    name,
    deployment_id,
    finished_at,
    concat('by ', service) as place
from shared.deployments
where is_success
union all
select
    scope,
    name,
    deployment_id,
    finished_at,
    concat('nowhere ', service) as place
from shared.deployments
where is_success and repository is null
