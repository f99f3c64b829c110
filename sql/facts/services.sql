-- One row per service: those of the configuration, else every one that the data names.
--
-- grain: service
--   service            Name.
--   team               Its team at the cut; null without one.
--   tier               1 is the most critical; null where not said.
--   repository         Repository of its code; null where unknown.
--   path_pattern       Paths of the repository that are its own, as a regular expression.
--   retired_on         From this day on it is out of service; null while in service.
--   is_configured      True when the configuration names it.
--   deployment_source  The one source that its deployments are taken from.

with named as (
    select deployments.service
    from staging.files__deployments as deployments
    cross join facts.cut as cut
    where coalesce(deployments.started_at, deployments.finished_at) <= cut.cut_at
    union
    select changes.service
    from staging.files__changes as changes
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
    from staging.files__incidents as incidents
    cross join facts.cut as cut
    where incidents.started_at <= cut.cut_at
),

found as (
    select distinct named.service
    from named
    cross join config.calendar as calendar
    left join config.aliases as aliases on named.service = aliases.alias
    where calendar.has_named_services and named.service is not null and aliases.service is null
),

every_service as (
    select
        service,
        tier,
        repository,
        path_pattern,
        retired_on,
        true as is_configured,
        deployment_source
    from config.services
    union all
    select
        service,
        null as tier,
        null as repository,
        null as path_pattern,
        null as retired_on,
        false as is_configured,
        null as deployment_source
    from found
),

told as (
    select
        coalesce(aliases.service, deployments.service) as service,
        sources.source,
        sources.position,
        max(deployments.repository) as repository
    from staging.files__deployments as deployments
    inner join config.sources as sources on deployments.source = sources.source
    left join config.aliases as aliases on deployments.service = aliases.alias
    cross join facts.cut as cut
    where coalesce(deployments.started_at, deployments.finished_at) <= cut.cut_at
    group by coalesce(aliases.service, deployments.service), sources.source, sources.position
),

first_told as (
    select *
    from told
    qualify row_number() over (partition by service order by position) = 1
),

current_teams as (
    select
        teams.service,
        teams.team
    from config.service_teams as teams
    cross join facts.cut as cut
    cross join config.calendar as calendar
    where teams.from_on <= cast(cut.cut_at at time zone calendar.time_zone as date)
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
    coalesce(every_service.deployment_source, first_told.source) as deployment_source
from every_service
left join first_told on every_service.service = first_told.service
left join current_teams on every_service.service = current_teams.service
