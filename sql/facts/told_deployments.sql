-- One row per deployment that a source tells of, and per run or release that may stand for one.
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
--   rolls_back_to      Deployment or version that this one goes back to, as told.
--   url                Page at the source.

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
    coalesce(created_at, started_at, finished_at) as born_at,
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
    cast(null as text) as rolls_back_to,
    url
from staging.hosts__runs
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
    cast(null as text) as rolls_back_to,
    url
from staging.hosts__releases
