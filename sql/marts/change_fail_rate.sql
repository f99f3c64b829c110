-- One row per scope and period: the share of production deployments that needed intervention.
-- The interval is Wilson's, 95 %; a period without deployments has no rate.
--
-- grain: scope, name, period, starts_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   ends_on            First day after it.
--   is_finished        True once all its days are over.
--   is_settled         True once it is older than the attribution window.
--   failed_count       Deployments that count against it.
--   deployment_count   Counted production deployments.
--   change_fail_rate   Their share, 0 to 1; null without deployments.
--   low_rate           Lower end of the interval.
--   high_rate          Upper end of the interval.
--   definition         Rules under which it was counted.

with shares as (
    select
        *,
        failed_count / nullif(deployment_count, 0) as rate,
        1.959964 * 1.959964 / nullif(deployment_count, 0) as z2_n
    from marts.deployment_counts
),

centred as (
    select
        *,
        (rate + z2_n / 2) / (1 + z2_n) as centre,
        sqrt(rate * (1 - rate) * z2_n + z2_n * z2_n / 4) / (1 + z2_n) as half
    from shares
)

select
    centred.scope,
    centred.name,
    centred.period,
    centred.starts_on,
    centred.ends_on,
    centred.is_finished,
    centred.is_settled,
    centred.failed_count,
    centred.deployment_count,
    centred.rate as change_fail_rate,
    case when centred.rate is not null then round(greatest(centred.centre - centred.half, 0), 6) end
        as low_rate,
    case when centred.rate is not null then round(least(centred.centre + centred.half, 1), 6) end
        as high_rate,
    definitions.definition
from centred
inner join facts.scope_definitions as definitions
    on
        definitions.metric = 'change_fail_rate'
        and centred.scope = definitions.scope
        and centred.name = definitions.name
