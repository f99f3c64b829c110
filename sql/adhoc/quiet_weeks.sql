-- How many weeks of the last year passed without a deployment, service by service?

select
    metrics.name as service,
    count(*) filter (where metrics.n = 0) as quiet_week_count,
    count(*) as week_count
from marts.metrics as metrics
cross join config.run as run
where
    metrics.metric = 'deployment_frequency'
    and metrics.scope = 'service'
    and metrics.period = 'week'
    and metrics.is_finished
    and metrics.starts_on >= cast(run.as_of as date) - 364
group by metrics.name
order by quiet_week_count desc, service
