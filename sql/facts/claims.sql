-- One row per service and thing at a code host that stands for deployments of the service.
-- Services that share a repository each have the environments that are their production; an
-- environment that is nobody's production, such as staging, all of them have. A release is one
-- whatever it is called, unless the configuration says which tags are the service's releases.
--
-- grain: source, repository, told_by, environment, tier, name, path, service
--   source             Name of the source in the configuration.
--   repository         Repository.
--   told_by            deployments, runs or releases.
--   environment        Environment; production where none is named.
--   tier               Kind of environment as the source tells it; empty where it does not.
--   name               Name of the run, or tag of the release; empty elsewhere.
--   path               File of the run; empty elsewhere.
--   service            Service.
--   is_production      True when the environment counts as the service's production.

-- A pattern that is no literal is compiled for every row, so it meets distinct names alone.
with things as (
    select distinct
        source,
        repository,
        told_by,
        coalesce(environment, 'production') as environment,
        coalesce(tier, '') as tier,
        case when told_by <> 'deployments' then coalesce(name, '') else '' end as name,
        case when told_by = 'runs' then coalesce(path, '') else '' end as path
    from facts.told_deployments
    where service is null
),

takers as (
    select
        things.*,
        services.service,
        settings.run_pattern,
        case
            when settings.tag_pattern <> calendar.tag_pattern then settings.tag_pattern
        end as tag_pattern,
        coalesce(settings.production_pattern, calendar.production_pattern) as production_pattern
    from things
    inner join facts.services as services
        on
            things.repository = services.repository
            and things.source = services.deployment_source
            and things.told_by = services.told_by
    left join config.services as settings on services.service = settings.service
    cross join config.calendar as calendar
),

claims as (
    select
        *,
        regexp_matches(environment, production_pattern)
        or regexp_matches(tier, production_pattern) as is_production
    from takers
    where
        case told_by
            when 'runs' then regexp_matches(name, run_pattern) or regexp_matches(path, run_pattern)
            when 'releases' then tag_pattern is null or regexp_matches(name, tag_pattern)
            else true
        end
)

select
    source,
    repository,
    told_by,
    environment,
    tier,
    name,
    path,
    service,
    is_production
from claims
qualify
    told_by <> 'deployments'
    or is_production
    or not bool_or(is_production) over (
        partition by source, repository, told_by, environment, tier
    )
