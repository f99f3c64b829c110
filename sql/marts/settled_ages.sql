-- One row per metric and service: the age in weeks from which on what a report tells of a week
-- holds. From that age on, 95 % of past weeks moved by less than a point until now: .01 of a rate,
-- a hundredth of what was told of anything else. Only weeks that could be told for all of 12 weeks
-- count, only under the definition of today, and an age needs 8 of them.
--
-- grain: metric, service
--   metric             Metric.
--   service            Service.
--   week_count         Past weeks that the age with most of them rests on.
--   settled_age_weeks  The age: 0 is the report of the week itself; null where it can't be told.
--   why                Why it can't; null where it can.

with followed as (
    select
        told.metric,
        told.name as service,
        told.age_weeks,
        case
            when told.value is null or weeks.value is null then true
            when told.unit = 'rate' then round(abs(weeks.value - told.value), 9) >= 0.01
            else
                abs(weeks.value - told.value) > 0
                and abs(weeks.value - told.value) >= 0.01 * abs(told.value)
        end as has_moved
    from facts.delivered_rows as told
    inner join marts.weekly_values as weeks
        on
            told.metric = weeks.metric
            and told.scope = weeks.scope
            and told.name = weeks.name
            and told.week_on = weeks.week_on
            and told.definition = weeks.definition
    cross join facts.today as run
    where
        told.scope = 'service'
        and told.is_first
        and coalesce(told.value, weeks.value) is not null
        and told.week_on + interval 84 day <= run.today
),

ages as (
    select
        metric,
        service,
        age_weeks,
        count(*) as told_count,
        count(*) filter (where has_moved) as moved_count
    from followed
    group by metric, service, age_weeks
),

judged as (
    select
        metric,
        service,
        max(told_count) as week_count,
        min(case when told_count >= 8 then age_weeks end) as first_age,
        max(case when told_count >= 8 then age_weeks end) as last_age,
        max(
            case when told_count >= 8 and moved_count > 0.05 * told_count then age_weeks end
        ) as moving_age
    from ages
    group by metric, service
)

select
    definitions.metric,
    definitions.name as service,
    coalesce(judged.week_count, 0) as week_count,
    case
        when judged.moving_age < judged.last_age then judged.moving_age + 1
        when judged.moving_age is null then judged.first_age
    end as settled_age_weeks,
    case
        when judged.first_age is null
            then concat(
                'too little history: ', coalesce(judged.week_count, 0), ' of 8 weeks that were ',
                'told for 12 weeks'
            )
        when judged.moving_age = judged.last_age
            then concat('still moves after ', judged.last_age, ' weeks')
    end as why
from facts.scope_definitions as definitions
left join judged on definitions.metric = judged.metric and definitions.name = judged.service
where definitions.scope = 'service'
