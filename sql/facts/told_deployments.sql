-- One row per deployment that a source tells of, and per run or release that may stand for one.
-- A run that never began, such as a job that waits for somebody to start it, is none.
--
-- grain: source, deployment_id
--   source             Name of the source in the configuration.
--   deployment_id      The source's own id.
--   told_by            deployments, runs or releases: what of the source tells it.
--   service            Service as the source names it; null where the repository tells.
--   name               Name of the run, or tag of the release; null for a deployment.
--   path               File of the run; null elsewhere.
--   environment        Environment as the source names it; null where it has none.
--   tier               Kind of environment where the source tells it, such as production.
--   status             success, failure, cancelled or in_progress.
--   born_at            First that is known of it, UTC.
--   started_at         Start, UTC; null where unknown.
--   finished_at        End, UTC; null while in progress.
--   failed_at          First failure, if only a later success is its end, UTC; else null.
--   cancelled_at       First cancellation, if only something later is its end, UTC; else null.
--   repository         Repository of the deployed commit; null where unknown.
--   commit_sha         Deployed commit; null where unknown.
--   version            Deployed version; null where unknown.
--   is_pre_release     True for a release that is not meant for all.
--   trigger            manual or automatic; null where unknown.
--   is_bot             True when a bot made it; null without an author.
--   strategy           rolling, blue_green, canary, recreate or unknown.
--   artifact_digest    Digest of what runs, sha256: and 64 digits; null where unknown.
--   rolls_back_to      Deployment or version that this one goes back to, as told.
--   url                Page at the source.

-- What a code host's API says of a deployment wins over what its webhooks said: it is whole.
with polled as (
    select
        source,
        deployment_id
    from staging.hosts__deployments
    union all
    select
        source,
        run_id as deployment_id
    from staging.hosts__runs
    union all
    select
        source,
        release_id as deployment_id
    from staging.hosts__releases
),

-- Webhooks call a repository what it is called now, all else what it was called at first.
placed as (
    select
        events.*,
        sources.host,
        coalesce(repositories.repository, events.repository) as known_repository
    from staging.events__deployments as events
    inner join config.sources as sources on events.source = sources.source
    left join facts.repositories as repositories on events.repository = repositories.name
    where not events.is_removed
),

identified as (
    select
        *,
        case
            when starts_with(subject_id, concat(host, '/', repository, '/'))
                then
                    concat(
                        host, '/', known_repository,
                        substr(subject_id, length(concat(host, '/', repository)) + 1)
                    )
            else subject_id
        end as thing_id,
        count(*) over (partition by source, subject_id) as service_count
    from placed
),

pushed as (
    select
        identified.source,
        case
            when identified.service_count > 1
                then concat(identified.thing_id, '@', identified.service)
            else identified.thing_id
        end as deployment_id,
        identified.kind as told_by,
        nullif(identified.service, '') as service,
        identified.name,
        identified.path,
        case
            when identified.service <> ''
                then coalesce(identified.environment, 'production')
            else identified.environment
        end as environment,
        identified.tier,
        identified.status,
        identified.started_at,
        identified.finished_at,
        identified.known_repository as repository,
        identified.commit_sha,
        identified.version,
        identified.is_pre_release,
        identified.trigger,
        identified.is_bot,
        identified.strategy,
        identified.artifact_digest,
        identified.rolls_back_to,
        identified.url
    from identified
    left join polled
        on identified.source = polled.source and identified.thing_id = polled.deployment_id
    where
        polled.deployment_id is null
        and (identified.service <> '' or identified.repository is not null)
),

-- A pattern that is no literal is compiled for every row, so it meets each name once.
change_names as (
    select distinct
        source,
        name
    from staging.pagers__deployments
),

deploying_names as (
    select
        change_names.source,
        change_names.name
    from change_names
    inner join config.incident_rules as rules
        on
            change_names.source = rules.source
            and rules.kind = 'deployment'
            and rules.does = 'only'
            and regexp_matches(change_names.name, rules.pattern)
),

deploying_changes as (
    select changes.*
    from staging.pagers__deployments as changes
    inner join deploying_names
        on changes.source = deploying_names.source and changes.name = deploying_names.name
)

select
    source,
    deployment_id,
    'deployments' as told_by,
    service,
    cast(null as text) as name,
    cast(null as text) as path,
    environment,
    cast(null as text) as tier,
    status,
    coalesce(started_at, finished_at) as born_at,
    started_at,
    finished_at,
    cast(null as timestamptz) as failed_at,
    cast(null as timestamptz) as cancelled_at,
    repository,
    commit_sha,
    version,
    false as is_pre_release,
    trigger,
    is_bot,
    strategy,
    artifact_digest,
    rolls_back_to,
    url
from staging.files__deployments
union all
select
    source,
    deployment_id,
    'deployments' as told_by,
    cast(null as text) as service,
    cast(null as text) as name,
    cast(null as text) as path,
    environment,
    tier,
    status,
    coalesce(created_at, started_at, finished_at) as born_at,
    started_at,
    finished_at,
    case when failed_at < finished_at then failed_at end as failed_at,
    case when cancelled_at < finished_at then cancelled_at end as cancelled_at,
    repository,
    commit_sha,
    version,
    false as is_pre_release,
    cast(null as text) as trigger,
    is_bot,
    'unknown' as strategy,
    cast(null as text) as artifact_digest,
    cast(null as text) as rolls_back_to,
    url
from staging.hosts__deployments
union all
select
    source,
    run_id as deployment_id,
    'runs' as told_by,
    cast(null as text) as service,
    name,
    path,
    environment,
    cast(null as text) as tier,
    status,
    coalesce(started_at, finished_at) as born_at,
    started_at,
    finished_at,
    cast(null as timestamptz) as failed_at,
    cast(null as timestamptz) as cancelled_at,
    repository,
    commit_sha,
    cast(null as text) as version,
    false as is_pre_release,
    trigger,
    is_bot,
    'unknown' as strategy,
    cast(null as text) as artifact_digest,
    cast(null as text) as rolls_back_to,
    url
from staging.hosts__runs
where coalesce(started_at, finished_at) is not null
union all
select
    source,
    release_id as deployment_id,
    'releases' as told_by,
    cast(null as text) as service,
    tag as name,
    cast(null as text) as path,
    cast(null as text) as environment,
    cast(null as text) as tier,
    'success' as status,
    published_at as born_at,
    cast(null as timestamptz) as started_at,
    published_at as finished_at,
    cast(null as timestamptz) as failed_at,
    cast(null as timestamptz) as cancelled_at,
    repository,
    commit_sha,
    tag as version,
    is_pre_release,
    cast(null as text) as trigger,
    is_bot,
    'unknown' as strategy,
    cast(null as text) as artifact_digest,
    cast(null as text) as rolls_back_to,
    url
from staging.hosts__releases
union all
select
    source,
    deployment_id,
    'deployments' as told_by,
    service,
    name,
    cast(null as text) as path,
    environment,
    cast(null as text) as tier,
    status,
    finished_at as born_at,
    cast(null as timestamptz) as started_at,
    finished_at,
    cast(null as timestamptz) as failed_at,
    cast(null as timestamptz) as cancelled_at,
    repository,
    commit_sha,
    version,
    false as is_pre_release,
    cast(null as text) as trigger,
    cast(null as boolean) as is_bot,
    'unknown' as strategy,
    cast(null as text) as artifact_digest,
    cast(null as text) as rolls_back_to,
    url
from deploying_changes
union all
select
    source,
    deployment_id,
    told_by,
    service,
    name,
    path,
    environment,
    tier,
    status,
    coalesce(started_at, finished_at) as born_at,
    started_at,
    finished_at,
    cast(null as timestamptz) as failed_at,
    cast(null as timestamptz) as cancelled_at,
    repository,
    commit_sha,
    version,
    is_pre_release,
    trigger,
    is_bot,
    strategy,
    artifact_digest,
    rolls_back_to,
    url
from pushed
