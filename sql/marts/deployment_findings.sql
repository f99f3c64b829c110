-- One row per thing that is missing from deployments, or contradicts what is known.
--
-- grain: kind, service, subject
--   kind               What is wrong; seeds.finding_kinds says what it does.
--   service            Service that it touches; null where none is known.
--   subject            The row in question.
--   detail             What was found.
--   metrics            Metrics that it touches; null where its kind says so.
--   remedy             How to mend it; null where its kind says so.

with known_repositories as (
    select distinct repository
    from facts.commits
)

select
    'unknown commit' as kind,
    records.service,
    records.deployment_id as subject,
    concat('commit ', records.commit_sha, ' is not in ', records.repository) as detail,
    cast(null as text) as metrics,
    cast(null as text) as remedy
from facts.deployment_records as records
inner join known_repositories on records.repository = known_repositories.repository
left join facts.commits as commits
    on records.repository = commits.repository and records.commit_sha = commits.sha
where records.is_production and records.commit_sha is not null and commits.sha is null
union all
select
    'deployment without a commit' as kind,
    records.service,
    records.deployment_id as subject,
    case
        when records.version is null then 'neither sha nor version is known'
        else concat('only the version ', records.version, ' is known')
    end as detail,
    case when records.version is not null then 'change_lead_time' end as metrics,
    null as remedy
from facts.deployment_records as records
left join known_repositories on records.repository = known_repositories.repository
where
    records.is_production
    and records.status = 'success'
    and records.commit_sha is null
    and (records.version is null or known_repositories.repository is not null)
union all
select
    'deployment never ended' as kind,
    records.service,
    records.deployment_id as subject,
    concat('in progress since ', records.started_at) as detail,
    null as metrics,
    null as remedy
from facts.deployment_records as records
cross join config.run as run
where
    records.is_production
    and records.finished_at is null
    and epoch(run.as_of) - epoch(records.started_at) > 14 * 86400
union all
select
    'deployments that explain nothing' as kind,
    weeks.service,
    weeks.service as subject,
    concat(
        cast(sum(weeks.deployment_count - weeks.explained_count) as bigint), ' of ',
        cast(sum(weeks.deployment_count) as bigint), ' in the last twelve weeks'
    ) as detail,
    null as metrics,
    null as remedy
from marts.explained_deployments as weeks
cross join config.run as run
where weeks.starts_on > cast(run.as_of at time zone run.time_zone as date) - interval 84 day
group by weeks.service
having
    sum(weeks.deployment_count) >= 5
    and sum(weeks.explained_count) < 0.8 * sum(weeks.deployment_count)
