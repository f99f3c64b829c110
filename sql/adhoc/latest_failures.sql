-- What failed in the last 12 weeks, how do we know, and what ended it?
-- A confidence below .5 rests on service and time alone.

select *
from
    failures_of(
        'organisation',
        (select cast(as_of as date) - 84 from config.run),
        (select cast(as_of as date) + 1 from config.run)
    )
order by finished_at desc, rollout_id
