-- One row per moment at which an agent compared what runs with what is declared.
--
-- grain: sync_id
--   sync_id            The source's own id, led by the source.
--   service            Service.
--   environment        Environment as the source names it.
--   is_production      True when the environment counts as production.
--   tool               The agent, such as argo_cd or flux; null where unknown.
--   changed_at         When it was so, UTC.
--   revision           Revision of what is declared; null where unknown.
--   state              synced or out_of_sync.
--   source             Name of the source in the configuration.
--   url                Page at the source.

with told as (
    select
        syncs.*,
        services.service as known_service
    from staging.delivery__agent_syncs as syncs
    left join config.aliases as aliases on syncs.service = aliases.alias
    inner join facts.services as services
        on coalesce(aliases.service, syncs.service) = services.service
    cross join facts.cut as cut
    where syncs.changed_at <= cut.cut_at and syncs.state in ('synced', 'out_of_sync')
),

environments as (
    select distinct
        known_service,
        environment
    from told
),

places as (
    select
        environments.known_service,
        environments.environment,
        regexp_matches(
            environments.environment,
            coalesce(settings.production_pattern, calendar.production_pattern)
        ) as is_production
    from environments
    left join config.services as settings on environments.known_service = settings.service
    cross join config.calendar as calendar
)

select
    concat(told.source, ':', told.sync_id) as sync_id,
    told.known_service as service,
    told.environment,
    places.is_production,
    told.tool,
    told.changed_at,
    told.revision,
    told.state,
    told.source,
    told.url
from told
inner join places
    on told.known_service = places.known_service and told.environment = places.environment
