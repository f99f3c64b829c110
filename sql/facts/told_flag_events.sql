-- One row per turn of a feature flag that a source tells of.
--
-- grain: source, flag_event_id
--   source             Name of the source in the configuration.
--   flag_event_id      The source's own id.
--   flag_key           Key of the flag.
--   service            Service as the source names it; null where it names none.
--   environment        Environment; null where it names none.
--   happened_at        When it happened, UTC.
--   does               raised or lowered.
--   tool               What told the source of it, such as unleash; null where unknown.
--   url                Page at the source.

select
    source,
    flag_event_id,
    flag_key,
    service,
    environment,
    happened_at,
    does,
    tool,
    url
from staging.files__flag_events
union all
select
    source,
    flag_event_id,
    flag_key,
    service,
    environment,
    happened_at,
    does,
    tool,
    url
from staging.events__flags
