-- One row per rollback: a sha or version that ran before, deployed again after another one.
-- It blames the first deployment that followed the last one of its own version.
--
-- grain: deployment_id
--   deployment_id      Deployment that went back.
--   mended_id          Deployment that is blamed.

with earlier as (
    select
        *,
        coalesce(repository, '') as code,
        case
            when commit_sha is not null then lag(place) over (
                partition by service, environment, repository, commit_sha order by place
            )
        end as same_sha_place,
        case
            when version is not null then lag(place) over (
                partition by service, environment, repository, version order by place
            )
        end as same_version_place
    from shared.successes
)

select
    rollbacks.deployment_id,
    mended.deployment_id as mended_id
from earlier as rollbacks
inner join earlier as mended
    on
        rollbacks.service = mended.service
        and rollbacks.environment = mended.environment
        and rollbacks.code = mended.code
        and greatest(
            coalesce(rollbacks.same_sha_place, 0), coalesce(rollbacks.same_version_place, 0)
        ) + 1 = mended.place
where
    greatest(coalesce(rollbacks.same_sha_place, 0), coalesce(rollbacks.same_version_place, 0)) > 0
    and mended.place < rollbacks.place
