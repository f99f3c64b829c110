-- One row per number that a report told when it was delivered.
--
-- grain: delivery, metric, scope, name, week_on
--   delivery           Number of the delivery; they count up in the order of delivering.
--   edition_on         Monday of the week that the report was about.
--   metric             Metric.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   week_on            Monday of the week that the number is of.
--   value              In its unit; null where there was nothing to divide by.
--   unit               per week, hours or rate.
--   n                  Deployments, changes or failed deployments behind it.
--   numerator          Deployments that count against it, where it is a rate; else null.
--   by_rule_value      What it would have been without people's decisions.
--   at_least           Recovery was longer than this, where its median was not reached, hours.
--   definition         Rules under which it was counted.
--   incidents          Incidents that the rules put behind it, semicolons between; or empty.
--   severities         Of these, those that had a severity, each with it after an equals sign,
--                      semicolons between; or empty.
--   as_of              Moment that the report's data told of, UTC.
--   delivered_at       When it was delivered, UTC.

with fields as (
    select
        fetched_at,
        json_extract_string(payload, '$.number') as delivery,
        json_extract_string(payload, '$.edition') as edition_on,
        json_extract_string(payload, '$.metric') as metric,
        json_extract_string(payload, '$.scope') as scope,
        json_extract_string(payload, '$.name') as name,
        json_extract_string(payload, '$.week') as week_on,
        json_extract_string(payload, '$.value') as value,
        json_extract_string(payload, '$.unit') as unit,
        json_extract_string(payload, '$.n') as n,
        json_extract_string(payload, '$.numerator') as numerator,
        json_extract_string(payload, '$.by_rule_value') as by_rule_value,
        json_extract_string(payload, '$.at_least') as at_least,
        json_extract_string(payload, '$.definition') as definition,
        json_extract_string(payload, '$.incidents') as incidents,
        json_extract_string(payload, '$.severities') as severities,
        json_extract_string(payload, '$.as_of') as as_of
    from raw.ledger__rows
    where not is_deleted
)

select
    cast(delivery as bigint) as delivery,
    cast(edition_on as date) as edition_on,
    metric,
    scope,
    name,
    cast(week_on as date) as week_on,
    cast(value as double) as value,
    unit,
    cast(n as bigint) as n,
    cast(numerator as bigint) as numerator,
    cast(by_rule_value as double) as by_rule_value,
    cast(at_least as double) as at_least,
    definition,
    coalesce(incidents, '') as incidents,
    coalesce(severities, '') as severities,
    cast(as_of as timestamptz) as as_of,
    date_trunc('second', fetched_at) as delivered_at
from fields
