-- One row per service, commit and schema migration that does something: what it does, and the
-- first production deployment that brought it.
-- Of an edited file only what is new in it counts; one that is deleted, and one that takes another
-- back, do nothing. A file of which nothing was read may do anything.
--
-- grain: service, repository, commit_sha, path
--   service            Service whose repository, or whose paths, the commit is of.
--   repository         Repository.
--   commit_sha         Commit.
--   path               Path of the file.
--   tool               Tool that the file is of, by its path.
--   operations         What it does, by names of seeds.operations.
--   kind               contract if any of it is, else unread, else data, else expand.
--   has_down           True with a way down; null where unknown.
--   is_irreversible    True when the version before can not run on after it; null where unknown.
--   landed_at          On the default branch since, UTC; null before that.
--   deployment_id      First production deployment that brought it; null while there is none.
--   deployed_at        End of that deployment, UTC.

with ways_down as (
    select distinct
        repository,
        pair
    from facts.changed_files
    where topic = 'migration' and is_down and status <> 'D'
),

files as (
    select
        files.repository,
        files.sha,
        files.path,
        files.tool,
        coalesce(files.operations, 'unread') as operations,
        case
            when files.pair is null then files.has_down
            else ways_down.pair is not null
        end as has_down
    from facts.changed_files as files
    left join ways_down
        on files.repository = ways_down.repository and files.pair = ways_down.pair
    where files.topic = 'migration' and not files.is_down and files.status <> 'D'
),

judged as (
    select
        files.repository,
        files.sha,
        files.path,
        bool_or(known.kind = 'contract') as has_contract,
        bool_or(coalesce(known.kind, 'unread') = 'unread') as has_unread,
        bool_or(known.kind = 'data') as has_data,
        bool_or(known.takes_back = 'never') as has_loss,
        bool_or(known.takes_back = 'down') as needs_down
    from files
    cross join unnest(string_split(files.operations, ' ')) as done (operation)
    left join seeds.operations as known on done.operation = known.operation
    where files.operations <> ''
    group by files.repository, files.sha, files.path
),

owned as (
    select
        commits.repository,
        commits.sha,
        services.service
    from facts.changed_commits as commits
    inner join facts.services as services on commits.repository = services.repository
    left join facts.commit_owners as owners
        on
            commits.repository = owners.repository
            and commits.sha = owners.sha
            and services.service = owners.service
    where
        commits.has_migration
        and (services.path_pattern is null or owners.sha is not null)
),

carried as (
    select
        commits.service,
        commits.repository,
        commits.sha,
        records.deployment_id,
        records.finished_at
    from facts.deployment_commits as commits
    inner join facts.deployment_records as records
        on commits.deployment_id = records.deployment_id
    where records.is_production
    qualify row_number() over (
        partition by commits.service, commits.repository, commits.sha
        order by records.finished_at, records.deployment_id
    ) = 1
)

select
    owned.service,
    files.repository,
    files.sha as commit_sha,
    files.path,
    files.tool,
    files.operations,
    case
        when judged.has_contract then 'contract'
        when judged.has_unread then 'unread'
        when judged.has_data then 'data'
        else 'expand'
    end as kind,
    files.has_down,
    case
        when judged.has_loss then true
        when judged.needs_down and not files.has_down then true
        when judged.has_unread or (judged.needs_down and files.has_down is null) then null
        else false
    end as is_irreversible,
    landings.landed_at,
    carried.deployment_id,
    carried.finished_at as deployed_at
from files
inner join judged
    on
        files.repository = judged.repository
        and files.sha = judged.sha
        and files.path = judged.path
inner join owned on files.repository = owned.repository and files.sha = owned.sha
left join facts.commit_landings as landings
    on files.repository = landings.repository and files.sha = landings.sha
left join carried
    on
        owned.service = carried.service
        and files.repository = carried.repository
        and files.sha = carried.sha
where landings.sha is not null or carried.deployment_id is not null
