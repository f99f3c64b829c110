-- One row per feature flag and service whose flag it is.
-- It is that of the service that the source or the configuration names, by key, project or tag;
-- else of those that were seen evaluating it; else of those in whose code its key stands.
--
-- grain: flag_id, service
--   flag_id            Flag, led by its source.
--   service            Service.
--   how                table, key, project, tag, application or reference.

with names as (
    select
        lower(service) as name,
        service
    from facts.services
    union
    select
        lower(aliases.alias) as name,
        services.service
    from config.aliases as aliases
    inner join facts.services as services on aliases.service = services.service
),

every_word as (
    select distinct word
    from facts.flag_words
),

configured as (
    select
        words.flag_id,
        patterns.service,
        words.how
    from facts.flag_words as words
    inner join every_word on words.word = every_word.word
    inner join config.flag_patterns as patterns
        on regexp_matches(every_word.word, patterns.pattern)
    union all
    select
        concat(flags.source, ':', flags.flag_id) as flag_id,
        names.service,
        'table' as how
    from staging.files__flags as flags
    inner join names on lower(flags.service) = names.name
    union all
    select
        words.flag_id,
        names.service,
        words.how
    from facts.flag_words as words
    inner join names
        on
            (words.how = 'project' and lower(words.word) = concat('project:', names.name))
            or (words.how = 'tag' and lower(words.word) = concat('tag:service:', names.name))
),

seen as (
    select
        concat(flags.source, ':', flags.flag_id) as flag_id,
        names.service,
        'application' as how
    from staging.files__flags as flags
    cross join unnest(string_split(flags.applications, ';')) as application (word)
    inner join names on application.word = names.name
),

referenced as (
    select
        flags.flag_id,
        services.service,
        'reference' as how
    from facts.flag_references as found
    inner join facts.flags as flags on found.flag_key = flags.flag_key
    inner join facts.services as services on found.repository = services.repository
    where coalesce(regexp_matches(found.path, services.path_pattern), true)
),

every_way as (
    select
        *,
        1 as place
    from configured
    union all
    select
        *,
        2 as place
    from seen
    union all
    select
        *,
        3 as place
    from referenced
),

best as (
    select
        flag_id,
        min(place) as place
    from every_way
    group by flag_id
)

select
    every_way.flag_id,
    every_way.service,
    min(every_way.how) as how
from every_way
inner join best on every_way.flag_id = best.flag_id and every_way.place = best.place
inner join facts.flags as flags on every_way.flag_id = flags.flag_id
group by every_way.flag_id, every_way.service
