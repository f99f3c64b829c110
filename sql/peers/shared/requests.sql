-- One row per scope and pull request; the organisation has them all.
--
-- grain: scope, name, change_id
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   change_id          Pull request.
--   repository         Repository; null where unknown.
--   first_commit_at    Author time of the first commit, UTC; null where unknown.
--   opened_at          Opened, UTC.
--   ready_at           Ready for review, UTC; null where it never was a draft.
--   first_review_at    First review by somebody else, UTC.
--   approved_at        Approved, UTC.
--   merged_at          Merged, UTC; null while open.
--   merged_on          Day of the merge in the calendar's zone.
--   is_revert          True when it says that it takes a change back.
--   is_hotfix          True when it says that it is a hotfix.
--   from_branch        Stands for its branch; null where unknown.
--   into_branch        Stands for the branch that it is merged into; null where unknown.

with requests as (
    select
        requests.*,
        cast(requests.merged_at at time zone chosen.time_zone as date) as merged_on,
        cast(
            coalesce(requests.merged_at, requests.opened_at) at time zone chosen.time_zone as date
        ) as happened_on
    from facts.requests as requests
    cross join chosen.span as chosen
),

owned as (
    select
        scopes.scope,
        scopes.name,
        requests.change_id
    from requests
    inner join shared.request_owners as owners on requests.change_id = owners.change_id
    inner join facts.scopes as scopes
        on
            owners.service = scopes.service
            and requests.happened_on >= scopes.from_on
            and requests.happened_on < scopes.until_on
    union
    select
        'organisation' as scope,
        'organisation' as name,
        change_id
    from requests
)

select
    owned.scope,
    owned.name,
    requests.change_id,
    requests.repository,
    requests.first_commit_at,
    requests.opened_at,
    requests.ready_at,
    requests.first_review_at,
    requests.approved_at,
    requests.merged_at,
    requests.merged_on,
    requests.is_revert,
    requests.is_hotfix,
    requests.from_branch,
    requests.into_branch
from owned
inner join requests on owned.change_id = requests.change_id
inner join chosen.scopes as chosen on owned.scope = chosen.scope and owned.name = chosen.name
