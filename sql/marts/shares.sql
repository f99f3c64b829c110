-- One row per rate, scope and period: a share of production deployments and how sure it is.
-- The interval is Wilson's, 95 %; a period without deployments has no rate. Where the rules count
-- deployments that never succeeded, the change fail rate has them above and below the line.
--
-- grain: metric, scope, name, period, starts_on
--   metric             change_fail_rate or rework_rate.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   ends_on            First day after it.
--   is_finished        True once all its days are over.
--   is_settled         True once it is older than the attribution window.
--   share_count        Deployments that count against it.
--   deployment_count   Counted production deployments.
--   rate               Their share, 0 to 1; null without deployments.
--   by_rule_rate       The same, were it not for people who overruled.
--   low_rate           Lower end of the interval.
--   high_rate          Upper end of the interval.
--   is_too_few         True with fewer deployments than tell anything.
--   definition         Rules under which it was counted.

with counted as (
    select
        'change_fail_rate' as metric,
        *,
        failed_count + failed_pipeline_count as share_count,
        failed_by_rule_count + failed_pipeline_count as by_rule_count,
        deployment_count + failed_pipeline_count as whole_count
    from marts.deployment_counts
    union all
    select
        'rework_rate' as metric,
        *,
        rework_count as share_count,
        rework_by_rule_count as by_rule_count,
        deployment_count as whole_count
    from marts.deployment_counts
    where period <> 'day' or deployment_count > 0
),

shares as (
    select
        *,
        share_count / nullif(whole_count, 0) as rate,
        by_rule_count / nullif(whole_count, 0) as by_rule_rate,
        1.959964 * 1.959964 / nullif(whole_count, 0) as z2_n
    from counted
),

centred as (
    select
        *,
        (rate + z2_n / 2) / (1 + z2_n) as centre,
        sqrt(rate * (1 - rate) * z2_n + z2_n * z2_n / 4) / (1 + z2_n) as half
    from shares
)

select
    centred.metric,
    centred.scope,
    centred.name,
    centred.period,
    centred.starts_on,
    centred.ends_on,
    centred.is_finished,
    centred.is_settled,
    centred.share_count,
    centred.whole_count as deployment_count,
    centred.rate,
    centred.by_rule_rate,
    case when centred.rate is not null then round(greatest(centred.centre - centred.half, 0), 6) end
        as low_rate,
    case when centred.rate is not null then round(least(centred.centre + centred.half, 1), 6) end
        as high_rate,
    centred.whole_count < rules.minimum_count as is_too_few,
    definitions.definition
from centred
inner join facts.scope_rules as rules
    on centred.scope = rules.scope and centred.name = rules.name
inner join facts.scope_definitions as definitions
    on
        centred.metric = definitions.metric
        and centred.scope = definitions.scope
        and centred.name = definitions.name
