-- One row per scope and period with a lead time: how many deployments carried the changes, and the
-- 95 % interval of the lead time as it is told.
-- Changes of one deployment are not independent, so deployments are what is drawn from. For the
-- median it is Woodruff's interval (1952): the share of changes up to the median has a standard
-- error by the shares of deployments, and the hours at the places this far below and above the
-- half are its ends. For the mean it is that of a ratio. Numbers stand for names on the way: there
-- are millions of rows.
--
-- grain: scope, name, period, starts_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month or four_weeks.
--   starts_on          First day of the period.
--   deployment_count   Deployments that carried changes with a lead time.
--   low_hours          Lower end; null with fewer deployments than it takes.
--   high_hours         Upper end.

with scope_numbers as (
    select
        *,
        row_number() over (order by scope, name) as scope_number
    from facts.scope_rules
),

period_numbers as (
    select
        period,
        starts_on,
        row_number() over (order by period, starts_on) as period_number
    from facts.period_days
    where period <> 'twelve_weeks'
    group by period, starts_on
),

days as (
    select
        days.day,
        period_numbers.period_number
    from facts.period_days as days
    inner join period_numbers
        on days.period = period_numbers.period and days.starts_on = period_numbers.starts_on
),

scoped as (
    select
        scope_numbers.scope_number,
        changes.finished_on,
        dense_rank() over (order by changes.deployment_id) as deployment_number,
        row_number() over (
            partition by scope_numbers.scope_number, changes.deployment_id
        ) = 1 as is_first,
        case scope_numbers.clock
            when 'working' then changes.working_lead_seconds
            else changes.lead_seconds
        end as seconds
    from facts.owned_changes as changes
    inner join scope_numbers
        on changes.scope = scope_numbers.scope and changes.name = scope_numbers.name
    where not changes.is_excluded
),

told as (
    select
        scoped.scope_number,
        days.period_number,
        scoped.deployment_number,
        scoped.is_first,
        scoped.seconds
    from scoped
    inner join days on scoped.finished_on = days.day
),

wholes as (
    select
        scope_number,
        period_number,
        count(*) as change_count,
        count(*) filter (where is_first) as deployment_count,
        sum(seconds) as seconds,
        list_sort(list(seconds)) as ordered
    from told
    group by scope_number, period_number
),

enough as (
    select
        wholes.*,
        scope_numbers.lead_time_value,
        (
            wholes.ordered[cast(floor((wholes.change_count + 1) / 2) as bigint)]
            + wholes.ordered[cast(ceil((wholes.change_count + 1) / 2) as bigint)]
        ) / 2 as median_seconds
    from wholes
    inner join scope_numbers on wholes.scope_number = scope_numbers.scope_number
    where wholes.deployment_count >= greatest(scope_numbers.minimum_count, 2)
),

deployments as (
    select
        told.scope_number,
        told.period_number,
        told.deployment_number,
        count(*) as change_count,
        sum(told.seconds) as seconds,
        count(*) filter (where told.seconds <= enough.median_seconds) as lower_count
    from told
    inner join enough
        on told.scope_number = enough.scope_number and told.period_number = enough.period_number
    group by told.scope_number, told.period_number, told.deployment_number
),

shares as (
    select
        scope_number,
        period_number,
        sum(lower_count) / nullif(sum(change_count), 0) as lower_share
    from deployments
    group by scope_number, period_number
),

errors as (
    select
        deployments.scope_number,
        deployments.period_number,
        case max(enough.lead_time_value)
            when 'mean'
                then
                    sum(
                        power(
                            deployments.seconds
                            - deployments.change_count * enough.seconds
                            / nullif(enough.change_count, 0),
                            2
                        )
                    )
            else
                sum(
                    power(
                        deployments.lower_count - deployments.change_count * shares.lower_share, 2
                    )
                )
        end as squares
    from deployments
    inner join enough
        on
            deployments.scope_number = enough.scope_number
            and deployments.period_number = enough.period_number
    inner join shares
        on
            deployments.scope_number = shares.scope_number
            and deployments.period_number = shares.period_number
    group by deployments.scope_number, deployments.period_number
),

-- Positions from 0 to n - 1, between which hours are interpolated.
places as (
    select
        enough.*,
        student.t_975
        * sqrt(
            round(errors.squares, 6) * enough.deployment_count
            / nullif(enough.deployment_count - 1, 0)
        )
        / nullif(enough.change_count, 0) as half
    from enough
    inner join errors
        on
            enough.scope_number = errors.scope_number
            and enough.period_number = errors.period_number
    inner join seeds.student_t as student
        on least(enough.deployment_count - 1, 200) = student.freedom_count
),

sides as (
    select
        *,
        (change_count - 1) * greatest(0.5 - half, 0) as low_place,
        (change_count - 1) * least(0.5 + half, 1) as high_place
    from places
    where lead_time_value = 'median'
),

ends as (
    select
        scope_number,
        period_number,
        (
            ordered[cast(floor(low_place) as bigint) + 1] * (1 + floor(low_place) - low_place)
            + ordered[cast(ceil(low_place) as bigint) + 1] * (low_place - floor(low_place))
        ) / 3600.0 as low_hours,
        (
            ordered[cast(floor(high_place) as bigint) + 1] * (1 + floor(high_place) - high_place)
            + ordered[cast(ceil(high_place) as bigint) + 1] * (high_place - floor(high_place))
        ) / 3600.0 as high_hours
    from sides
    union all
    select
        scope_number,
        period_number,
        greatest(seconds / nullif(change_count, 0) - half, 0) / 3600.0 as low_hours,
        (seconds / nullif(change_count, 0) + half) / 3600.0 as high_hours
    from places
    where lead_time_value = 'mean'
)

select
    scope_numbers.scope,
    scope_numbers.name,
    period_numbers.period,
    period_numbers.starts_on,
    wholes.deployment_count,
    round(ends.low_hours, 6) as low_hours,
    round(ends.high_hours, 6) as high_hours
from wholes
inner join scope_numbers on wholes.scope_number = scope_numbers.scope_number
inner join period_numbers on wholes.period_number = period_numbers.period_number
left join ends
    on wholes.scope_number = ends.scope_number and wholes.period_number = ends.period_number
