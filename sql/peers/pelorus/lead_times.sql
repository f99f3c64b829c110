-- One row per scope and period: the average of the applications' averages.
--
-- grain: scope, name, starts_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   starts_on          First day of the period.
--   lead_seconds       Average over applications.
--   commit_count       Commits of all of them.

with applications as (
    select
        changes.scope,
        changes.name,
        changes.service,
        periods.starts_on,
        sum(changes.amount) / nullif(count(*), 0) as lead_seconds,
        count(*) as commit_count
    from pelorus.changes as changes
    inner join chosen.periods as periods
        on changes.happened_on >= periods.starts_on and changes.happened_on < periods.ends_on
    group by changes.scope, changes.name, changes.service, periods.starts_on
)

select
    scope,
    name,
    starts_on,
    round(avg(lead_seconds), 6) as lead_seconds,
    cast(sum(commit_count) as bigint) as commit_count
from applications
group by scope, name, starts_on
