-- One row per scope and period: how long failed deployments took to recover, by the period in
-- which they were deployed.
-- Kaplan-Meier's median, so that what is still open counts as open.
--
-- grain: scope, name, period, starts_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   ends_on            First day after it.
--   is_finished        True once all its days are over.
--   is_settled         True once it is older than the attribution window.
--   failed_count       How many, open ones included.
--   open_count         Of them, still open.
--   median_hours       Half were over by then; null where that is not reached.
--   low_hours          Lower end of its 95 % band.
--   high_hours         Upper end of its 95 % band.
--   at_least_hours     The median is longer than this, where it is not reached.
--   is_too_few         True with fewer failed deployments than tell anything.
--   definition         Rules under which it was counted.

select
    periods.scope,
    periods.name,
    periods.period,
    periods.starts_on,
    periods.ends_on,
    periods.is_finished,
    periods.is_settled,
    coalesce(survival.spell_count, 0) as failed_count,
    coalesce(survival.open_count, 0) as open_count,
    survival.median_hours,
    survival.low_hours,
    survival.high_hours,
    survival.at_least_hours,
    coalesce(survival.spell_count, 0) < least(rules.minimum_count, 5) as is_too_few,
    definitions.definition
from facts.scope_periods as periods
left join marts.survival as survival
    on
        survival.measure = 'recovery'
        and periods.scope = survival.scope
        and periods.name = survival.name
        and periods.period = survival.period
        and periods.starts_on = survival.starts_on
inner join facts.scope_rules as rules
    on periods.scope = rules.scope and periods.name = rules.name
inner join facts.scope_definitions as definitions
    on
        definitions.metric = 'recovery_time'
        and periods.scope = definitions.scope
        and periods.name = definitions.name
where (periods.period <> 'day' or survival.scope is not null)
