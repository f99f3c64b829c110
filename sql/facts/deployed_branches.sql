-- One row per production deployment whose branch is told or can be taken for granted: then it is
-- its repository's main one, by the host, by the clone, else the one that most requests go to.
-- Only other tools' definitions read it.
--
-- grain: deployment_id
--   deployment_id      Deployment.
--   branch             Stands for the branch, whose name may name somebody.

with told as (
    select
        source,
        deployment_id,
        branch
    from staging.files__deployments
    union all
    select
        source,
        deployment_id,
        branch
    from staging.hosts__deployments
    union all
    select
        source,
        run_id as deployment_id,
        branch
    from staging.hosts__runs
),

every_main as (
    select
        1 as preference,
        0 as request_count,
        repository,
        default_branch as branch
    from staging.hosts__repositories
    where default_branch is not null
    union all
    select
        2 as preference,
        0 as request_count,
        repository,
        branch
    from staging.git__heads
    where is_default
    union all
    select
        3 as preference,
        count(*) as request_count,
        repository,
        base_branch as branch
    from facts.pull_requests
    where base_branch is not null and repository is not null
    group by repository, base_branch
),

main_branches as (
    select *
    from every_main
    qualify row_number() over (
        partition by repository order by preference, request_count desc, branch
    ) = 1
),

named as (
    select
        records.deployment_id,
        coalesce(min(told.branch), min(main_branches.branch)) as branch
    from facts.deployment_records as records
    left join told
        on records.source = told.source and records.native_id = told.deployment_id
    left join main_branches on records.repository = main_branches.repository
    where records.is_production
    group by records.deployment_id
)

select
    deployment_id,
    md5(branch) as branch
from named
where branch is not null
