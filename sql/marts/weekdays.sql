-- One row per scope and weekday on which it works, over the last 365 whole days: is it avoided, and
-- what does that hold back.
-- Each week is held against itself: were its days alike, the count of one would be any of theirs.
-- So the sum over weeks of a weekday's count less its week's mean has a known variance, whatever
-- the trend and however the weeks differ; avoided is a weekday whose sum is so low only once in 200
-- such years of any weekday, by the normal distribution. Counts are per service that works then.
--
-- grain: scope, name, weekday
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   weekday            1 is Monday.
--   day_count          Days of its services on which people worked.
--   deployment_count   Counted production deployments on them.
--   missed_count       Of the days, how many began with merged changes that were not deployed, and
--                      ended without a deployment.
--   mean_share         Its count against the mean of its weeks' working days; 1 is the mean.
--   week_count         Weeks that can tell: with two working days or more that differ.
--   z_score            That sum in standard deviations; null where no week can tell.
--   is_too_few         True with fewer than twelve weeks that can tell.
--   is_avoided         True where it is lower beyond chance.
--   held_change_days   Where avoided: changes that waited at the end of such days, a day each,
--                      above what other working days leave waiting.

with counted as (
    select
        scopes.scope,
        scopes.name,
        days.week_on,
        days.weekday,
        count(*) as day_count,
        sum(days.deployment_count) as deployment_count,
        sum(days.waiting_after) as waiting_count,
        count(*) filter (where days.waiting_before > 0 and days.deployment_count = 0)
            as missed_count
    from marts.shipping_days as days
    inner join facts.scopes as scopes
        on
            days.service = scopes.service
            and days.day >= scopes.from_on
            and days.day < scopes.until_on
    where days.is_working
    group by scopes.scope, scopes.name, days.week_on, days.weekday
),

weeks as (
    select
        scope,
        name,
        week_on,
        avg(deployment_count / nullif(cast(day_count as double), 0)) as mean,
        var_pop(deployment_count / nullif(cast(day_count as double), 0)) as spread
    from counted
    group by scope, name, week_on
),

summed as (
    select
        counted.scope,
        counted.name,
        counted.weekday,
        cast(sum(counted.day_count) as bigint) as day_count,
        cast(sum(counted.deployment_count) as bigint) as deployment_count,
        cast(sum(counted.missed_count) as bigint) as missed_count,
        cast(sum(counted.waiting_count) as bigint) as waiting_count,
        sum(counted.deployment_count / cast(counted.day_count as double)) as own,
        sum(weeks.mean) as usual,
        sum(weeks.spread) as spread,
        count(*) filter (where weeks.spread > 0) as week_count
    from counted
    inner join weeks
        on
            counted.scope = weeks.scope
            and counted.name = weeks.name
            and counted.week_on = weeks.week_on
    group by counted.scope, counted.name, counted.weekday
),

scored as (
    select
        *,
        round((own - usual) / nullif(sqrt(spread), 0), 6) as z_score,
        sum(day_count) over (partition by scope, name) - day_count as other_days,
        sum(waiting_count) over (partition by scope, name) - waiting_count as other_waiting,
        count(*) over (partition by scope, name) as compared_count
    from summed
),

told as (
    select
        scored.*,
        scored.week_count >= 12 and scored.z_score < -bounds.z_bound as is_low
    from scored
    inner join seeds.normal_bounds as bounds
        on
            scored.compared_count >= bounds.from_count
            and scored.compared_count <= bounds.to_count
)

select
    scope,
    name,
    weekday,
    day_count,
    deployment_count,
    missed_count,
    round(own / nullif(usual, 0), 6) as mean_share,
    week_count,
    z_score,
    week_count < 12 as is_too_few,
    coalesce(is_low, false) as is_avoided,
    case
        when is_low and other_days > 0
            then round(
                greatest(waiting_count - day_count * other_waiting / cast(other_days as double), 0),
                6
            )
    end as held_change_days
from told
