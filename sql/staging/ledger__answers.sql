-- One row per answer to a question of deployment architecture that a report was delivered with.
--
-- grain: delivery, service, topic
--   delivery           Number of the delivery; they count up in the order of delivering.
--   edition_on         Monday of the week that the report was about.
--   service            Service.
--   topic              Question.
--   state              yes, no, claimed, unknown or stale.
--   as_of              Moment that the report's data told of, UTC.

select
    cast(json_extract_string(payload, '$.number') as bigint) as delivery,
    cast(json_extract_string(payload, '$.edition') as date) as edition_on,
    json_extract_string(payload, '$.service') as service,
    json_extract_string(payload, '$.topic') as topic,
    json_extract_string(payload, '$.state') as state,
    cast(json_extract_string(payload, '$.as_of') as timestamptz) as as_of
from raw.ledger__answers
where not is_deleted
