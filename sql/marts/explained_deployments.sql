-- One row per service and week with deployments: how many of them explain themselves. One does
-- when its sha or version is known, the clone has the sha (where there is a clone), and it was the
-- first to carry a change or there is a reason why it carried none: it is a rollback, deploys a
-- version again or in another region, or is the first known one, with all that was there before.
--
-- grain: service, starts_on
--   service            Service.
--   starts_on          Monday of the week.
--   ends_on            First day after it.
--   deployment_count   Successful production deployments that ended in the week.
--   identified_count   Of them, those with a sha or a version.
--   found_count        Of those, the ones whose sha is in the clone, or that have no clone.
--   explained_count    Of those, the ones with a change or a reason.
--   explained_rate     Their share of all, 0 to 1.

with known_repositories as (
    select distinct repository
    from facts.commits
),

streams as (
    select
        *,
        row_number() over (
            partition by service, environment order by finished_at, deployment_id
        ) as place,
        row_number() over (
            partition by service, version_key order by finished_at, deployment_id
        ) as version_place
    from facts.deployment_records
    where is_production and status = 'success'
),

judged as (
    select
        streams.service,
        cast(date_trunc('week', deployments.finished_on) as date) as starts_on,
        streams.version_key is not null as is_identified,
        known_repositories.repository is null
        or streams.commit_sha is null
        or commits.sha is not null as is_found,
        deployments.change_count > 0
        or deployments.is_rollback
        or streams.version_place > 1
        or streams.place = 1 as has_reason
    from streams
    inner join facts.deployments as deployments
        on streams.deployment_id = deployments.deployment_id
    left join known_repositories on streams.repository = known_repositories.repository
    left join facts.commits as commits
        on streams.repository = commits.repository and streams.commit_sha = commits.sha
)

select
    service,
    starts_on,
    cast(starts_on + interval 7 day as date) as ends_on,
    count(*) as deployment_count,
    count(*) filter (where is_identified) as identified_count,
    count(*) filter (where is_identified and is_found) as found_count,
    count(*) filter (where is_identified and is_found and has_reason) as explained_count,
    count(*) filter (where is_identified and is_found and has_reason) / nullif(count(*), 0)
        as explained_rate
from judged
group by service, starts_on
