-- One row per scope and period: the share of exposures that no deployment went with.
-- A flag that is raised as it is deployed is a deployment with an extra step.
--
-- grain: scope, name, period, starts_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   ends_on            First day after it.
--   decoupled_count    Exposures without a deployment of the service within 30 minutes.
--   exposure_count     Exposures: release and ops flags that reach more people in production.
--   decoupled_share    Their share, 0 to 1.
--   low_share          Lower end of Wilson's interval, 95 %.
--   high_share         Upper end of the interval.
--   is_too_few         True with fewer exposures than tell anything.

select
    scope,
    name,
    period,
    starts_on,
    ends_on,
    share_count as decoupled_count,
    exposure_count,
    rate as decoupled_share,
    low_rate as low_share,
    high_rate as high_share,
    is_too_few
from marts.architecture_exposures
where metric = 'release_decoupling'
