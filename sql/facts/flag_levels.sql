-- One row per step of a flag tool's log and environment: whom the flag reaches before and after.
-- A flag reaches nobody while it is off; else the largest share that any strategy gives to
-- everybody, and all where it has no strategy. A strategy that chooses by fields gives no share,
-- but reaches somebody.
--
-- grain: source, flag_change_id
--   source             Name of the source in the configuration.
--   flag_change_id     The step's own id.
--   flag_id            The source's own id of the flag.
--   flag_key           Key of the flag.
--   environment        Environment.
--   happened_at        When it happened, UTC.
--   share_before       Share of everybody until then, 0 to 1.
--   share_after        Share of everybody from then on, 0 to 1.
--   is_named_before    True where some were chosen by a field until then.
--   is_named_after     True where some are chosen by a field from then on.
--   url                Page at the tool.

with strategies as (
    select distinct
        source,
        flag_id,
        environment,
        coalesce(strategy_id, '') as strategy_id
    from staging.flags__changes
    where environment is not null
),

steps as (
    select
        changes.source,
        changes.flag_change_id,
        changes.flag_id,
        changes.flag_key,
        changes.environment,
        changes.happened_at,
        changes.place,
        changes.url,
        strategies.strategy_id,
        last_value(changes.is_enabled ignore nulls) over (
            partition by
                changes.source, changes.flag_id, changes.environment, strategies.strategy_id
            order by changes.happened_at, changes.place, changes.flag_change_id
            rows between unbounded preceding and current row
        ) as is_enabled,
        last_value(
            case
                when coalesce(changes.strategy_id, '') = strategies.strategy_id
                    then changes.rollout_share
            end ignore nulls
        ) over (
            partition by
                changes.source, changes.flag_id, changes.environment, strategies.strategy_id
            order by changes.happened_at, changes.place, changes.flag_change_id
            rows between unbounded preceding and current row
        ) as rollout_share,
        last_value(
            case
                when coalesce(changes.strategy_id, '') = strategies.strategy_id
                    then changes.fields
            end ignore nulls
        ) over (
            partition by
                changes.source, changes.flag_id, changes.environment, strategies.strategy_id
            order by changes.happened_at, changes.place, changes.flag_change_id
            rows between unbounded preceding and current row
        ) as fields
    from staging.flags__changes as changes
    inner join strategies
        on
            changes.source = strategies.source
            and changes.flag_id = strategies.flag_id
            and changes.environment = strategies.environment
),

levels as (
    select
        source,
        flag_change_id,
        flag_id,
        flag_key,
        environment,
        happened_at,
        place,
        url,
        case
            when bool_or(coalesce(is_enabled, false)) then coalesce(max(rollout_share), 1)
            else 0
        end as share_after,
        bool_or(coalesce(is_enabled, false) and coalesce(fields, ';;') <> ';;') as is_named_after
    from steps
    group by
        source, flag_change_id, flag_id, flag_key, environment, happened_at, place, url
)

select
    source,
    flag_change_id,
    flag_id,
    flag_key,
    environment,
    happened_at,
    coalesce(lag(share_after) over (
        partition by source, flag_id, environment order by happened_at, place, flag_change_id
    ), 0) as share_before,
    share_after,
    coalesce(lag(is_named_after) over (
        partition by source, flag_id, environment order by happened_at, place, flag_change_id
    ), false) as is_named_before,
    is_named_after,
    url
from levels
