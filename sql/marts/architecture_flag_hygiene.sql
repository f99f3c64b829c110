-- One row per scope: whether new flags begin with an owner and an end, and how much code branches.
-- Flags made in the last 90 days count as begun well with an owner and a removal date within 24
-- hours; where the tool does not tell since when they have both, that is unknown.
--
-- grain: scope, name
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   live_count         Flags in use.
--   new_count          Of those made in the last 90 days, and those archived since.
--   complete_count     New ones with owner and removal date within 24 hours.
--   unknown_count      New ones with both, where since when is unknown.
--   complete_share     Share of complete ones among new ones that are known, 0 to 1.
--   branching_count    Live flags other than permissions whose key stands in code.
--   most_in_file       Most of those in one file; 0 where code was not searched.
--   most_path          That file; null where code was not searched.

with owners as (
    select
        'service' as scope,
        service as name,
        flag_id
    from facts.flag_services
    union
    select
        'team' as scope,
        team as name,
        flag_id
    from facts.flags
    where team is not null
    union
    select
        'team' as scope,
        services.team as name,
        flag_services.flag_id
    from facts.flag_services as flag_services
    inner join facts.services as services on flag_services.service = services.service
    where services.team is not null
    union
    select
        'organisation' as scope,
        'organisation' as name,
        flag_id
    from facts.flags
),

judged as (
    select
        flags.flag_id,
        flags.flag_key,
        flags.archived_at is null as is_live,
        flags.archived_at is null and flags.kind <> 'permission' as is_branching,
        coalesce(flags.created_at >= run.as_of - interval 90 day, false) as is_new,
        flags.team is not null and flags.removal_on is not null as has_both,
        coalesce(
            flags.owned_at <= flags.created_at + interval 24 hour
            and flags.dated_at <= flags.created_at + interval 24 hour,
            false
        ) as is_in_time,
        flags.owned_at is null or flags.dated_at is null as is_untold
    from facts.flags as flags
    cross join config.run as run
),

files as (
    select
        owners.scope,
        owners.name,
        found.repository,
        found.path,
        count(distinct judged.flag_id) as flag_count
    from owners
    inner join judged on owners.flag_id = judged.flag_id
    inner join facts.flag_references as found on judged.flag_key = found.flag_key
    where judged.is_branching
    group by owners.scope, owners.name, found.repository, found.path
),

fullest as (
    select *
    from files
    qualify row_number() over (
        partition by scope, name order by flag_count desc, repository, path
    ) = 1
),

referenced as (
    select distinct flag_key
    from facts.flag_references
),

counted as (
    select
        owners.scope,
        owners.name,
        count(case when judged.is_live then 1 end) as live_count,
        count(case when judged.is_new then 1 end) as new_count,
        count(case when judged.is_new and judged.has_both and judged.is_in_time then 1 end)
            as complete_count,
        count(case when judged.is_new and judged.has_both and judged.is_untold then 1 end)
            as unknown_count,
        count(case when judged.is_branching and referenced.flag_key is not null then 1 end)
            as branching_count
    from owners
    inner join judged on owners.flag_id = judged.flag_id
    left join referenced on judged.flag_key = referenced.flag_key
    group by owners.scope, owners.name
)

select
    counted.scope,
    counted.name,
    counted.live_count,
    counted.new_count,
    counted.complete_count,
    counted.unknown_count,
    counted.complete_count / nullif(counted.new_count - counted.unknown_count, 0)
        as complete_share,
    counted.branching_count,
    coalesce(fullest.flag_count, 0) as most_in_file,
    fullest.path as most_path
from counted
left join fullest on counted.scope = fullest.scope and counted.name = fullest.name
