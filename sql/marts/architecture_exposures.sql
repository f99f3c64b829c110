-- One row per share of exposures, scope and period, and how sure it is: those decoupled from
-- deployments, and those with an incident. The interval is Wilson's, 95 %.
--
-- grain: metric, scope, name, period, starts_on
--   metric             release_decoupling or release_fail_rate.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   ends_on            First day after it.
--   share_count        Exposures that are decoupled, or failed.
--   exposure_count     Exposures: release and ops flags that reach more people in production.
--   rate               Their share, 0 to 1; null without exposures.
--   low_rate           Lower end of the interval.
--   high_rate          Upper end of the interval.
--   is_too_few         True with fewer exposures than tell anything.

with counted as (
    select
        periods.scope,
        periods.name,
        periods.period,
        periods.starts_on,
        periods.ends_on,
        count(*) as exposure_count,
        count(case when exposures.is_decoupled then 1 end) as decoupled_count,
        count(case when exposures.is_failed then 1 end) as failed_count
    from facts.scope_periods as periods
    inner join facts.scopes as scopes
        on periods.scope = scopes.scope and periods.name = scopes.name
    inner join facts.flag_exposures as exposures
        on
            scopes.service = exposures.service
            and exposures.exposed_on >= periods.starts_on
            and exposures.exposed_on < periods.ends_on
            and exposures.exposed_on >= scopes.from_on
            and exposures.exposed_on < scopes.until_on
    group by
        periods.scope, periods.name, periods.period, periods.starts_on, periods.ends_on
),

shares as (
    select
        'release_decoupling' as metric,
        *,
        decoupled_count as share_count
    from counted
    union all
    select
        'release_fail_rate' as metric,
        *,
        failed_count as share_count
    from counted
),

rates as (
    select
        *,
        share_count / nullif(exposure_count, 0) as rate,
        1.959964 * 1.959964 / nullif(exposure_count, 0) as z2_n
    from shares
),

centred as (
    select
        *,
        (rate + z2_n / 2) / (1 + z2_n) as centre,
        sqrt(rate * (1 - rate) * z2_n + z2_n * z2_n / 4) / (1 + z2_n) as half
    from rates
)

select
    centred.metric,
    centred.scope,
    centred.name,
    centred.period,
    centred.starts_on,
    centred.ends_on,
    centred.share_count,
    centred.exposure_count,
    centred.rate,
    round(greatest(centred.centre - centred.half, 0), 6) as low_rate,
    round(least(centred.centre + centred.half, 1), 6) as high_rate,
    centred.exposure_count < rules.minimum_count as is_too_few
from centred
inner join facts.scope_rules as rules
    on centred.scope = rules.scope and centred.name = rules.name
