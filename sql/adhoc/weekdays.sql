-- On which weekdays do we ship, and does what we ship on a Friday hold?
-- Of all known deployments. The share alone proves nothing: look at the counts.

select
    dayname(finished_on) as weekday,
    count(*) as deployment_count,
    count(*) filter (where is_failed) as failed_count,
    round(count(*) filter (where is_failed) / count(*), 3) as change_fail_rate
from facts.rollouts
group by weekday, isodow(finished_on)
order by isodow(finished_on)
