-- One row per incident or alert that a pager or incident tool tells of, whether it counts or not.
--
-- grain: source, incident_id
--   source             Name of the source in the configuration.
--   incident_id        The tool's own id.
--   kind               incident or alert, where the tool has both; null elsewhere.
--   services           Names of its services, semicolons between; empty where it names none.
--   service_ids        Ids of its services, semicolons between; empty where it names none.
--   repository         Repository; null where unknown.
--   severity           Severity as the tool names it.
--   priority           Priority as the tool names it.
--   urgency            Urgency as the tool names it.
--   status             Status as the tool names it.
--   started_at         Start, UTC.
--   acknowledged_at    First acknowledged, UTC.
--   resolved_at        Resolved, UTC; null while open and when it was opened again.
--   title              Title.
--   labels             Labels, semicolons between, lower case; empty without any.
--   mentions           What its text names: shas, versions, addresses; blank between, lower case.
--   is_maintenance     True for planned maintenance.
--   is_merged          True when it was merged into another one.
--   url                Page at the tool.

select
    incidents.source,
    incidents.record_id as incident_id,
    json_extract_string(incidents.payload, '$.kind') as kind,
    coalesce(json_extract_string(incidents.payload, '$.services'), '') as services,
    coalesce(json_extract_string(incidents.payload, '$.service_ids'), '') as service_ids,
    json_extract_string(incidents.payload, '$.repository') as repository,
    json_extract_string(incidents.payload, '$.severity') as severity,
    json_extract_string(incidents.payload, '$.priority') as priority,
    json_extract_string(incidents.payload, '$.urgency') as urgency,
    json_extract_string(incidents.payload, '$.status') as status,
    cast(json_extract_string(incidents.payload, '$.started_at') as timestamptz) as started_at,
    cast(json_extract_string(incidents.payload, '$.acknowledged_at') as timestamptz)
        as acknowledged_at,
    cast(json_extract_string(incidents.payload, '$.resolved_at') as timestamptz) as resolved_at,
    coalesce(masked.masked_title, json_extract_string(incidents.payload, '$.title')) as title,
    coalesce(lower(json_extract_string(incidents.payload, '$.labels')), '') as labels,
    coalesce(lower(json_extract_string(incidents.payload, '$.mentions')), '') as mentions,
    coalesce(json_extract_string(incidents.payload, '$.is_maintenance') = 'true', false)
        as is_maintenance,
    json_extract_string(incidents.payload, '$.merged_into') is not null as is_merged,
    json_extract_string(incidents.payload, '$.url') as url
from raw.pagers__incidents as incidents
left join staging.masked_titles as masked
    on json_extract_string(incidents.payload, '$.title') = masked.title
where not incidents.is_deleted
