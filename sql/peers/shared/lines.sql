-- One row per successful production deployment and line in which a pull request may look for it:
-- that of its service, and that of its repository, or of none where it is not known.
--
-- grain: deployment_id, line
--   deployment_id      Deployment.
--   service            Service.
--   commit_sha         Deployed commit; null where unknown.
--   finished_at        End, UTC.
--   line               service, nowhere, or the repository after the word of.

select
    deployment_id,
    service,
    commit_sha,
    finished_at,
    'service' as line
from shared.successes
union all
select
    deployment_id,
    service,
    commit_sha,
    finished_at,
    case when repository is null then 'nowhere' else concat('of ', repository) end as line
from shared.successes
