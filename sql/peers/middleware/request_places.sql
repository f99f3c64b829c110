-- One row per scope, merged pull request and place where its deployment is looked for: its
-- repository, and the deployments of its services that tell none; those of its services where its
-- own repository is not known.
--
-- grain: scope, name, change_id, place
--   scope              service, team or organisation: one team.
--   name               The service, the team, or the word organisation.
--   change_id          Pull request.
--   merged_at          Merged, UTC.
--   place              of and the repository, nowhere or by and the service.

select
    scope,
    name,
    change_id,
    merged_at,
    concat('of ', repository) as place
from shared.requests
where merged_at is not null and repository is not null
union all
select
    requests.scope,
    requests.name,
    requests.change_id,
    requests.merged_at,
    concat(
        case when requests.repository is null then 'by ' else 'nowhere ' end, owners.service
    ) as place
from shared.requests as requests
inner join shared.request_owners as owners on requests.change_id = owners.change_id
where requests.merged_at is not null
