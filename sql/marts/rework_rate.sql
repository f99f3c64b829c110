-- One row per scope and period: the share of production deployments that mended a failed one.
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
--   rework_count       Deployments that count against it.
--   deployment_count   Counted production deployments.
--   rework_rate        Their share, 0 to 1; null without deployments.
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
    share_count as rework_count,
    deployment_count,
    rate as rework_rate,
    low_rate,
    high_rate,
    is_too_few,
    definition
from marts.shares
where metric = 'rework_rate'
