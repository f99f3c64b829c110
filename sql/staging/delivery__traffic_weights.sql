-- One row per rollout and moment at which its share of the traffic was seen to change.
--
-- grain: source, rollout_key, changed_at
--   source             Name of the source in the configuration.
--   rollout_key        The rollout, by the source's own id.
--   changed_at         When it had this share, UTC.
--   weight             Share of the traffic from then on, 0 to 1.

with fields as (
    select
        source,
        record_id,
        json_extract_string(payload, '$.rollout_id') as rollout_key,
        json_extract_string(payload, '$.changed_at') as changed_at,
        json_extract_string(payload, '$.weight') as weight
    from raw.delivery__traffic_weights
    where not is_deleted
),

timed as (
    select
        source,
        record_id,
        rollout_key,
        date_trunc('second', cast(changed_at as timestamptz)) as changed_at,
        try_cast(weight as double) as weight
    from fields
)

select
    source,
    rollout_key,
    changed_at,
    weight
from timed
where weight between 0 and 1
qualify row_number() over (
    partition by source, rollout_key, changed_at order by weight desc, record_id
) = 1
