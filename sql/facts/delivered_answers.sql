-- One row per edition of the report and answer to a question of deployment architecture that it was
-- last delivered with, up to the as-of moment.
--
-- grain: edition_on, service, topic
--   edition_on         Monday of the week that the report was about.
--   service            Service.
--   topic              Question.
--   state              yes, no, claimed, unknown or stale.

select
    told.edition_on,
    told.service,
    told.topic,
    told.state
from staging.ledger__answers as told
cross join config.run as run
where told.as_of <= run.as_of
qualify row_number() over (
    partition by told.edition_on, told.service, told.topic order by told.delivery desc
) = 1
