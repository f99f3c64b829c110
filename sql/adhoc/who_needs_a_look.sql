-- Which services are silent for longer than their own rhythm, and what waits there?
-- The most pressing first; a silence is measured in the service's own working days.

select
    service,
    team,
    state,
    silent_working_days,
    usual_working_days,
    waiting_count,
    oldest_waiting_hours
from marts.cadence
where attention <= 4
order by attention, oldest_waiting_hours desc
