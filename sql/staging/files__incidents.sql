-- One row per incident told by the neutral tables.
--
-- grain: source, incident_id
--   source             Name of the source in the configuration.
--   incident_id        The source's own id.
--   service            Service as the source names it; null where it names none.
--   repository         Repository; null where unknown.
--   severity           Severity as the source names it.
--   started_at         Start, UTC.
--   acknowledged_at    Acknowledged, UTC.
--   resolved_at        Resolved, UTC; null while open.
--   deployment_id      Deployment that the source blames.
--   title              Title.
--   labels             Labels, with semicolons around each, lower case.
--   raised_by          machine or person: who saw it first; null where unknown.
--   url                Page at the source.

with fields as (
    select
        source,
        record_id as incident_id,
        json_extract_string(payload, '$.service') as service,
        json_extract_string(payload, '$.repository') as repository,
        json_extract_string(payload, '$.severity') as severity,
        json_extract_string(payload, '$.started_at') as started_at,
        json_extract_string(payload, '$.acknowledged_at') as acknowledged_at,
        json_extract_string(payload, '$.resolved_at') as resolved_at,
        json_extract_string(payload, '$.deployment_id') as deployment_id,
        json_extract_string(payload, '$.title') as title,
        json_extract_string(payload, '$.labels') as labels,
        json_extract_string(payload, '$.raised_by') as raised_by,
        json_extract_string(payload, '$.url') as url
    from raw.files__incidents
    where not is_deleted
)

select
    fields.source,
    fields.incident_id,
    fields.service,
    fields.repository,
    fields.severity,
    date_trunc('second', cast(fields.started_at as timestamptz)) as started_at,
    date_trunc('second', cast(fields.acknowledged_at as timestamptz)) as acknowledged_at,
    date_trunc('second', cast(fields.resolved_at as timestamptz)) as resolved_at,
    fields.deployment_id,
    coalesce(masked.masked_title, fields.title) as title,
    concat(';', lower(fields.labels), ';') as labels,
    fields.raised_by,
    fields.url
from fields
left join staging.masked_titles as masked on fields.title = masked.title
