-- One row per scope: the rules that concern it as a whole.
-- Where services of a team or of the organisation differ, the organisation's say how numbers are
-- told, and the largest of theirs how many it takes and how long a week stays open.
--
-- grain: scope, name
--   scope                     service, team or organisation.
--   name                      The service, the team, or the word organisation.
--   lead_time_value           median or mean.
--   clock                     calendar or working.
--   minimum_count             With fewer a number is too few to tell anything by.
--   attribution_window_hours  Weeks younger than this are not settled.

with agreed as (
    select
        scopes.scope,
        scopes.name,
        min(rules.lead_time_value) as first_value,
        max(rules.lead_time_value) as last_value,
        min(rules.clock) as first_clock,
        max(rules.clock) as last_clock,
        max(rules.minimum_count) as minimum_count,
        max(rules.attribution_window_hours) as attribution_window_hours
    from facts.scopes as scopes
    inner join facts.rules as rules on scopes.service = rules.service
    group by scopes.scope, scopes.name
)

select
    agreed.scope,
    agreed.name,
    case
        when agreed.first_value = agreed.last_value then agreed.first_value
        else organisation.lead_time_value
    end as lead_time_value,
    case
        when agreed.first_clock = agreed.last_clock then agreed.first_clock
        else organisation.clock
    end as clock,
    agreed.minimum_count,
    agreed.attribution_window_hours
from agreed
inner join config.rules as organisation on organisation.service = ''
