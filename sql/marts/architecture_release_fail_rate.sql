-- One row per scope and period with exposures: the share of exposures with an incident, and how
-- many of all failures were flags that were raised, not deployments.
--
-- grain: scope, name, period, starts_on
--   scope                     service, team or organisation.
--   name                      The service, the team, or the word organisation.
--   period                    day, week, month, four_weeks or twelve_weeks.
--   starts_on                 First day of the period.
--   ends_on                   First day after it.
--   failed_count              Exposures that an incident is put down to.
--   exposure_count            Exposures: release and ops flags that reach more people.
--   release_fail_rate         Their share, 0 to 1.
--   low_rate                  Lower end of Wilson's interval, 95 %.
--   high_rate                 Upper end of the interval.
--   failed_deployment_count   Deployments that failed in the same period.
--   failure_count             Both together.
--   is_too_few                True with fewer exposures than tell anything.

select
    exposures.scope,
    exposures.name,
    exposures.period,
    exposures.starts_on,
    exposures.ends_on,
    exposures.share_count as failed_count,
    exposures.exposure_count,
    exposures.rate as release_fail_rate,
    exposures.low_rate,
    exposures.high_rate,
    coalesce(deployments.failed_count, 0) as failed_deployment_count,
    coalesce(deployments.failed_count, 0) + exposures.share_count as failure_count,
    exposures.is_too_few
from marts.architecture_exposures as exposures
left join marts.change_fail_rate as deployments
    on
        exposures.scope = deployments.scope
        and exposures.name = deployments.name
        and exposures.period = deployments.period
        and exposures.starts_on = deployments.starts_on
where exposures.metric = 'release_fail_rate'
