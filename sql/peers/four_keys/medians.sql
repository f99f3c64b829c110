-- One row per scope and period: medians of lead time and of time to restore.
--
-- grain: scope, name, starts_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   starts_on          First day of the period.
--   lead_minutes       Median of commits; null without any.
--   commit_count       Commits.
--   restore_hours      Median of incidents; null without any.
--   incident_count     Incidents that are over.

with amounts as (
    select
        scope,
        name,
        happened_on,
        amount as lead_minutes,
        null as restore_hours
    from four_keys.changes
    union all
    select
        scope,
        name,
        happened_on,
        null as lead_minutes,
        amount as restore_hours
    from four_keys.incidents
)

select
    amounts.scope,
    amounts.name,
    periods.starts_on,
    quantile_cont(amounts.lead_minutes, 0.5) as lead_minutes,
    count(amounts.lead_minutes) as commit_count,
    quantile_cont(amounts.restore_hours, 0.5) as restore_hours,
    count(amounts.restore_hours) as incident_count
from amounts
inner join chosen.periods as periods
    on amounts.happened_on >= periods.starts_on and amounts.happened_on < periods.ends_on
group by amounts.scope, amounts.name, periods.starts_on
