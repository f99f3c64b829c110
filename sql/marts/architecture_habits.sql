-- One row per service and trait or anti-pattern that the evidence shows of it, and how often.
-- They are told apart and never added up; what is not known of a service is not here.
--
-- grain: service, aspect, habit
--   service            Service.
--   aspect             What it is about.
--   habit              A word for it.
--   place              Its place among all.
--   says               The same in words.
--   case_count         How often it was seen.
--   aspect_count       How often anything of that aspect was seen.

with seen as (
    select * from marts.architecture_flag_habits
    union all
    select * from marts.architecture_recovery_habits
    union all
    select * from marts.architecture_rollout_habits
    union all
    select * from marts.architecture_change_habits
)

select
    seen.service,
    seen.aspect,
    seen.habit,
    habits.place,
    habits.says,
    seen.case_count,
    cast(
        sum(seen.case_count) over (partition by seen.service, seen.aspect) as bigint
    ) as aspect_count
from seen
inner join seeds.architecture_habits as habits
    on seen.aspect = habits.aspect and seen.habit = habits.habit
