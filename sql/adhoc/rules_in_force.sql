-- By which rules were the numbers made?
-- The definition beside every number leads here.

select
    definition,
    metric,
    rules,
    scope_count
from marts.definitions
order by metric, definition
