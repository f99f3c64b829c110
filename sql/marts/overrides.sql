-- One row per scope and month: how often people overruled what the rules say of failures, and in
-- which direction. The month is that in which they did, the scope that of the deployment. A link
-- moves a failure: it is one more where it goes, one fewer where the rules had put it. What the
-- rules would have said anyway is counted too.
--
-- grain: scope, name, starts_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   starts_on          First day of the month.
--   override_count     Overrides that do something.
--   more_count         How often they say that a deployment failed.
--   fewer_count        How often they say that one did not, or not by this incident.

select
    scopes.scope,
    scopes.name,
    cast(date_trunc('month', overruled.decided_on) as date) as starts_on,
    count(distinct overruled.override_id) as override_count,
    count(*) filter (where overruled.is_more) as more_count,
    count(*) filter (where not overruled.is_more) as fewer_count
from facts.overruled as overruled
inner join facts.scopes as scopes
    on
        overruled.service = scopes.service
        and overruled.decided_on >= scopes.from_on
        and overruled.decided_on < scopes.until_on
group by
    scopes.scope, scopes.name, cast(date_trunc('month', overruled.decided_on) as date)
