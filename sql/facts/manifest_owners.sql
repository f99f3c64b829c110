-- One row per manifest and service that it is of, now or in any change that was read.
-- Of its own repository every manifest is its own, or those that its paths or its name say are,
-- where it shares the repository; of another repository those that `manifests` names, else those
-- that `manifests` gives to nobody, below a folder or file that has the service's name.
--
-- grain: repository, path, service
--   repository         Repository of the manifest.
--   path               Path of the manifest.
--   service            Service.
--   holder             Team that the configuration says has the repository; null where it does not.

-- A pattern that is no literal is compiled for every row, so it meets each path once.
with manifests as (
    select
        repository,
        path
    from facts.changed_files
    where topic = 'topology'
    union
    select
        repository,
        path
    from staging.git__head_files
),

named as (
    select distinct
        manifests.repository,
        manifests.path,
        lower(part.name) as name
    from manifests
    cross join
        unnest(string_split(regexp_replace(manifests.path, '[.][^/.]+$', ''), '/')) as part (name)
),

names as (
    select
        service,
        lower(service) as name
    from facts.services
    union
    select
        service,
        lower(alias) as name
    from config.aliases
),

placed as (
    select distinct service from config.manifests
),

held as (
    select
        repository,
        repository as name
    from manifests
    union
    select
        repository,
        name
    from facts.repositories
),

configured as (
    select
        settings.service,
        manifests.repository,
        manifests.path,
        settings.team as holder
    from manifests
    inner join held on manifests.repository = held.repository
    inner join config.manifests as settings on held.name = settings.repository
    where
        settings.path_pattern is null
        or regexp_matches(manifests.path, settings.path_pattern)
),

takers as (
    select
        services.service,
        manifests.repository,
        manifests.path,
        cast(null as text) as holder
    from manifests
    inner join facts.services as services on manifests.repository = services.repository
    where
        services.path_pattern is null
        or regexp_matches(manifests.path, services.path_pattern)
    union
    select
        service,
        repository,
        path,
        holder
    from configured
    union
    select
        names.service,
        named.repository,
        named.path,
        cast(null as text) as holder
    from named
    inner join names on named.name = names.name
    inner join facts.services as services on names.service = services.service
    left join placed on names.service = placed.service
    left join configured
        on named.repository = configured.repository and named.path = configured.path
    where
        placed.service is null
        and configured.service is null
        and (services.repository <> named.repository or services.path_pattern is not null)
)

select
    repository,
    path,
    service,
    max(holder) as holder
from takers
group by repository, path, service
