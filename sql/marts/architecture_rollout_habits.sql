-- One row per service and habit of how its versions reach production, in the window that
-- architecture looks at; artifacts and declared state are of the last 365 days.
--
-- grain: service, aspect, habit
--   service            Service.
--   aspect             As in seeds.architecture_habits.
--   habit              As in seeds.architecture_habits.
--   case_count         How often it was seen: rollouts, deployments, versions, or 1.

with canaries as (
    select canaries.*
    from facts.canaries as canaries
    cross join config.run as run
    cross join config.architecture as settings
    where
        canaries.is_production
        and canaries.started_at >= run.as_of - settings.window_days * interval 24 hour
),

seen as (
    select
        service,
        'Canaries' as aspect,
        concat('level_', level) as habit,
        1 as case_count
    from canaries
    union all
    select
        service,
        'Canaries' as aspect,
        'level_4' as habit,
        1 as case_count
    from marts.architecture_canaries
    where level = 4
    union all
    select
        service,
        'Canary verdicts' as aspect,
        outcome as habit,
        1 as case_count
    from canaries
    where outcome <> 'open' and (level > 0 or outcome <> 'passed')
    union all
    select
        service,
        'Aborted canaries' as aspect,
        abort_kind as habit,
        1 as case_count
    from canaries
    where abort_kind is not null
    union all
    select
        artifacts.service,
        habits.aspect,
        habits.habit,
        case habits.habit
            when 'once' then artifacts.built_once_count
            when 'anew' then artifacts.covered_count - artifacts.built_once_count
            when 'unknown' then artifacts.deployment_count - artifacts.covered_count
            when 'two_digests' then artifacts.two_digest_count
        end as case_count
    from marts.architecture_artifacts as artifacts
    inner join seeds.architecture_habits as habits on habits.aspect = 'Artifacts'
    union all
    select
        service,
        'Versions at once' as aspect,
        case when apart_hours > 0 then 'several' else 'one' end as habit,
        1 as case_count
    from marts.architecture_live_versions
    union all
    select
        declared.service,
        habits.aspect,
        habits.habit,
        case habits.habit
            when 'pulled' then declared.pulled_count
            when 'pushed' then declared.covered_count - declared.pulled_count
            when 'drifted' then cast(declared.out_of_sync_hours > 0 as integer)
        end as case_count
    from marts.architecture_declared_state as declared
    inner join seeds.architecture_habits as habits on habits.aspect = 'Declared state'
    union all
    select
        service,
        'Shadow traffic' as aspect,
        case
            when state = 'yes' and compared <> 'unknown' then compared
            when state = 'yes' then 'performed'
            when state = 'no' then 'configured'
            else state
        end as habit,
        1 as case_count
    from marts.architecture_shadows
    where state <> 'unknown'
)

select
    service,
    aspect,
    habit,
    cast(sum(case_count) as bigint) as case_count
from seen
where case_count > 0
group by service, aspect, habit
