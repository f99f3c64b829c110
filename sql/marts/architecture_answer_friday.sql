-- One row per service: which of the five traits is lacking that make a Friday like another day.
-- It never says that a Friday is safe.
--
-- grain: service
--   service            Service.
--   state              no where one is lacking, yes where all are there, stale where the rest is
--                      there but old, else unknown.
--   known_by           measured, or unknown where nothing of all five is known.
--   answer             The answer in a sentence.
--   observed_at        Of when the newest of what is known is, UTC.
--   evidence_url       Null: each trait has its own.

with told as (
    select
        service,
        string_agg(trait, ', ' order by place) filter (where state = 'no') as lacking,
        string_agg(trait, ', ' order by place) filter (where state = 'unknown') as unknown,
        string_agg(trait, ', ' order by place) filter (where state = 'stale') as stale,
        count(*) filter (where state <> 'unknown') as known_count,
        max(observed_at) as observed_at
    from marts.architecture_traits
    group by service
)

select
    service,
    case
        when lacking is not null then 'no'
        when unknown is not null then 'unknown'
        when stale is not null then 'stale'
        else 'yes'
    end as state,
    case when known_count = 0 then 'unknown' else 'measured' end as known_by,
    case
        when known_count = 0 then 'Unknown: nothing is known of any of the five.'
        else concat(
            case
                when lacking is null then 'Of what is known, none is lacking.'
                else concat('Lacking: ', lacking, '.')
            end,
            case when stale is null then '' else concat(' Not seen lately: ', stale, '.') end,
            case when unknown is null then '' else concat(' Unknown: ', unknown, '.') end
        )
    end as answer,
    observed_at,
    cast(null as text) as evidence_url
from told
