-- At which hours of the day do we ship?
-- In the zone of the calendar.

select
    hour(rollouts.finished_at at time zone run.time_zone) as hour_of_day,
    count(*) as deployment_count,
    count(distinct rollouts.service) as service_count
from facts.rollouts as rollouts
cross join config.run as run
group by hour_of_day
order by hour_of_day
