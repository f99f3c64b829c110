-- One row per source and kind of thing that it tells of: since when, until when, and whether it has
-- fallen silent: when it has told nothing for longer than ever in the year before its newest day,
-- and for more than 7 days. With fewer than 5 days in that year there is no rhythm: then 90 days
-- are the limit. Of incidents few are good news, so they are silent after twice that silence and 28
-- days, and never without a rhythm.
--
-- grain: source, thing
--   source             Name of the source in the configuration.
--   thing              deployments, incidents, changes or commits.
--   first_on           First day that it tells of.
--   last_on            Newest day that it tells of.
--   day_count          Days with something, in the year before the newest.
--   silent_days        Days since the newest one.
--   limit_days         It is silent after this many; null where silence tells nothing.
--   is_silent          True when it has been quiet for longer than that.

with gaps as (
    select
        *,
        min(day) over (partition by source, thing) as first_on,
        max(day) over (partition by source, thing) as last_on,
        lag(day) over (partition by source, thing order by day) as previous_on
    from facts.source_days
),

rhythms as (
    select
        source,
        thing,
        first_on,
        last_on,
        count(*) as day_count,
        max(day - previous_on) as longest_days
    from gaps
    where day > last_on - interval 365 day
    group by source, thing, first_on, last_on
),

limited as (
    select
        rhythms.*,
        run.today - rhythms.last_on as silent_days,
        cast(case
            when rhythms.day_count >= 5 and rhythms.thing = 'incidents'
                then greatest(2 * rhythms.longest_days, 28)
            when rhythms.day_count >= 5 then greatest(rhythms.longest_days, 7)
            when rhythms.thing <> 'incidents' then 90
        end as bigint) as limit_days
    from rhythms
    cross join facts.today as run
)

select
    source,
    thing,
    first_on,
    last_on,
    day_count,
    silent_days,
    limit_days,
    coalesce(silent_days > limit_days, false) as is_silent
from limited
