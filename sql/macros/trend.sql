-- Finished periods of one of the five metrics, oldest first.
--
-- arguments: which, who, every
--   which   deployment_frequency, change_lead_time, change_fail_rate, recovery_time or rework_rate.
--   who     A service, a team, or the word organisation.
--   every   day, week, month, four_weeks or twelve_weeks.

select *
from marts.metrics
where metric = which and name = who and period = every and is_finished
order by starts_on
