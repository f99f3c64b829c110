-- One row per annotation that events tell of, and per event of an environment.
-- An annotation that was told again under its own id is as it was told last.
--
-- grain: source, annotation_id
--   source             Name of the source in the configuration.
--   annotation_id      The sender's own id.
--   service            Service as the sender names it; null where it names none.
--   environment        Environment; null where the sender names none.
--   started_at         Start, UTC.
--   finished_at        End, UTC; null where it is of one moment.
--   text               What happened; null where only an environment came, changed or went.
--   state              created, modified or deleted: what became of the environment; null of texts.
--   is_freeze          True where it declares a freeze.
--   url                Page at the sender.

with fields as (
    select
        source,
        record_id,
        json_extract_string(payload, '$.subject') as subject,
        json_extract_string(payload, '$.subject_id') as subject_id,
        json_extract_string(payload, '$.service') as service,
        json_extract_string(payload, '$.environment') as environment,
        json_extract_string(payload, '$.at') as told_at,
        json_extract_string(payload, '$.started_at') as started_at,
        json_extract_string(payload, '$.finished_at') as finished_at,
        json_extract_string(payload, '$.title') as title,
        json_extract_string(payload, '$.state') as state,
        json_extract_string(payload, '$.url') as url,
        md5(payload) as digest
    from raw.events__events
    where
        not is_deleted
        and json_extract_string(payload, '$.subject') in ('annotation', 'environment')
),

-- An environment changes again and again: each event is one annotation.
named as (
    select
        *,
        case when subject = 'annotation' then coalesce(subject_id, record_id) else record_id end
            as annotation_id
    from fields
)

select
    named.source,
    named.annotation_id,
    named.service,
    named.environment,
    date_trunc('second', cast(coalesce(named.started_at, named.told_at) as timestamptz))
        as started_at,
    date_trunc('second', cast(named.finished_at as timestamptz)) as finished_at,
    case
        when named.subject = 'annotation' then coalesce(masked.masked_title, named.title)
    end as text,
    case when named.subject = 'environment' then named.state end as state,
    named.subject = 'annotation' and coalesce(named.state = 'freeze', false) as is_freeze,
    named.url
from named
left join staging.masked_titles as masked on named.title = masked.title
qualify row_number() over (
    partition by named.source, named.annotation_id order by named.told_at desc, named.digest
) = 1
