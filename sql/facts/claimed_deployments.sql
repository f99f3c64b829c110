-- One row per deployment of one service to one environment, as its source tells it at the cut.
-- A service takes its deployments from exactly one source. On a plain clone a release tag is a
-- deployment to production at the tag's time; so is a release of a code host, where a service has
-- chosen releases, and a run that deploys, unless it names another environment.
--
-- grain: deployment_id
--   deployment_id      The source's own id, led by the source where two sources use the same one.
--   native_id          The source's own id.
--   source             Name of the source in the configuration.
--   service            Service.
--   environment        Environment as the source names it.
--   is_production      True when the environment counts as production.
--   repository         Repository of the deployed commit; null where unknown.
--   commit_sha         Deployed commit; null where unknown.
--   version            Deployed version; null where unknown.
--   version_key        Commit, else version, else null: what makes two deployments the same.
--   born_at            First that is known of it, UTC.
--   started_at         Start, UTC; null where unknown.
--   finished_at        End, UTC; null while in progress.
--   status             success, failure, cancelled or in_progress, as it was at the cut.
--   trigger            manual or automatic; null where unknown.
--   is_bot             True when a bot deployed; null where unknown.
--   strategy           rolling, blue_green, canary, recreate or unknown.
--   artifact_digest    Digest of what runs, sha256: and 64 digits; null where unknown.
--   rolls_back_to      Deployment or version that this one goes back to, as told.
--   is_tag             True when a release tag stands for it.
--   major              First number of the tag's version.
--   minor              Second number of the tag's version.
--   patch              Third number of the tag's version.
--   url                Page at the source.

with hosted as (
    select
        claims.service as claimed_by,
        claims.is_production,
        deployments.*,
        count(*) over (partition by deployments.source, deployments.deployment_id) as claim_count
    from facts.told_deployments as deployments
    inner join facts.claims as claims
        on
            deployments.source = claims.source
            and deployments.repository = claims.repository
            and deployments.told_by = claims.told_by
            and coalesce(deployments.environment, 'production') = claims.environment
            and coalesce(deployments.tier, '') = claims.tier
            and case
                when deployments.told_by <> 'deployments' then coalesce(deployments.name, '')
                else ''
            end = claims.name
            and case
                when deployments.told_by = 'runs' then coalesce(deployments.path, '') else ''
            end = claims.path
    left join config.services as settings on claims.service = settings.service
    where
        deployments.service is null
        and (not deployments.is_pre_release or coalesce(settings.has_pre_releases, false))
),

told as (
    select
        deployments.deployment_id,
        deployments.deployment_id as native_id,
        deployments.source,
        coalesce(aliases.service, deployments.service) as service,
        deployments.environment,
        cast(null as boolean) as is_production,
        deployments.repository,
        deployments.commit_sha,
        deployments.version,
        deployments.born_at,
        deployments.started_at,
        deployments.finished_at,
        deployments.failed_at,
        deployments.cancelled_at,
        deployments.status,
        deployments.trigger,
        deployments.is_bot,
        deployments.strategy,
        deployments.artifact_digest,
        deployments.rolls_back_to,
        false as is_tag,
        cast(null as bigint) as major,
        cast(null as bigint) as minor,
        cast(null as bigint) as patch,
        deployments.url
    from facts.told_deployments as deployments
    left join config.aliases as aliases on deployments.service = aliases.alias
    where deployments.service is not null
    union all
    select
        case
            when hosted.claim_count > 1 then concat(hosted.deployment_id, '@', hosted.claimed_by)
            else hosted.deployment_id
        end as deployment_id,
        hosted.deployment_id as native_id,
        hosted.source,
        hosted.claimed_by as service,
        coalesce(hosted.environment, 'production') as environment,
        hosted.is_production,
        hosted.repository,
        hosted.commit_sha,
        hosted.version,
        hosted.born_at,
        hosted.started_at,
        hosted.finished_at,
        hosted.failed_at,
        hosted.cancelled_at,
        hosted.status,
        hosted.trigger,
        hosted.is_bot,
        hosted.strategy,
        hosted.artifact_digest,
        hosted.rolls_back_to,
        false as is_tag,
        cast(null as bigint) as major,
        cast(null as bigint) as minor,
        cast(null as bigint) as patch,
        hosted.url
    from hosted
    union all
    select
        concat(services.service, '@', tags.tag) as deployment_id,
        concat(services.service, '@', tags.tag) as native_id,
        tags.source,
        services.service,
        'production' as environment,
        true as is_production,
        tags.repository,
        tags.sha as commit_sha,
        tags.tag as version,
        tags.tagged_at as born_at,
        cast(null as timestamptz) as started_at,
        tags.tagged_at as finished_at,
        cast(null as timestamptz) as failed_at,
        cast(null as timestamptz) as cancelled_at,
        'success' as status,
        cast(null as text) as trigger,
        cast(null as boolean) as is_bot,
        'unknown' as strategy,
        cast(null as text) as artifact_digest,
        cast(null as text) as rolls_back_to,
        true as is_tag,
        tags.major,
        tags.minor,
        tags.patch,
        cast(null as text) as url
    from staging.git__tags as tags
    inner join facts.services as services on tags.source = services.deployment_source
    inner join config.services as settings
        on
            services.service = settings.service
            and regexp_matches(tags.tag, settings.tag_pattern)
    inner join config.sources as sources on tags.source = sources.source
    where
        (not tags.is_pre_release or settings.has_pre_releases)
        and (
            sources.host is null
            or (services.told_by = 'tags' and tags.repository = services.repository)
        )
),

-- A pattern that is no literal is compiled for every row, so it meets each environment once.
environments as (
    select distinct
        service,
        environment
    from told
    where is_production is null
),

places as (
    select
        environments.service,
        environments.environment,
        regexp_matches(
            environments.environment,
            coalesce(settings.production_pattern, calendar.production_pattern)
        ) as is_production
    from environments
    left join config.services as settings on environments.service = settings.service
    cross join config.calendar as calendar
),

claimed as (
    select
        told.*,
        coalesce(told.repository, services.repository) as known_repository,
        coalesce(told.is_production, places.is_production, false) as counts_as_production,
        min(told.source) over (partition by told.deployment_id) as first_source,
        max(told.source) over (partition by told.deployment_id) as last_source
    from told
    inner join facts.services as services
        on told.service = services.service and told.source = services.deployment_source
    left join places
        on told.service = places.service and told.environment = places.environment
)

select
    case
        when claimed.first_source <> claimed.last_source
            then concat(claimed.source, ':', claimed.deployment_id)
        else claimed.deployment_id
    end as deployment_id,
    claimed.native_id,
    claimed.source,
    claimed.service,
    claimed.environment,
    claimed.counts_as_production as is_production,
    claimed.known_repository as repository,
    claimed.commit_sha,
    claimed.version,
    coalesce(claimed.commit_sha, claimed.version) as version_key,
    claimed.born_at,
    case
        when claimed.started_at > cut.cut_at then claimed.born_at
        else claimed.started_at
    end as started_at,
    case
        when claimed.finished_at <= cut.cut_at then claimed.finished_at
        when claimed.failed_at <= cut.cut_at then claimed.failed_at
        when claimed.cancelled_at <= cut.cut_at then claimed.cancelled_at
    end as finished_at,
    case
        when claimed.finished_at <= cut.cut_at then claimed.status
        when claimed.failed_at <= cut.cut_at then 'failure'
        when claimed.cancelled_at <= cut.cut_at then 'cancelled'
        else 'in_progress'
    end as status,
    claimed.trigger,
    claimed.is_bot,
    claimed.strategy,
    claimed.artifact_digest,
    claimed.rolls_back_to,
    claimed.is_tag,
    claimed.major,
    claimed.minor,
    claimed.patch,
    claimed.url
from claimed
cross join facts.cut as cut
where claimed.born_at <= cut.cut_at
