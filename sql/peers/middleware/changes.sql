-- One row per scope and merged pull request: its parts added up, where an unknown one counts as
-- nought. What was a draft starts when it was ready. By the day of the merge.
--
-- grain: scope, name, change_id
--   scope              service, team or organisation: one team.
--   name               The service, the team, or the word organisation.
--   change_id          Pull request.
--   because_id         Deployment that it waited for; null while it waits.
--   happened_on        Day of the merge in the calendar's zone.
--   amount             Seconds.

with opened as (
    select
        requests.*,
        coalesce(requests.ready_at, requests.opened_at) as open_at,
        firsts.deployment_id,
        firsts.finished_at
    from shared.requests as requests
    left join facts.branch_deployments as firsts
        on
            requests.scope = firsts.scope
            and requests.name = firsts.name
            and requests.change_id = firsts.change_id
    where requests.merged_at is not null
)

select
    scope,
    name,
    change_id,
    deployment_id as because_id,
    merged_on as happened_on,
    cast(
        coalesce(epoch(open_at) - epoch(first_commit_at), 0)
        + coalesce(epoch(first_review_at) - epoch(open_at), 0)
        + coalesce(epoch(approved_at) - epoch(first_review_at), 0)
        + coalesce(epoch(merged_at) - epoch(approved_at), 0)
        + coalesce(epoch(finished_at) - epoch(merged_at), 0)
        as bigint
    ) as amount
from opened
