-- One row per service and what it is counted under: itself, its team of the time, everybody.
-- Teams and the organisation pool the rows of their services; they never average services.
--
-- grain: scope, name, service, from_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   service            Service whose rows count.
--   from_on            First day that counts.
--   until_on           First day that counts no more.

select
    'service' as scope,
    service as name,
    service,
    date '1900-01-01' as from_on,
    date '9999-12-31' as until_on
from facts.services
union all
select
    'team' as scope,
    team as name,
    service,
    from_on,
    until_on
from config.service_teams
union all
select
    'organisation' as scope,
    'organisation' as name,
    service,
    date '1900-01-01' as from_on,
    date '9999-12-31' as until_on
from facts.services
