-- What became of each metric since a day, against as long before it?
-- Here the day is 12 weeks ago; put the day of your own change in its place.

with day as (
    select cast(as_of as date) - 84 as changed_on from config.run
),

before as (
    select * from metrics_between(
        (select changed_on - 84 from day), (select changed_on from day)
    )
),

since as (
    select * from metrics_between(
        (select changed_on from day), (select changed_on + 84 from day)
    )
)

select
    since.name,
    since.metric,
    before.value as value_before,
    since.value as value_since,
    since.unit,
    before.n as n_before,
    since.n as n_since,
    before.high < since.low or before.low > since.high as is_beyond_intervals
from since
inner join before
    on
        since.metric = before.metric
        and since.scope = before.scope
        and since.name = before.name
where since.scope = 'organisation'
order by since.metric
