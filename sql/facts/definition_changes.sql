-- One row per definition that a run began with and the run before it did not: from then on the
-- whole history is counted under it. Rules are no events, so the as-of moment cuts none off.
--
-- grain: entry, metric, service
--   entry              Number of the entry; they count up in the order of writing.
--   metric             Metric.
--   service            Service with rules of its own; empty for the organisation.
--   definition         Id of the rules; null where a service has none of its own any more.
--   replaced           Id of the rules in whose place they came; null for the first.
--   settings           The rules, as JSON; null where a service has none of its own any more.
--   since_at           When the first run under them began, UTC.

select
    entry,
    metric,
    service,
    definition,
    lag(definition) over (partition by metric, service order by entry) as replaced,
    settings,
    since_at
from staging.ledger__definitions
