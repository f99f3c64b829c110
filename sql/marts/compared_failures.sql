-- One row per group of deployments that is held against the others of its kind: weekdays, sizes and
-- services. An association, no proof.
-- A group fails more often where so many of the failures fall on it only once in 200 times in which
-- all are alike: by the tail of the hypergeometric distribution in Molenaar's approximation (1970),
-- and Bonferroni's share of each group that is not too few.
--
-- grain: scope, name, trait, ends_on, group_name
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   trait              weekday or batch_size, of the last 365 whole days; service, of the twelve
--                      weeks to each week's end, in the organisation alone.
--   ends_on            First day after those counted.
--   group_name         The group: as marts.outcomes has places, or the service.
--   deployment_count   Counted production deployments.
--   failed_count       Of them, how many needed intervention.
--   is_too_few         True with fewer deployments than tell anything.
--   z_score            How far its failures are above those of the other deployments, in standard
--                      deviations; null where there are no others.
--   is_worse           True where it fails more often beyond chance.

with counted as (
    select
        scopes.scope,
        scopes.name,
        rollouts.is_failed,
        run.today as ends_on,
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
    cross join facts.today as run
    where
        rollouts.finished_on >= run.today - 365
        and rollouts.finished_on < run.today
),

traits as (
    select
        scope,
        name,
        'weekday' as trait,
        ends_on,
        cast(weekday as varchar) as group_name,
        is_failed
    from counted
    union all
    select
        scope,
        name,
        'batch_size' as trait,
        ends_on,
        cast(size_place as varchar) as group_name,
        is_failed
    from counted
    where change_count > 0
),

groups as (
    select
        traits.scope,
        traits.name,
        traits.trait,
        traits.ends_on,
        traits.group_name,
        count(*) as deployment_count,
        count(*) filter (where traits.is_failed) as failed_count,
        count(*) < max(rules.minimum_count) as is_too_few
    from traits
    inner join facts.scope_rules as rules
        on traits.scope = rules.scope and traits.name = rules.name
    group by traits.scope, traits.name, traits.trait, traits.ends_on, traits.group_name
    union all
    select
        'organisation' as scope,
        'organisation' as name,
        'service' as trait,
        ends_on,
        name as group_name,
        deployment_count,
        share_count as failed_count,
        is_too_few
    from marts.shares
    where
        metric = 'change_fail_rate'
        and scope = 'service'
        and period = 'twelve_weeks'
        and deployment_count > 0
),

summed as (
    select
        *,
        sum(deployment_count) over members as every_count,
        sum(failed_count) over members as every_failed_count,
        count(*) filter (where not is_too_few) over members as told_count
    from groups
    window members as (partition by scope, name, trait, ends_on)
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
        ) end as z_score
    from summed
)

select
    scored.scope,
    scored.name,
    scored.trait,
    scored.ends_on,
    scored.group_name,
    scored.deployment_count,
    scored.failed_count,
    scored.is_too_few,
    scored.z_score,
    coalesce(not scored.is_too_few and scored.z_score > bounds.z_bound, false) as is_worse
from scored
inner join seeds.normal_bounds as bounds
    on
        greatest(scored.told_count, 1) >= bounds.from_count
        and greatest(scored.told_count, 1) <= bounds.to_count
