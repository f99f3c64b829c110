-- Which services fail more often, and can the data tell?
-- Over the last 12 whole weeks; where the intervals of two overlap, chance may be all there is.

select
    name as service,
    value as change_fail_rate,
    low,
    high,
    n as deployment_count
from marts.metrics
where metric = 'change_fail_rate' and scope = 'service' and period = 'twelve_weeks'
qualify row_number() over (partition by name order by starts_on desc) = 1
order by value desc nulls last, n desc, name
