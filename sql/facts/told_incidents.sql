-- One row per incident that a source tells of.
--
-- grain: source, incident_id
--   source             Name of the source in the configuration.
--   incident_id        The source's own id.
--   service            Service as the source names it, the first; null where it names none.
--   services           All names that the source has for its services, semicolons between.
--   repository         Repository; null where unknown.
--   severity           Severity as the source names it.
--   started_at         Start, UTC.
--   acknowledged_at    Acknowledged, UTC.
--   resolved_at        Resolved, UTC; null while open.
--   deployment_id      Deployment that the source blames.
--   title              Title.
--   labels             Labels, with semicolons around each, lower case.
--   mentions           What its text names: shas, versions, addresses; blank between, lower case.
--   raised_by          machine or person: who saw it first; null where unknown.
--   url                Page at the source.

select
    source,
    incident_id,
    service,
    coalesce(service, '') as services,
    repository,
    severity,
    started_at,
    acknowledged_at,
    resolved_at,
    deployment_id,
    title,
    labels,
    '' as mentions,
    raised_by,
    url
from staging.files__incidents
union all
select
    source,
    incident_id,
    cast(null as text) as service,
    '' as services,
    repository,
    severity,
    started_at,
    acknowledged_at,
    resolved_at,
    cast(null as text) as deployment_id,
    title,
    labels,
    mentions,
    cast(null as text) as raised_by,
    url
from staging.hosts__issues
union all
select
    source,
    incident_id,
    service,
    services,
    repository,
    severity,
    started_at,
    acknowledged_at,
    resolved_at,
    deployment_id,
    title,
    labels,
    mentions,
    raised_by,
    url
from facts.raised_incidents
