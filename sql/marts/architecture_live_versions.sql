-- One row per service and production environment: how long it ran another version than the others.
-- While a version goes from region to region they differ as they should: what lies between the
-- first start and the last end of one counted deployment is left out.
--
-- grain: service, environment
--   service             Service.
--   environment         Production environment, such as a region.
--   version_key         What runs there: commit, else version; null where unknown.
--   version_count       Versions that run in the service's production now.
--   apart_hours         Hours of the last 365 days with another version elsewhere, no rollout on.
--   observed_at         End of its latest deployment, UTC.
--   evidence_url        Its page.

with ends as (
    select
        deployments.service,
        deployments.environment,
        deployments.finished_at,
        deployments.deployment_id,
        coalesce(deployments.commit_sha, deployments.version) as version_key,
        deployments.url
    from facts.deployments as deployments
    where deployments.is_production and deployments.status = 'success'
),

-- Where there is one environment nothing can be apart.
several as (
    select
        ends.service,
        max(run.as_of) - interval 365 day as since_at,
        max(run.as_of) as now_at
    from ends
    cross join config.run as run
    group by ends.service
    having count(distinct ends.environment) > 1
),

spans as (
    select
        deployments.service,
        min(coalesce(deployments.started_at, deployments.finished_at)) as from_at,
        max(deployments.finished_at) as until_at
    from facts.deployments as deployments
    where deployments.rollout_id is not null
    group by deployments.service, deployments.rollout_id
),

moments as (
    select
        ends.service,
        ends.finished_at as moment
    from ends
    inner join several
        on ends.service = several.service and ends.finished_at > several.since_at
    union
    select
        spans.service,
        spans.from_at as moment
    from spans
    inner join several
        on spans.service = several.service and spans.from_at > several.since_at
    union
    select
        service,
        since_at as moment
    from several
),

pieces as (
    select
        moments.service,
        moments.moment as from_at,
        coalesce(
            lead(moments.moment) over (partition by moments.service order by moments.moment),
            several.now_at
        ) as until_at
    from moments
    inner join several on moments.service = several.service
),

quiet as (
    select pieces.*
    from pieces
    left join spans
        on
            pieces.service = spans.service
            and spans.from_at < pieces.until_at
            and spans.until_at > pieces.from_at
    where spans.service is null and pieces.until_at > pieces.from_at
),

-- What each environment runs from each of its deployments to its next one.
lives as (
    select
        *,
        lead(finished_at) over (
            partition by service, environment order by finished_at, deployment_id
        ) as next_at
    from ends
),

running as (
    select
        quiet.service,
        quiet.from_at,
        quiet.until_at,
        lives.environment,
        lives.version_key,
        min(lives.version_key) over (partition by quiet.service, quiet.from_at) as one_version,
        max(lives.version_key) over (partition by quiet.service, quiet.from_at) as other_version
    from quiet
    inner join lives
        on
            quiet.service = lives.service
            and lives.finished_at <= quiet.from_at
            and coalesce(lives.next_at, quiet.until_at) >= quiet.until_at
),

apart as (
    select
        service,
        environment,
        sum(cast(epoch(until_at) - epoch(from_at) as bigint)) as apart_s
    from running
    where one_version <> other_version
    group by service, environment
),

now_running as (
    select *
    from lives
    where next_at is null
),

versions as (
    select
        service,
        count(distinct version_key) as version_count
    from now_running
    group by service
)

select
    now_running.service,
    now_running.environment,
    now_running.version_key,
    versions.version_count,
    coalesce(apart.apart_s, 0) / 3600 as apart_hours,
    now_running.finished_at as observed_at,
    now_running.url as evidence_url
from now_running
inner join versions on now_running.service = versions.service
left join apart
    on now_running.service = apart.service and now_running.environment = apart.environment
