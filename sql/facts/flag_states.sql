-- One row per feature flag and environment: what it does there, and whether it could be switched
-- for one customer or region.
-- Where the tool lists the fields that its strategies can choose by, a flag can name an audience
-- if one of them is among those that the configuration names; where it lists none, or says by a
-- star that any will do, only what a strategy does name is known.
--
-- grain: flag_id, environment
--   flag_id              Flag, led by its source.
--   environment          Environment as the source names it.
--   is_production        True when the environment counts as production.
--   is_enabled           True where it is switched on.
--   rollout_share        Share of everybody who gets it, 0 to 1; null where unknown.
--   names_audience       yes, no or unknown: a strategy can name a customer or region.
--   ever_named_audience  True when one does, or ever did.
--   evaluated_at         Last seen evaluated there, UTC; null where never or unknown.

with told as (
    select
        flags.flag_id,
        flags.fields as possible_fields,
        states.environment,
        states.is_production,
        states.is_enabled,
        states.rollout_share,
        states.fields,
        case when states.evaluated_at <= run.as_of then states.evaluated_at end as evaluated_at
    from staging.files__flag_states as states
    inner join facts.flags as flags
        on concat(states.source, ':', states.flag_id) = flags.flag_id
    cross join config.run as run
),

-- A pattern that is no literal is compiled for every row, so it meets distinct names alone.
patterns as (
    select production_pattern
    from config.services
    union
    select production_pattern
    from config.calendar
),

environments as (
    select distinct environment
    from told
),

places as (
    select
        environments.environment,
        bool_or(regexp_matches(environments.environment, patterns.production_pattern))
            as is_production
    from environments
    cross join patterns
    group by environments.environment
),

used as (
    select
        flag_id,
        environment,
        fields
    from told
    union all
    select
        concat(changes.source, ':', changes.flag_id) as flag_id,
        changes.environment,
        changes.fields
    from staging.flags__changes as changes
    cross join facts.cut as cut
    where changes.happened_at <= cut.cut_at and changes.environment is not null
),

words as (
    select distinct field.word
    from used
    cross join unnest(string_split(used.fields, ';')) as field (word)
    where field.word <> ''
    union
    select distinct field.word
    from told
    cross join unnest(string_split(told.possible_fields, ';')) as field (word)
    where field.word <> ''
),

audiences as (
    select distinct concat('%;', words.word, ';%') as pattern
    from words
    inner join config.flag_audiences as audiences on regexp_matches(words.word, audiences.pattern)
),

named as (
    select distinct
        used.flag_id,
        used.environment
    from used
    inner join audiences on used.fields like audiences.pattern
),

possible as (
    select distinct told.flag_id
    from told
    inner join audiences on told.possible_fields like audiences.pattern
)

select
    told.flag_id,
    told.environment,
    coalesce(told.is_production, places.is_production) as is_production,
    told.is_enabled,
    told.rollout_share,
    case
        when named.flag_id is not null or possible.flag_id is not null then 'yes'
        when told.possible_fields not like '%;*;%' then 'no'
        else 'unknown'
    end as names_audience,
    named.flag_id is not null as ever_named_audience,
    told.evaluated_at
from told
inner join places on told.environment = places.environment
left join named on told.flag_id = named.flag_id and told.environment = named.environment
left join possible on told.flag_id = possible.flag_id
