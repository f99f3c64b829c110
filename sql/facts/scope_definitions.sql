-- One row per metric and scope: the definition that its numbers are made under.
-- Where the services of a team or of the organisation have different ones, theirs together make
-- one more.
--
-- grain: metric, scope, name
--   metric             deployment_frequency, change_lead_time, change_fail_rate, recovery_time or
--                      rework_rate.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   definition         Its id: the metric and eight hexadecimal digits.
--   definition_count   Definitions that it is made of.

with used as (
    select distinct
        definitions.metric,
        scopes.scope,
        scopes.name,
        definitions.definition
    from facts.scopes as scopes
    inner join facts.rules as rules on scopes.service = rules.service
    inner join config.definitions as definitions on rules.rules_of = definitions.service
)

select
    metric,
    scope,
    name,
    case
        when count(*) = 1 then min(definition)
        else concat(metric, '@', left(md5(string_agg(definition, ' ' order by definition)), 8))
    end as definition,
    count(*) as definition_count
from used
group by metric, scope, name
