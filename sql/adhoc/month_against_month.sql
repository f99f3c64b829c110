-- How does each team's last whole month stand against the one before?

select
    name as team,
    metric,
    starts_on,
    value,
    lag(value) over (partition by metric, name order by starts_on) as value_before,
    unit,
    n
from marts.metrics
where scope = 'team' and period = 'month' and is_finished
qualify row_number() over (partition by metric, name order by starts_on desc) = 1
order by team, metric
