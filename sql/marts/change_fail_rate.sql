-- One row per scope and period: the share of production deployments that needed intervention.
-- The interval is Wilson's, 95 %; a period without deployments has no rate. Deployments that never
-- succeeded are in both counts where the rules say so.
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
--   by_rule_rate       The same, were it not for people who overruled.
--   low_rate           Lower end of the interval.
--   high_rate          Upper end of the interval.
--   is_too_few         True with fewer deployments than tell anything.
--   definition         Rules under which it was counted.

select
    scope,
    name,
    period,
    starts_on,
    ends_on,
    is_finished,
    is_settled,
    share_count as failed_count,
    deployment_count,
    rate as change_fail_rate,
    by_rule_rate,
    low_rate,
    high_rate,
    is_too_few,
    definition
from marts.shares
where metric = 'change_fail_rate'
