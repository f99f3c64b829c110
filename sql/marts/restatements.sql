-- One row per number that the report of its own week told: what was told then, and what it is now.
-- The movement has three parts that add up to it exactly, hence decimals: people's decisions, and
-- the rest, which is late data, or another definition where that is another one. A point is .01
-- of a rate, and a hundredth of what was told of anything else.
--
-- grain: metric, scope, name, week_on
--   metric                   Metric.
--   scope                    service, team or organisation.
--   name                     The service, the team, or the word organisation.
--   week_on                  Monday of the week.
--   unit                     per week, hours or rate.
--   delivered_at             When it was told first, UTC.
--   then_value               What was told; null where there was nothing to divide by.
--   then_at_least            Recovery was told to be longer than this, hours.
--   then_n                   What was behind it.
--   then_definition          Rules under which it was counted.
--   now_value                What it is now; null where there is nothing to divide by.
--   now_at_least             Recovery is longer than this now, hours.
--   now_n                    What is behind it now; null where it is told no more.
--   now_definition           Rules under which it is counted now; null where it is told no more.
--   movement                 Now less then; null where either is.
--   late_part                Of it, what became known later under the same rules.
--   override_part            Of it, what people decided or took back; all of it where the rules
--                            alone tell a number on one side only.
--   definition_part          Of it, what other rules make, with what became known under them.
--   is_overruled             True when people's decisions moved it, or are why there is a number
--                            on one side only.
--   is_late                  The same of what became known later, or of other rules.
--   later_incident_count     Incidents behind it now and not then.
--   unlinked_incident_count  Incidents behind it then and not now.
--   has_moved                True when it moved by a point or more, or one of the two is null.

with compared as (
    select
        told.metric,
        told.scope,
        told.name,
        told.week_on,
        told.unit,
        told.delivered_at,
        cast(told.value as decimal(18, 9)) as then_value,
        told.at_least as then_at_least,
        told.n as then_n,
        told.definition as then_definition,
        cast(weeks.value as decimal(18, 9)) as now_value,
        weeks.at_least as now_at_least,
        weeks.n as now_n,
        weeks.definition as now_definition,
        case
            when (weeks.by_rule_value is null) <> (told.by_rule_value is null)
                then cast(weeks.value as decimal(18, 9)) - cast(told.value as decimal(18, 9))
            else
                coalesce(cast(weeks.value - weeks.by_rule_value as decimal(18, 9)), 0)
                - coalesce(cast(told.value - told.by_rule_value as decimal(18, 9)), 0)
        end as decided,
        (weeks.value is null) <> (weeks.by_rule_value is null)
        or (told.value is null) <> (told.by_rule_value is null) as has_own_words,
        (weeks.by_rule_value is null) <> (told.by_rule_value is null) as has_other_facts,
        coalesce(told.definition <> weeks.definition, false) as has_other_rules
    from facts.delivered_rows as told
    left join marts.weekly_values as weeks
        on
            told.metric = weeks.metric
            and told.scope = weeks.scope
            and told.name = weeks.name
            and told.week_on = weeks.week_on
    where told.edition_on = told.week_on and told.is_first
),

counts as (
    select
        metric,
        scope,
        name,
        week_on,
        count(*) filter (where is_linked_later) as later_count,
        count(*) filter (where not is_linked_later) as unlinked_count
    from marts.relinked_incidents
    group by metric, scope, name, week_on
),

moved as (
    select
        *,
        now_value - then_value as movement,
        case when now_value is not null and then_value is not null then decided end as person_part
    from compared
)

select
    moved.metric,
    moved.scope,
    moved.name,
    moved.week_on,
    moved.unit,
    moved.delivered_at,
    moved.then_value,
    moved.then_at_least,
    moved.then_n,
    moved.then_definition,
    moved.now_value,
    moved.now_at_least,
    moved.now_n,
    moved.now_definition,
    moved.movement,
    case when moved.has_other_rules then 0 else 1 end * (moved.movement - moved.person_part)
        as late_part,
    moved.person_part as override_part,
    case when moved.has_other_rules then 1 else 0 end * (moved.movement - moved.person_part)
        as definition_part,
    coalesce(moved.person_part <> 0, moved.has_own_words) as is_overruled,
    coalesce(moved.movement <> moved.person_part, moved.has_other_facts or not moved.has_own_words)
        as is_late,
    coalesce(counts.later_count, 0) as later_incident_count,
    coalesce(counts.unlinked_count, 0) as unlinked_incident_count,
    case
        when moved.movement is null then coalesce(moved.now_value, moved.then_value) is not null
        when moved.unit = 'rate' then abs(moved.movement) >= 0.01
        else abs(moved.movement) > 0 and abs(moved.movement) >= 0.01 * abs(moved.then_value)
    end as has_moved
from moved
left join counts
    on
        moved.metric = counts.metric
        and moved.scope = counts.scope
        and moved.name = counts.name
        and moved.week_on = counts.week_on
