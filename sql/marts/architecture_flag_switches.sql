-- One row per service and live release or ops flag of it: could it be switched off for one
-- customer or region without a deployment?
-- Yes, where it was evaluated in production within 7 days and a strategy can name such a field;
-- stale, where it was evaluated, but longer ago; unknown, where nobody tells.
--
-- grain: service, flag_id
--   service            Service.
--   flag_id            Flag, led by its source.
--   flag_key           Key of the flag.
--   kind               release or ops.
--   created_at         When it was made, UTC; null where unknown.
--   state              yes, no, unknown or stale.
--   is_proven          True where such a field was ever chosen by in production.
--   observed_at        Last seen evaluated in production, UTC; null where never or unknown.
--   evidence_url       Page at the tool.

with places as (
    select
        flag_id,
        max(evaluated_at) as evaluated_at,
        bool_or(ever_named_audience) as is_proven,
        bool_or(names_audience = 'yes') as can_name,
        bool_and(names_audience = 'no') as can_not_name
    from facts.flag_states
    where is_production
    group by flag_id
)

select
    services.service,
    flags.flag_id,
    flags.flag_key,
    flags.kind,
    flags.created_at,
    case
        when places.can_not_name then 'no'
        when places.evaluated_at is null or not coalesce(places.can_name, false) then 'unknown'
        when places.evaluated_at < run.as_of - interval 7 day then 'stale'
        else 'yes'
    end as state,
    coalesce(places.is_proven, false) as is_proven,
    places.evaluated_at as observed_at,
    flags.url as evidence_url
from facts.flags as flags
inner join facts.flag_services as services on flags.flag_id = services.flag_id
left join places on flags.flag_id = places.flag_id
cross join config.run as run
where flags.archived_at is null and flags.kind in ('release', 'ops')
