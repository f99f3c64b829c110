-- One row per definition id that stands beside a number: the rules that it is short for.
-- Where the services of a team or of the organisation are counted by different rules, the id of
-- all together names theirs.
--
-- grain: definition
--   definition         Its id: the metric and eight hexadecimal digits.
--   metric             deployment_frequency, change_lead_time, change_fail_rate, recovery_time or
--                      rework_rate.
--   is_mixed           True where it is made of the definitions of several services.
--   rules              The rules in force as JSON; where mixed, the ids that it is made of.
--   scope_count        Services, teams and the organisation whose numbers are made under it.

with settled as (
    select
        definition,
        min(settings) as rules
    from config.definitions
    group by definition
),

made_of as (
    select distinct
        named.definition,
        parts.definition as part
    from facts.scope_definitions as named
    inner join facts.scopes as scopes
        on named.scope = scopes.scope and named.name = scopes.name
    inner join facts.scope_definitions as parts
        on
            parts.scope = 'service'
            and scopes.service = parts.name
            and named.metric = parts.metric
    where named.definition_count > 1
),

mixed as (
    select
        definition,
        string_agg(part, ', ' order by part) as parts
    from made_of
    group by definition
)

select
    named.definition,
    min(named.metric) as metric,
    max(named.definition_count) > 1 as is_mixed,
    coalesce(min(settled.rules), min(mixed.parts)) as rules,
    count(*) as scope_count
from facts.scope_definitions as named
left join settled on named.definition = settled.definition
left join mixed on named.definition = mixed.definition
group by named.definition
