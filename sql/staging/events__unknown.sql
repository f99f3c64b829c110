-- One row per kind of event that was kept without being understood.
--
-- grain: source, format, type
--   source             Name of the source in the configuration.
--   format             Who sends such events.
--   type               The sender's own word for it.
--   event_count        How many came.

select
    source,
    json_extract_string(payload, '$.format') as format,
    coalesce(json_extract_string(payload, '$.type'), '') as type,
    count(*) as event_count
from raw.events__events
where not is_deleted and json_extract_string(payload, '$.subject') = 'unknown'
group by
    source,
    json_extract_string(payload, '$.format'),
    coalesce(json_extract_string(payload, '$.type'), '')
