-- One row per service: those of the configuration, else every one that the data names, and every
-- repository of a code host that deploys or releases something.
-- A service takes its deployments from one source: the configured one, else the first that has
-- any; of a code host from its deployments, else its releases, else its tags. What tells of
-- deployments goes before another source's releases and tags, which only stand for them.
--
-- grain: service
--   service            Name.
--   team               Its team now; null without one.
--   tier               1 is the most critical; null where not said.
--   repository         Repository of its code; null where unknown.
--   path_pattern       Paths of the repository that are its own, as a regular expression.
--   retired_on         From this day on it is out of service; null while in service.
--   is_configured      True when the configuration names it.
--   deployment_source  The one source that its deployments are taken from.
--   told_by            deployments, runs, releases or tags: what of that source tells them.

with named as (
    select deployments.service
    from facts.told_deployments as deployments
    cross join facts.cut as cut
    where deployments.born_at <= cut.cut_at
    union
    select deployments.repository as service
    from facts.told_deployments as deployments
    cross join facts.cut as cut
    where
        deployments.service is null
        and deployments.born_at <= cut.cut_at
    union
    select changes.service
    from facts.told_changes as changes
    cross join facts.cut as cut
    where
        coalesce(
            changes.opened_at,
            changes.first_commit_at,
            changes.first_review_at,
            changes.approved_at,
            changes.merged_at
        ) <= cut.cut_at
    union
    select incidents.service
    from facts.told_incidents as incidents
    cross join facts.cut as cut
    where incidents.started_at <= cut.cut_at
),

-- A repository that deploys something is a service under the name by which all tables know it,
-- which another repository may have by now.
scopes as (
    select distinct repository
    from facts.told_deployments
    where service is null
),

found as (
    select distinct
        named.service,
        coalesce(scopes.repository, repositories.repository) as repository
    from named
    cross join config.calendar as calendar
    left join config.aliases as aliases on named.service = aliases.alias
    left join scopes on named.service = scopes.repository
    left join facts.repositories as repositories on named.service = repositories.name
    where calendar.has_named_services and named.service is not null and aliases.service is null
),

-- Hosts let names be written in any case, and so does the configuration.
folded as (
    select
        lower(name) as name,
        min(repository) as repository
    from facts.repositories
    where not is_gone
    group by lower(name)
    having count(distinct repository) = 1
),

every_service as (
    select
        settings.service,
        settings.tier,
        coalesce(repositories.repository, folded.repository, settings.repository) as repository,
        settings.path_pattern,
        settings.retired_on,
        true as is_configured,
        settings.deployment_source,
        settings.told_by,
        settings.production_pattern,
        settings.run_pattern,
        settings.tag_pattern,
        settings.has_pre_releases
    from config.services as settings
    left join facts.repositories as repositories on settings.repository = repositories.name
    left join folded on lower(settings.repository) = folded.name
    union all
    select
        found.service,
        null as tier,
        found.repository,
        null as path_pattern,
        null as retired_on,
        false as is_configured,
        null as deployment_source,
        null as told_by,
        calendar.production_pattern,
        null as run_pattern,
        null as tag_pattern,
        false as has_pre_releases
    from found
    cross join config.calendar as calendar
),

-- A pattern that is no literal is compiled for every row, so it meets distinct names alone.
hosted as (
    select
        deployments.source,
        deployments.told_by,
        deployments.repository,
        deployments.environment,
        deployments.tier,
        case when deployments.told_by <> 'deployments' then deployments.name end as name,
        deployments.path,
        deployments.is_pre_release
    from facts.told_deployments as deployments
    cross join facts.cut as cut
    where
        deployments.service is null
        and deployments.born_at <= cut.cut_at
    group by all
    union
    select
        tags.source,
        'tags' as told_by,
        tags.repository,
        null as environment,
        null as tier,
        tags.tag as name,
        null as path,
        tags.is_pre_release
    from staging.git__tags as tags
    inner join config.sources as sources on tags.source = sources.source
    cross join facts.cut as cut
    where sources.host is not null and tags.tagged_at <= cut.cut_at
),

told as (
    select
        coalesce(aliases.service, deployments.service) as service,
        sources.source,
        sources.position,
        cast(null as text) as told_by,
        0 as place,
        max(deployments.repository) as repository
    from facts.told_deployments as deployments
    inner join config.sources as sources on deployments.source = sources.source
    left join config.aliases as aliases on deployments.service = aliases.alias
    cross join facts.cut as cut
    where
        deployments.service is not null
        and deployments.born_at <= cut.cut_at
    group by coalesce(aliases.service, deployments.service), sources.source, sources.position
    union all
    select distinct
        services.service,
        sources.source,
        sources.position,
        hosted.told_by,
        case hosted.told_by
            when 'runs' then 1 when 'deployments' then 2 when 'releases' then 3 else 4
        end as place,
        services.repository
    from hosted
    inner join every_service as services
        on
            hosted.repository = services.repository
            and hosted.source = coalesce(services.deployment_source, hosted.source)
            and hosted.told_by = coalesce(services.told_by, hosted.told_by)
    inner join config.sources as sources on hosted.source = sources.source
    cross join config.calendar as calendar
    where
        (services.has_pre_releases or not hosted.is_pre_release)
        and case hosted.told_by
            when 'deployments'
                then
                    regexp_matches(hosted.environment, services.production_pattern)
                    or coalesce(regexp_matches(hosted.tier, services.production_pattern), false)
            when 'runs'
                then
                    coalesce(regexp_matches(hosted.name, services.run_pattern), false)
                    or coalesce(regexp_matches(hosted.path, services.run_pattern), false)
            when 'tags' then coalesce(regexp_matches(hosted.name, services.tag_pattern), false)
            else
                coalesce(services.tag_pattern = calendar.tag_pattern, true)
                or coalesce(regexp_matches(hosted.name, services.tag_pattern), false)
        end
),

first_told as (
    select told.*
    from told
    inner join every_service as services on told.service = services.service
    where
        coalesce(services.deployment_source, told.source) = told.source
        and (
            services.told_by is null
            or told.told_by is null
            or services.told_by = told.told_by
        )
    qualify row_number() over (
        partition by told.service
        order by
            told.told_by in ('releases', 'tags') nulls first,
            told.position,
            told.place,
            told.repository
    ) = 1
),

current_teams as (
    select
        teams.service,
        teams.team
    from config.service_teams as teams
    cross join config.run as run
    cross join config.calendar as calendar
    where teams.from_on <= cast(run.as_of at time zone calendar.time_zone as date)
    qualify row_number() over (partition by teams.service order by teams.from_on desc) = 1
)

select
    every_service.service,
    current_teams.team,
    every_service.tier,
    coalesce(every_service.repository, first_told.repository) as repository,
    every_service.path_pattern,
    every_service.retired_on,
    every_service.is_configured,
    coalesce(every_service.deployment_source, first_told.source) as deployment_source,
    coalesce(every_service.told_by, first_told.told_by) as told_by
from every_service
left join first_told on every_service.service = first_told.service
left join current_teams on every_service.service = current_teams.service
