-- One row: the day of the run.
-- What needs no more of the run than its day is made again once a day, however often it runs.
--
-- grain: today
--   today              Day of the as-of moment, in the configuration's time zone.
--   time_zone          That time zone.

select
    cast(as_of at time zone time_zone as date) as today,
    time_zone
from config.run
