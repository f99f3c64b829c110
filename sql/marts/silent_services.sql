-- One row per service and silent source that its numbers stand on.
--
-- grain: service, source, thing
--   service            Service.
--   source             Source that has fallen silent.
--   thing              What it tells nothing more of: deployments, incidents, changes or commits.
--   said               The same in words.

select
    stood_on.service,
    rhythms.source,
    rhythms.thing,
    concat(
        rhythms.source, ' has told of no ', rhythms.thing, ' since ', cast(rhythms.last_on as text)
    ) as said
from marts.service_sources as stood_on
inner join marts.source_rhythms as rhythms
    on stood_on.source = rhythms.source and stood_on.thing = rhythms.thing
where rhythms.is_silent
