-- One row per issue of a code host that stands for an incident.
--
-- grain: source, incident_id
--   source             Name of the source in the configuration.
--   incident_id        acme/shop#12, of GitLab group/project#12.
--   repository         Repository.
--   severity           Severity as the host names it; null where it has none.
--   started_at         Opened, UTC.
--   acknowledged_at    Acknowledged, UTC; null where the host does not know.
--   resolved_at        Closed, UTC; null while open and when it was opened again.
--   title              Title.
--   labels             Labels, with semicolons around each, lower case.
--   mentions           Shas, versions, numbers and addresses that it names, blank between.
--   url                Page at the host.

with fields as (
    select
        source,
        concat(scope, '#', record_id) as incident_id,
        scope as repository,
        json_extract_string(payload, '$.severity') as severity,
        json_extract_string(payload, '$.opened_at') as opened_at,
        json_extract_string(payload, '$.acknowledged_at') as acknowledged_at,
        json_extract_string(payload, '$.state') as state,
        json_extract_string(payload, '$.closed_at') as closed_at,
        json_extract_string(payload, '$.title') as title,
        json_extract_string(payload, '$.labels') as labels,
        json_extract_string(payload, '$.mentions') as mentions,
        json_extract_string(payload, '$.url') as url
    from raw.hosts__issues
    where not is_deleted
)

select
    fields.source,
    fields.incident_id,
    fields.repository,
    fields.severity,
    cast(fields.opened_at as timestamptz) as started_at,
    cast(fields.acknowledged_at as timestamptz) as acknowledged_at,
    cast(case when fields.state = 'closed' then fields.closed_at end as timestamptz) as resolved_at,
    coalesce(masked.masked_title, fields.title) as title,
    concat(';', lower(fields.labels), ';') as labels,
    coalesce(lower(fields.mentions), '') as mentions,
    fields.url
from fields
left join staging.masked_titles as masked on fields.title = masked.title
