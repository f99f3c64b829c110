-- One row per definition that a run began with and the run before it did not.
--
-- grain: entry, metric, service
--   entry              Number of the entry; they count up in the order of writing.
--   metric             Metric.
--   service            Service with rules of its own; empty for the organisation.
--   definition         Id of the rules; null where a service has none of its own any more.
--   settings           The rules, as JSON; null where a service has none of its own any more.
--   since_at           When the run began, UTC.

select
    cast(json_extract_string(payload, '$.number') as bigint) as entry,
    json_extract_string(payload, '$.metric') as metric,
    json_extract_string(payload, '$.service') as service,
    json_extract_string(payload, '$.definition') as definition,
    json_extract_string(payload, '$.settings') as settings,
    cast(json_extract_string(payload, '$.since') as timestamptz) as since_at
from raw.ledger__definitions
where not is_deleted
