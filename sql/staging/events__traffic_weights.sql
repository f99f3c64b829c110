-- One row per rollout and moment at which events told its share of the traffic.
-- The rollout is known by the sender's own id; which of its times it was, its time tells.
--
-- grain: source, subject_id, changed_at
--   source             Name of the source in the configuration.
--   subject_id         The sender's own id of the rollout.
--   changed_at         When it had this share, UTC.
--   weight             Share of the traffic from then on, 0 to 1.

with fields as (
    select
        source,
        json_extract_string(payload, '$.subject_id') as subject_id,
        json_extract_string(payload, '$.at') as told_at,
        json_extract_string(payload, '$.weight') as weight,
        md5(payload) as digest
    from raw.events__events
    where
        not is_deleted
        and json_extract_string(payload, '$.subject') = 'rollout'
        and json_extract_string(payload, '$.subject_id') is not null
),

timed as (
    select
        source,
        subject_id,
        date_trunc('second', cast(told_at as timestamptz)) as changed_at,
        try_cast(weight as double) as weight,
        digest
    from fields
)

select
    source,
    subject_id,
    changed_at,
    weight
from timed
where weight between 0 and 1
qualify row_number() over (
    partition by source, subject_id, changed_at order by weight desc, digest
) = 1
