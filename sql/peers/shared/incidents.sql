-- One row per scope and incident. One that no service claims is the organisation's, and the only
-- service's where there is just one.
--
-- grain: scope, name, incident_id
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   incident_id        Incident.
--   opened_at          Start, UTC.
--   opened_on          Day of the start in the calendar's zone.
--   resolved_at        Resolved, UTC; null while open.
--   resolved_on        Day of that in the calendar's zone.

with only_services as (
    select
        min(service) as service,
        count(*) as service_count
    from facts.services
),

incidents as (
    select
        incidents.incident_id,
        incidents.started_at,
        incidents.resolved_at,
        coalesce(
            incidents.service, case when singles.service_count = 1 then singles.service end
        ) as service,
        cast(incidents.started_at at time zone chosen.time_zone as date) as opened_on,
        cast(incidents.resolved_at at time zone chosen.time_zone as date) as resolved_on
    from facts.incidents as incidents
    cross join only_services as singles
    cross join chosen.span as chosen
),

owned as (
    select
        scopes.scope,
        scopes.name,
        incidents.*
    from incidents
    inner join facts.scopes as scopes
        on
            incidents.service = scopes.service
            and incidents.opened_on >= scopes.from_on
            and incidents.opened_on < scopes.until_on
    union all
    select
        'organisation' as scope,
        'organisation' as name,
        incidents.*
    from incidents
    where service is null
)

select distinct
    owned.scope,
    owned.name,
    owned.incident_id,
    owned.started_at as opened_at,
    owned.opened_on,
    owned.resolved_at,
    owned.resolved_on
from owned
inner join chosen.scopes as chosen on owned.scope = chosen.scope and owned.name = chosen.name
