-- How has each team's lead time moved, month by month?
-- Medians of months can't be averaged into a year; ask metric() for the year.

select
    starts_on,
    name as team,
    value as median_hours,
    p90 as p90_hours,
    n as change_count,
    is_too_few
from marts.metrics
where metric = 'change_lead_time' and scope = 'team' and period = 'month' and is_finished
order by starts_on desc, team
