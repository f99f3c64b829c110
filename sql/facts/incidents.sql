-- One row per incident and service; an incident that no service claims has one row without any.
-- A service claims the incidents that name it, or those that its configuration describes. An
-- incident that names no service belongs to the services of its repository. One kept in a
-- repository of no service belongs to those whose configuration names its source and a label of it.
--
-- grain: incident_id, service
--   incident_id        The source's own id, led by the source where two sources use the same one.
--   service            Service; null where none claims it.
--   severity           Severity as the source names it.
--   started_at         Start, UTC.
--   acknowledged_at    Acknowledged, UTC.
--   resolved_at        Resolved, UTC; null while open.
--   deployment_id      Deployment that the source blames.
--   title              Title.
--   mentions           What its text names: shas, versions, addresses; blank between.
--   raised_by          machine or person: who saw it first; null where unknown.
--   source             Name of the source in the configuration.
--   url                Page at the source.

with named as (
    select
        incidents.source,
        incidents.incident_id,
        incidents.repository,
        incidents.labels,
        nullif(name.word, '') as service,
        coalesce(aliases.service, name.word) as named_service
    from facts.told_incidents as incidents
    cross join unnest(string_split(incidents.services, ';')) as name (word)
    left join config.aliases as aliases on name.word = aliases.alias
),

candidates as (
    select
        named.*,
        services.service as claimed_by
    from named
    inner join facts.services as services on named.named_service = services.service
    left join config.services as settings on services.service = settings.service
    where settings.incident_pattern is null
    union all
    select
        named.*,
        settings.service as claimed_by
    from named
    inner join config.services as settings
        on regexp_matches(named.service, settings.incident_pattern)
    union all
    select
        named.*,
        services.service as claimed_by
    from named
    inner join facts.services as services on named.repository = services.repository
    where named.service is null
    union all
    select
        named.*,
        settings.service as claimed_by
    from named
    inner join config.services as settings
        on
            named.source = settings.incident_source
            and regexp_matches(named.labels, settings.incident_label_pattern)
    left join facts.services as services on named.repository = services.repository
    where named.service is null and services.service is null
),

claims as (
    select distinct
        candidates.source,
        candidates.incident_id,
        candidates.claimed_by as service
    from candidates
    left join config.services as settings on candidates.claimed_by = settings.service
    where
        coalesce(settings.incident_source, candidates.source) = candidates.source
        and (
            settings.incident_label_pattern is null
            or regexp_matches(candidates.labels, settings.incident_label_pattern)
        )
)

select
    case
        when
            min(incidents.source) over (partition by incidents.incident_id)
            <> max(incidents.source) over (partition by incidents.incident_id)
            then concat(incidents.source, ':', incidents.incident_id)
        else incidents.incident_id
    end as incident_id,
    claims.service,
    incidents.severity,
    incidents.started_at,
    case
        when incidents.acknowledged_at <= cut.cut_at then incidents.acknowledged_at
    end as acknowledged_at,
    case when incidents.resolved_at <= cut.cut_at then incidents.resolved_at end as resolved_at,
    incidents.deployment_id,
    incidents.title,
    incidents.mentions,
    incidents.raised_by,
    incidents.source,
    incidents.url
from facts.told_incidents as incidents
left join claims
    on incidents.source = claims.source and incidents.incident_id = claims.incident_id
cross join facts.cut as cut
where incidents.started_at <= cut.cut_at
