-- One row per metric, scope and period: the lower median of its amounts.
--
-- grain: metric, scope, name, starts_on
--   metric             change_lead_time, recovery_time or time_to_restore.
--   scope              service, team or organisation: one project.
--   name               The service, the team, or the word organisation.
--   starts_on          First day of the period.
--   amount             Minutes.
--   amount_count       Things behind it.

with amounts as (
    select
        metric,
        scope,
        name,
        incident_id as thing_id,
        happened_on,
        amount
    from devlake.incidents
    union all
    select
        'change_lead_time' as metric,
        scope,
        name,
        change_id as thing_id,
        happened_on,
        amount
    from devlake.changes
),

ranked as (
    select
        amounts.*,
        periods.starts_on,
        row_number() over (line order by amounts.amount, amounts.thing_id) as place,
        count(*) over line as amount_count
    from amounts
    inner join chosen.periods as periods
        on amounts.happened_on >= periods.starts_on and amounts.happened_on < periods.ends_on
    window line as (
        partition by amounts.metric, amounts.scope, amounts.name, periods.starts_on
    )
)

select
    metric,
    scope,
    name,
    starts_on,
    amount,
    amount_count
from ranked
where 2 * place >= amount_count and 2 * place <= amount_count + 1
