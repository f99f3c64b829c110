-- One row per scope and trait of its deployments of the last 365 whole days: how many, and how many
-- failed. An association, no proof; the interval is Wilson's, 95 %.
-- A place fails more often where so many of the scope's failures fall on it only once in 200 years
-- in which all places are alike: by the tail of the hypergeometric distribution in Molenaar's
-- approximation (1970), and Bonferroni's share of each place that is not too few.
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
--   z_score            How far its failures are above those of the scope's other deployments, in
--                      standard deviations; null where there are no others.
--   is_worse           True where it fails more often beyond chance.

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
),

told as (
    select
        centred.*,
        centred.deployment_count < rules.minimum_count as is_too_few,
        sum(centred.deployment_count) over places as every_count,
        sum(centred.failed_count) over places as every_failed_count,
        count(*) filter (where centred.deployment_count >= rules.minimum_count) over places
            as place_count
    from centred
    inner join facts.scope_rules as rules
        on centred.scope = rules.scope and centred.name = rules.name
    window places as (partition by centred.scope, centred.name, centred.trait)
),

scored as (
    select
        *,
        case when every_count > deployment_count then round(
            2 * (
                sqrt(greatest(
                    (failed_count - 0.25)
                    * (every_count - deployment_count - every_failed_count + failed_count - 0.25),
                    0
                ))
                - sqrt(greatest(
                    (deployment_count - failed_count + 0.75)
                    * (every_failed_count - failed_count + 0.75),
                    0
                ))
            ) / sqrt(every_count),
            6
        ) end as z_score,
        case place_count
            when 1 then 2.576
            when 2 then 2.807
            when 3 then 2.935
            when 4 then 3.023
            when 5 then 3.090
            when 6 then 3.144
            else 3.189
        end as least
    from told
)

select
    scope,
    name,
    trait,
    place,
    deployment_count,
    failed_count,
    fail_rate,
    round(greatest(centre - half, 0), 6) as low_rate,
    round(least(centre + half, 1), 6) as high_rate,
    is_too_few,
    z_score,
    coalesce(not is_too_few and z_score > least, false) as is_worse
from scored
