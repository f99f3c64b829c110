-- One row per merged pull request that no graph of commits speaks of, and line of deployments in
-- which it may be: those of the service that it names, else of its repository, else those of no
-- known repository and a service that it belongs to.
--
-- grain: change_id, service, line
--   change_id          Pull request.
--   is_known           True when the commits of its repository are known, but its own is not told.
--   merged_at          Merged, UTC.
--   merge_sha          Commit that landed it.
--   service            Service of the deployments.
--   line               Line of the deployments.

with requests as (
    select *
    from facts.requests
    where merged_at is not null and (not is_known or merge_sha is null)
),

lines as (
    select distinct
        service,
        line
    from shared.lines
),

found as (
    select
        requests.change_id,
        lines.service,
        lines.line
    from requests
    inner join lines on requests.service = lines.service
    where lines.line = 'service'
    union
    select
        requests.change_id,
        lines.service,
        lines.line
    from requests
    inner join lines on concat('of ', requests.repository) = lines.line
    where requests.service is null and requests.repository is not null
    union
    select
        requests.change_id,
        lines.service,
        lines.line
    from requests
    inner join shared.request_owners as owners on requests.change_id = owners.change_id
    inner join lines on owners.service = lines.service
    where requests.service is null and lines.line = 'nowhere'
)

select
    found.change_id,
    requests.is_known,
    requests.merged_at,
    requests.merge_sha,
    found.service,
    found.line
from found
inner join requests on found.change_id = requests.change_id
