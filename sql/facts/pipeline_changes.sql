-- One row per service and commit on the default branch that changed a pipeline of its repository,
-- and whether a merged, reviewed change brought it.
-- Without any record of changes of the repository, whether it was reviewed is not known.
--
-- grain: service, repository, commit_sha
--   service            Service.
--   repository         Repository.
--   commit_sha         Commit.
--   paths              Files of pipelines that it changed, blank between.
--   landed_at          On the default branch since, UTC.
--   is_bot             True when a bot is its author; null without an author.
--   change_id          Change that brought it; null where none is known.
--   is_reviewed        yes, no or unknown.
--   evidence_url       Page of the change; null without one.

with files as (
    select
        repository,
        sha,
        string_agg(path, ' ' order by path) as paths
    from facts.changed_files
    where topic = 'pipeline'
    group by repository, sha
),

recorded as (
    select distinct repository
    from facts.pull_requests
    where merged_at is not null
),

landing as (
    select
        repository,
        merge_sha,
        change_id,
        approved_at,
        url
    from facts.pull_requests
    where merge_sha is not null and merged_at is not null
    qualify row_number() over (
        partition by repository, merge_sha order by approved_at, change_id
    ) = 1
)

select
    services.service,
    files.repository,
    files.sha as commit_sha,
    files.paths,
    landings.landed_at,
    commits.is_bot,
    requests.change_id,
    case
        when requests.approved_at is not null then 'yes'
        when recorded.repository is null then 'unknown'
        else 'no'
    end as is_reviewed,
    requests.url as evidence_url
from files
inner join facts.commits as commits
    on files.repository = commits.repository and files.sha = commits.sha
inner join facts.commit_landings as landings
    on files.repository = landings.repository and files.sha = landings.sha
inner join facts.services as services on files.repository = services.repository
left join facts.rebased_commits as rebased
    on files.repository = rebased.repository and files.sha = rebased.sha
left join landing as requests
    on
        files.repository = requests.repository
        and coalesce(rebased.merge_sha, landings.landed_by) = requests.merge_sha
left join recorded on files.repository = recorded.repository
