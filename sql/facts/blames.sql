-- One row per service and service whose deployments and flags its incidents may be due to: itself,
-- and those that its configuration names. Incidents that no service claims may be due to any.
-- The windows and confidences are those of the service that claims the incident; of what nobody
-- claims, those of the service that is blamed.
--
-- grain: claimed_by, service
--   claimed_by                Service whose incidents they are; empty for those of nobody.
--   service                   Service whose deployments and flags may be to blame.
--   attribution_window_hours  Cap in time of links by service and time.
--   half_life_hours           Such a link loses half its confidence in this time.
--   minimum_confidence        Links count from here on.
--   lookback_days             Cap in time of mentions.
--   flag_window_minutes       Cap in time of flags raised before an incident.

with pairs as (
    select
        service as claimed_by,
        service,
        service as ruled_by
    from facts.services
    union
    select
        claiming.service as claimed_by,
        blamed.service,
        claiming.service as ruled_by
    from config.incident_blames as named
    inner join facts.services as claiming on named.service = claiming.service
    left join config.aliases as aliases on named.blamed = aliases.alias
    inner join facts.services as blamed
        on coalesce(aliases.service, named.blamed) = blamed.service
    union all
    select
        '' as claimed_by,
        service,
        service as ruled_by
    from facts.services
)

select
    pairs.claimed_by,
    pairs.service,
    rules.attribution_window_hours,
    rules.half_life_hours,
    rules.minimum_confidence,
    rules.lookback_days,
    rules.flag_window_minutes
from pairs
inner join facts.rules as rules on pairs.ruled_by = rules.service
