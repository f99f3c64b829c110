-- One row per counted production deployment that brought schema migrations: what they do, and
-- whether they went with other code.
-- Contract with code is risky; expand with code is compatible; a migration alone is decoupled if
-- no other deployment of the service ended until its observation window was over. Where the files
-- of some commits were not read, it is not known whether there was other code.
--
-- grain: deployment_id
--   deployment_id       First deployment of the version.
--   service             Service.
--   deployed_at         End of it, UTC.
--   migration_count     Migrations that do something.
--   expand_count        Those that only add.
--   contract_count      Those that drop, rename, change a type or forbid null.
--   data_count          Those that change rows.
--   unread_count        Those that could not be read.
--   irreversible_count  Those after which the version before can not run on.
--   kind                contract if any is, else unread, else data, else expand.
--   has_other_code      True when it brought other code; null where unknown.
--   next_deployed_at    End of the service's next counted deployment, UTC; null without one.
--   state               risky, compatible, data_with_code, unread_with_code, decoupled, unwatched,
--                       observed (its window is not over yet) or unknown.
--   evidence_url        Page of the deployment; null without one.

with carried as (
    select
        members.rollout_id,
        count(*) as migration_count,
        count(case when migrations.kind = 'expand' then 1 end) as expand_count,
        count(case when migrations.kind = 'contract' then 1 end) as contract_count,
        count(case when migrations.kind = 'data' then 1 end) as data_count,
        count(case when migrations.kind = 'unread' then 1 end) as unread_count,
        count(case when migrations.is_irreversible then 1 end) as irreversible_count
    from facts.migrations as migrations
    inner join facts.deployments as members
        on migrations.deployment_id = members.deployment_id
    where members.rollout_id is not null
    group by members.rollout_id
),

touched as (
    select
        members.rollout_id,
        bool_or(paths.has_other_code) as has_code,
        bool_or(paths.has_other_code is null) as has_unknown
    from facts.deployments as members
    inner join facts.deployment_paths as paths on members.deployment_id = paths.deployment_id
    where members.rollout_id is not null
    group by members.rollout_id
),

ordered as (
    select
        rollout_id,
        service,
        finished_at,
        url,
        lead(finished_at) over (
            partition by service order by finished_at, rollout_id
        ) as next_deployed_at
    from facts.rollouts
),

judged as (
    select
        ordered.*,
        carried.migration_count,
        carried.expand_count,
        carried.contract_count,
        carried.data_count,
        carried.unread_count,
        carried.irreversible_count,
        case
            when carried.contract_count > 0 then 'contract'
            when carried.unread_count > 0 then 'unread'
            when carried.data_count > 0 then 'data'
            else 'expand'
        end as kind,
        case
            when touched.has_code then true
            when not touched.has_unknown then false
        end as has_other_code,
        ordered.finished_at + settings.observation_hours * interval 1 hour as observed_until
    from ordered
    inner join carried on ordered.rollout_id = carried.rollout_id
    inner join touched on ordered.rollout_id = touched.rollout_id
    cross join config.architecture as settings
)

select
    judged.rollout_id as deployment_id,
    judged.service,
    judged.finished_at as deployed_at,
    judged.migration_count,
    judged.expand_count,
    judged.contract_count,
    judged.data_count,
    judged.unread_count,
    judged.irreversible_count,
    judged.kind,
    judged.has_other_code,
    judged.next_deployed_at,
    case
        when judged.has_other_code is null then 'unknown'
        when judged.has_other_code and judged.kind = 'contract' then 'risky'
        when judged.has_other_code and judged.kind = 'expand' then 'compatible'
        when judged.has_other_code then concat(judged.kind, '_with_code')
        when judged.next_deployed_at < judged.observed_until then 'unwatched'
        when run.as_of < judged.observed_until then 'observed'
        else 'decoupled'
    end as state,
    judged.url as evidence_url
from judged
cross join config.run as run
