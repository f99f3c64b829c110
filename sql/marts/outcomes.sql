-- One row per scope and trait of its deployments of the last 365 whole days: how many, and how many
-- failed. An association, no proof; the interval is Wilson's, 95 %.
--
-- grain: scope, name, trait, place
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   trait              weekday, or batch_size: changes that the deployment was the first to carry.
--   place              Weekday, 1 is Monday; of sizes 1 for one change, 2 for 2 to 3, 3 for 4 to
--                      6, 4 for 7 to 10, 5 for more. What carries none is left out.
--   deployment_count   Counted production deployments.
--   failed_count       Of them, how many needed intervention.
--   fail_rate          Their share, 0 to 1.
--   low_rate           Lower end of the interval.
--   high_rate          Upper end of the interval.
--   is_too_few         True with fewer deployments than tell anything.

with counted as (
    select
        scopes.scope,
        scopes.name,
        rollouts.is_failed,
        1 + (rollouts.finished_on - cast(date_trunc('week', rollouts.finished_on) as date))
            as weekday,
        case
            when rollouts.change_count = 1 then 1
            when rollouts.change_count <= 3 then 2
            when rollouts.change_count <= 6 then 3
            when rollouts.change_count <= 10 then 4
            else 5
        end as size_place,
        rollouts.change_count
    from facts.rollouts as rollouts
    inner join facts.scopes as scopes
        on
            rollouts.service = scopes.service
            and rollouts.finished_on >= scopes.from_on
            and rollouts.finished_on < scopes.until_on
    cross join config.run as run
    where
        rollouts.finished_on >= cast(run.as_of at time zone run.time_zone as date) - 365
        and rollouts.finished_on < cast(run.as_of at time zone run.time_zone as date)
),

traits as (
    select
        scope,
        name,
        'weekday' as trait,
        weekday as place,
        is_failed
    from counted
    union all
    select
        scope,
        name,
        'batch_size' as trait,
        size_place as place,
        is_failed
    from counted
    where change_count > 0
),

rates as (
    select
        scope,
        name,
        trait,
        place,
        count(*) as deployment_count,
        count(*) filter (where is_failed) as failed_count,
        count(*) filter (where is_failed) / nullif(cast(count(*) as double), 0) as fail_rate,
        1.959964 * 1.959964 / nullif(count(*), 0) as z2_n
    from traits
    group by scope, name, trait, place
),

centred as (
    select
        *,
        (fail_rate + z2_n / 2) / (1 + z2_n) as centre,
        sqrt(fail_rate * (1 - fail_rate) * z2_n + z2_n * z2_n / 4) / (1 + z2_n) as half
    from rates
)

select
    centred.scope,
    centred.name,
    centred.trait,
    centred.place,
    centred.deployment_count,
    centred.failed_count,
    centred.fail_rate,
    round(greatest(centred.centre - centred.half, 0), 6) as low_rate,
    round(least(centred.centre + centred.half, 1), 6) as high_rate,
    centred.deployment_count < rules.minimum_count as is_too_few
from centred
inner join facts.scope_rules as rules
    on centred.scope = rules.scope and centred.name = rules.name
