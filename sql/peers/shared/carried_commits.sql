-- One row per successful production deployment and commit that it brought. A pull request
-- that no graph speaks of stands for one commit.
--
-- grain: deployment_id, commit_id
--   deployment_id      Deployment.
--   commit_id          Deployed commit, pull request, or a number within the deployment.
--   authored_at        Author time, UTC.
--   is_deployed        True for the deployed commit itself.
--   is_since_end       True when the deployment that ended before did not carry it.

select
    commits.deployment_id,
    case
        when commits.is_deployed then successes.commit_sha
        else concat('number ', cast(commits.place as text))
    end as commit_id,
    commits.authored_at,
    commits.is_deployed,
    commits.is_since_end
from facts.commits_since_previous as commits
inner join shared.successes as successes on commits.deployment_id = successes.deployment_id
where commits.is_deployed or commits.is_since_end
union all
select
    told.deployment_id,
    concat('request ', told.change_id) as commit_id,
    requests.first_commit_at as authored_at,
    true as is_deployed,
    true as is_since_end
from shared.told_requests as told
inner join facts.requests as requests on told.change_id = requests.change_id
where requests.first_commit_at is not null
