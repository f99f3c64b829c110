-- One of the five metrics over any days, as `drumbeat metrics --since --until` tells it.
--
-- arguments: which, who, since_day, until_day
--   which       deployment_frequency, change_lead_time, change_fail_rate, recovery_time or
--               rework_rate.
--   who         A service, a team, or the word organisation.
--   since_day   First day, such as '2026-01-01'.
--   until_day   First day left out.

select *
from metrics_between(since_day, until_day)
where metric = which and name = who
