-- One row per service and habit of what its changes touch and how they land, in the window that
-- architecture looks at.
--
-- grain: service, aspect, habit
--   service            Service.
--   aspect             As in seeds.architecture_habits.
--   habit              As in seeds.architecture_habits.
--   case_count         How often it was seen: deployments, changes, branches, merges, or 1.

with windows as (
    select run.as_of - settings.window_days * interval 24 hour as begins_at
    from config.run as run
    cross join config.architecture as settings
),

migrated as (
    select migrations.*
    from marts.architecture_migrations as migrations
    inner join windows on migrations.deployed_at >= windows.begins_at
),

seen as (
    select
        migrated.service,
        habits.aspect,
        habits.habit,
        case habits.habit
            when 'expand' then migrated.expand_count
            when 'contract' then migrated.contract_count
            when 'data' then migrated.data_count
            when 'unread' then migrated.unread_count
            when 'irreversible' then migrated.irreversible_count
        end as case_count
    from migrated
    inner join seeds.architecture_habits as habits on habits.aspect = 'Schema changes'
    union all
    select
        service,
        'Schema and code' as aspect,
        state as habit,
        1 as case_count
    from migrated
    where state not in ('unknown', 'observed')
    union all
    select
        topology.service,
        habits.aspect,
        habits.habit,
        case habits.habit
            when 'same_change' then topology.same_change_count
            when 'same_repository' then topology.same_repository_count
            when 'same_team' then topology.same_team_count
            when 'other_team' then topology.other_team_count
        end as case_count
    from marts.architecture_topology as topology
    inner join seeds.architecture_habits as habits on habits.aspect = 'Topology changed'
    union all
    select
        service,
        'Manifests' as aspect,
        is_readable as habit,
        1 as case_count
    from marts.architecture_topology
    where is_readable <> 'unknown'
    union all
    select
        service,
        'Way to production' as aspect,
        concat(thing, '_', is_reviewed) as habit,
        1 as case_count
    from marts.architecture_recovery_path
    union all
    select
        service,
        'Fridays' as aspect,
        state as habit,
        1 as case_count
    from marts.architecture_friday
    where state <> 'unknown'
    union all
    select
        trunk.service,
        habits.aspect,
        habits.habit,
        case habits.habit
            when 'within_day' then trunk.within_day_count
            when 'later' then trunk.merged_count - trunk.within_day_count
            when 'long' then trunk.long_lived_count
            when 'short' then trunk.open_branch_count - trunk.long_lived_count
        end as case_count
    from marts.architecture_trunk as trunk
    inner join seeds.architecture_habits as habits
        on habits.aspect in ('Changes merged', 'Open branches')
    union all
    select
        services.service,
        'Tests of merges' as aspect,
        case
            when runs.is_green_at_first then 'green_at_first'
            when runs.is_green then 'green_later'
            else 'red'
        end as habit,
        1 as case_count
    from facts.tested_merges as runs
    inner join facts.services as services on runs.repository = services.repository
    inner join windows on runs.merged_at >= windows.begins_at
)

select
    service,
    aspect,
    habit,
    cast(sum(case_count) as bigint) as case_count
from seen
where case_count > 0
group by service, aspect, habit
