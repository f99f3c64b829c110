-- What are the five metrics of the organisation and its teams over the last 12 weeks?
-- The same as `drumbeat metrics`. For days of your own write them in place of the two queries.

select
    name,
    metric,
    value,
    unit,
    n,
    low,
    high,
    definition
from
    metrics_between(
        (
            select cast(date_trunc('week', as_of at time zone time_zone) as date) - 84
            from config.run
        ),
        (select cast(date_trunc('week', as_of at time zone time_zone) as date) from config.run)
    )
where scope <> 'service'
order by scope, name, metric
