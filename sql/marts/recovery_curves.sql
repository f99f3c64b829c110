-- One row per scope, half year and duration: Kaplan-Meier's share of failed deployments that were
-- not yet recovered that long after they had failed. What is still open counts as open.
-- The band is the 95 % interval by log-log Greenwood, as in marts.survival.
--
-- grain: scope, name, span, hours
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   span               now for the last 26 weeks, before for the 26 weeks before them.
--   hours              Hours since it failed; one row where something ended or was open.
--   open_share         Share not yet recovered after them.
--   low_share          Lower end of its interval; null once nothing is open.
--   high_share         Upper end of its interval; null once nothing is open.
--   over_count         Recovered after just so long.
--   open_count         Still open, and just so old.
--   failed_count       Failed deployments of the half year.

with spells as (
    select
        spells.service,
        spells.seconds,
        spells.is_over,
        spells.began_on,
        case when spells.began_on > run.today - 182 then 'now' else 'before' end as span
    from facts.spells as spells
    cross join facts.today as run
    where spells.measure = 'recovery' and spells.began_on > run.today - 364
),

times as (
    select
        scopes.scope,
        scopes.name,
        spells.span,
        spells.seconds,
        count(*) as spell_count,
        count(*) filter (where spells.is_over) as over_count
    from spells
    inner join facts.scopes as scopes
        on
            spells.service = scopes.service
            and spells.began_on >= scopes.from_on
            and spells.began_on < scopes.until_on
    group by scopes.scope, scopes.name, spells.span, spells.seconds
),

at_risk as (
    select
        *,
        sum(spell_count) over (partition by scope, name, span order by seconds desc) as risk_count,
        sum(spell_count) over (partition by scope, name, span) as failed_count
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
    window so_far as (partition by scope, name, span order by seconds)
)

select
    scope,
    name,
    span,
    seconds / 3600.0 as hours,
    case when is_last then 0 else round(exp(log_survival), 9) end as open_share,
    case
        when is_last then null
        when greenwood = 0 then 1
        else exp(log_survival * exp(1.959964 * sqrt(greenwood) / -log_survival))
    end as low_share,
    case
        when is_last then null
        when greenwood = 0 then 1
        else exp(log_survival * exp(1.959964 * sqrt(greenwood) / log_survival))
    end as high_share,
    over_count,
    spell_count - over_count as open_count,
    cast(failed_count as bigint) as failed_count
from steps
