-- One row per number that a report told when it was delivered, up to the as-of moment.
--
-- grain: delivery, metric, scope, name, week_on
--   delivery           Number of the delivery; they count up in the order of delivering.
--   edition_on         Monday of the week that the report was about.
--   is_first           True for the first delivery of the edition that told the number.
--   metric             Metric.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   week_on            Monday of the week that the number is of.
--   age_weeks          Weeks from that week to the edition's.
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

select
    told.delivery,
    told.edition_on,
    row_number() over (
        partition by told.edition_on, told.metric, told.scope, told.name, told.week_on
        order by told.delivery
    ) = 1 as is_first,
    told.metric,
    told.scope,
    told.name,
    told.week_on,
    cast(
        (
            epoch(cast(told.edition_on as timestamptz)) - epoch(cast(told.week_on as timestamptz))
        ) / 604800 as bigint
    ) as age_weeks,
    told.value,
    told.unit,
    told.n,
    told.numerator,
    told.by_rule_value,
    told.at_least,
    told.definition,
    told.incidents,
    told.severities,
    told.as_of,
    told.delivered_at
from staging.ledger__rows as told
cross join config.run as run
where told.as_of <= run.as_of
