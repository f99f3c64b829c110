-- One row per service: whether it keeps off Fridays, and what freezes hold back.
-- Avoidance beyond chance is that of marts.weekdays. A change that waits at the end of a frozen
-- day is held for that day. It never says that a Friday is safe, and compares no failures of
-- Fridays with those of other days: nobody draws deployments by lot.
--
-- grain: service
--   service              Service.
--   state                yes where Fridays are avoided beyond chance, no where they are not, else
--                        unknown: too few weeks can tell.
--   deployment_count     Counted production deployments on Fridays on which people work.
--   missed_count         Of these Fridays, how many began with changes that waited and saw none.
--   held_change_days     Changes that waited at the end of Fridays, a day each, above what
--                        other days leave waiting; null unless avoided.
--   week_count           Weeks that can tell.
--   frozen_day_count     Days of the last year on which a freeze held it.
--   frozen_change_days   Changes that waited at the end of them, a day each.
--   held_per_frozen_day  The latter by the former; null without frozen days.

with held as (
    select distinct
        days.service,
        days.day
    from marts.shipping_days as days
    inner join facts.freezes as freezes
        on
            coalesce(freezes.service, days.service) = days.service
            and days.day between freezes.from_on and freezes.to_on
),

frozen as (
    select
        days.service,
        count(*) as frozen_day_count,
        cast(sum(days.waiting_after) as bigint) as frozen_change_days
    from marts.shipping_days as days
    inner join held on days.service = held.service and days.day = held.day
    group by days.service
)

select
    services.service,
    case
        when fridays.is_too_few or fridays.name is null then 'unknown'
        when fridays.is_avoided then 'yes'
        else 'no'
    end as state,
    coalesce(fridays.deployment_count, 0) as deployment_count,
    coalesce(fridays.missed_count, 0) as missed_count,
    fridays.held_change_days,
    coalesce(fridays.week_count, 0) as week_count,
    coalesce(frozen.frozen_day_count, 0) as frozen_day_count,
    coalesce(frozen.frozen_change_days, 0) as frozen_change_days,
    frozen.frozen_change_days / nullif(frozen.frozen_day_count, 0) as held_per_frozen_day
from facts.services as services
left join marts.weekdays as fridays
    on
        services.service = fridays.name
        and fridays.scope = 'service'
        and fridays.weekday = 5
left join frozen on services.service = frozen.service
