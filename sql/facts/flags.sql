-- One row per feature flag.
-- Its team is the one that the configuration names, else the one that the tool names, else that of
-- a tag such as `team:payments`; its removal date likewise, for no tool has a field for it.
--
-- grain: flag_id
--   flag_id            Flag, led by its source.
--   flag_key           Key of the flag.
--   project            Project of the tool; null where it has none.
--   kind               release, experiment, ops, permission or unknown.
--   team               Owning team; null where it has no owner.
--   created_at         When it was made, UTC; null where unknown.
--   removal_on         Day by which it is to be gone; null where none is planned.
--   removal_how        tag, description, table or configuration; null without such a day.
--   lifetime_days      How long the tool lets flags of its kind live; null where it says nothing.
--   archived_at        When it was taken out of use, UTC; null while in use.
--   is_stale           True where the tool calls it stale.
--   fields             Fields of a context by which its strategies could choose, with semicolons
--                      around each, lower case; null where the tool lists none.
--   owned_at           When an owner was first told, UTC; null where unknown.
--   dated_at           When a removal date was first told, UTC; null where unknown.
--   source             Name of the source in the configuration.
--   tool               Its kind, such as unleash.
--   url                Page at the tool.

with told as (
    select
        flags.*,
        concat(flags.source, ':', flags.flag_id) as led_id,
        nullif(regexp_extract(flags.tags, ';(?:team|squad)[:=/] ?([^;]+);', 1), '') as tag_team,
        cut.cut_at
    from staging.files__flags as flags
    cross join facts.cut as cut
    where coalesce(flags.created_at, cut.cut_at) <= cut.cut_at
),

-- A pattern that is no literal is compiled for every row, so it meets each word once.
every_word as (
    select distinct word
    from facts.flag_words
),

named as (
    select
        words.flag_id,
        teams.team
    from facts.flag_words as words
    inner join every_word on words.word = every_word.word
    inner join config.flag_teams as teams on regexp_matches(every_word.word, teams.pattern)
    qualify row_number() over (partition by words.flag_id order by teams.place) = 1
),

dated as (
    select
        words.flag_id,
        removals.removal_on
    from facts.flag_words as words
    inner join every_word on words.word = every_word.word
    inner join config.flag_removals as removals
        on regexp_matches(every_word.word, removals.pattern)
    qualify row_number() over (partition by words.flag_id order by removals.place) = 1
),

-- Tags are told in small letters, and teams are called as the configuration spells them.
spelled as (
    select
        lower(team) as word,
        min(team) as team
    from config.service_teams
    group by lower(team)
)

select
    told.led_id as flag_id,
    told.flag_key,
    told.project,
    told.kind,
    coalesce(named.team, spelled.team, told.team, told.tag_team) as team,
    told.created_at,
    coalesce(dated.removal_on, told.removal_on) as removal_on,
    case when dated.removal_on is not null then 'configuration' else told.removal_how end
        as removal_how,
    told.lifetime_days,
    case when told.archived_at <= told.cut_at then told.archived_at end as archived_at,
    told.is_stale,
    told.fields,
    case when told.owned_at <= told.cut_at then told.owned_at end as owned_at,
    case when told.dated_at <= told.cut_at then told.dated_at end as dated_at,
    told.source,
    sources.kind as tool,
    told.url
from told
inner join config.sources as sources on told.source = sources.source
left join named on told.led_id = named.flag_id
left join dated on told.led_id = dated.flag_id
left join spelled on lower(coalesce(told.team, told.tag_team)) = spelled.word
