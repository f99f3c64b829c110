-- One row per measure, scope and period: Kaplan-Meier's median of the spells begun in it.
-- Spells still open count as at least as long as they are by now. The band is the 95 % interval
-- of the median by inverting log-log Greenwood intervals (Brookmeyer and Crowley 1982).
--
-- grain: measure, scope, name, period, starts_on
--   measure            recovery; recovery_by_rule, were it not for people, only by week; or wait,
--                      only by week, month or a window of one's own.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   spell_count        Spells begun.
--   open_count         Of them, still open.
--   median_hours       Half were over by then; null where that is not reached.
--   low_hours          Lower end of the band; null where not reached.
--   high_hours         Upper end of the band; null where not reached.
--   at_least_hours     Longest spell, where the median is not reached.

with placed as (
    select distinct
        service,
        change_id
    from facts.change_teams
),

owned as (
    select
        spells.*,
        scopes.scope,
        scopes.name
    from facts.spells as spells
    inner join facts.scopes as scopes
        on
            spells.service = scopes.service
            and spells.began_on >= scopes.from_on
            and spells.began_on < scopes.until_on
    left join placed
        on
            spells.measure = 'wait'
            and spells.service = placed.service
            and spells.spell_id = placed.change_id
    where scopes.scope <> 'team' or placed.change_id is null
    union all
    select
        spells.*,
        'team' as scope,
        teams.team as name
    from facts.spells as spells
    inner join facts.change_teams as teams
        on spells.service = teams.service and spells.spell_id = teams.change_id
    where spells.measure = 'wait'
),

times as (
    select
        spells.measure,
        spells.scope,
        spells.name,
        days.period,
        days.starts_on,
        spells.seconds,
        count(*) as spell_count,
        count(*) filter (where spells.is_over) as over_count
    from owned as spells
    inner join facts.period_days as days on spells.began_on = days.day
    where
        case spells.measure
            when 'recovery' then true
            when 'wait' then days.period not in ('day', 'four_weeks', 'twelve_weeks')
            else days.period = 'week'
        end
    group by
        spells.measure, spells.scope, spells.name, days.period, days.starts_on, spells.seconds
),

at_risk as (
    select
        *,
        sum(spell_count) over (
            partition by measure, scope, name, period, starts_on
            order by seconds desc
        ) as risk_count
    from times
),

steps as (
    select
        *,
        sum(
            case when over_count < risk_count then ln(1 - over_count / risk_count) else 0 end
        ) over so_far as log_survival,
        sum(
            case
                when over_count < risk_count
                    then over_count / (risk_count * (risk_count - over_count))
                else 0
            end
        ) over so_far as greenwood,
        over_count = risk_count as is_last
    from at_risk
    window so_far as (
        partition by measure, scope, name, period, starts_on
        order by seconds
    )
),

curves as (
    select
        *,
        case when is_last then 0 else round(exp(log_survival), 9) end as survival,
        case
            when is_last then null
            when greenwood = 0 then 1
            else exp(log_survival * exp(1.959964 * sqrt(greenwood) / -log_survival))
        end as lower_survival,
        case
            when is_last then null
            when greenwood = 0 then 1
            else exp(log_survival * exp(1.959964 * sqrt(greenwood) / log_survival))
        end as upper_survival
    from steps
)

select
    measure,
    scope,
    name,
    period,
    starts_on,
    cast(sum(spell_count) as bigint) as spell_count,
    cast(sum(spell_count - over_count) as bigint) as open_count,
    min(case when survival <= 0.5 then seconds end) / 3600.0 as median_hours,
    min(case when lower_survival <= 0.5 then seconds end) / 3600.0 as low_hours,
    min(case when upper_survival <= 0.5 then seconds end) / 3600.0 as high_hours,
    case when min(survival) > 0.5 then max(seconds) / 3600.0 end as at_least_hours
from curves
group by measure, scope, name, period, starts_on
