-- One row per feature flag that a flag tool or the neutral tables tell of.
--
-- grain: source, flag_id
--   source             Name of the source in the configuration.
--   flag_id            The source's own id.
--   flag_key           Key of the flag.
--   project            Project of the tool; null where it has none.
--   kind               release, experiment, ops, permission or unknown.
--   team               Owning team as the source names it; null where it names none.
--   service            Service as the source names it; null where it names none.
--   created_at         When it was made, UTC; null where unknown.
--   removal_on         Day by which it is to be gone; null where none is told.
--   removal_how        tag, description or table: where that day stands; null without one.
--   lifetime_days      How long the tool lets flags of its kind live; null where it says nothing.
--   archived_at        When it was taken out of use, UTC; null while in use.
--   is_stale           True where the tool calls it stale.
--   tags               Tags, with semicolons around each, lower case.
--   applications       Applications seen evaluating it, with semicolons around each, lower case.
--   fields             Fields of a context by which its strategies could choose, with semicolons
--                      around each, lower case; null where the tool lists none.
--   owned_at           When an owner was first told, UTC; null where unknown.
--   dated_at           When a removal date was first told, UTC; null where unknown.
--   url                Page at the tool.

with told as (
    select
        source,
        record_id as flag_id,
        json_extract_string(payload, '$.flag_key') as flag_key,
        json_extract_string(payload, '$.project') as project,
        json_extract_string(payload, '$.kind') as kind,
        json_extract_string(payload, '$.team') as team,
        json_extract_string(payload, '$.service') as service,
        json_extract_string(payload, '$.created_at') as created_at,
        json_extract_string(payload, '$.removal_on') as removal_on,
        json_extract_string(payload, '$.removal_how') as removal_how,
        json_extract_string(payload, '$.lifetime_days') as lifetime_days,
        json_extract_string(payload, '$.archived_at') as archived_at,
        json_extract_string(payload, '$.is_stale') as is_stale,
        json_extract_string(payload, '$.tags') as tags,
        json_extract_string(payload, '$.applications') as applications,
        json_extract_string(payload, '$.fields') as fields,
        json_extract_string(payload, '$.owned_at') as owned_at,
        json_extract_string(payload, '$.dated_at') as dated_at,
        json_extract_string(payload, '$.url') as url
    from raw.files__flags
    where not is_deleted
)

select
    source,
    flag_id,
    flag_key,
    project,
    coalesce(kind, 'unknown') as kind,
    team,
    service,
    date_trunc('second', cast(created_at as timestamptz)) as created_at,
    cast(removal_on as date) as removal_on,
    case when removal_on is not null then coalesce(removal_how, 'table') end as removal_how,
    cast(lifetime_days as bigint) as lifetime_days,
    date_trunc('second', cast(archived_at as timestamptz)) as archived_at,
    coalesce(is_stale = 'true', false) as is_stale,
    concat(';', lower(tags), ';') as tags,
    concat(';', lower(applications), ';') as applications,
    case when fields is not null then concat(';', lower(fields), ';') end as fields,
    date_trunc('second', cast(owned_at as timestamptz)) as owned_at,
    date_trunc('second', cast(dated_at as timestamptz)) as dated_at,
    url
from told
