-- One row per scope and change delivered in it: its service's, its team's, everybody's.
-- A team's are those of its services, or where the service's rules say so those of its members.
-- Bots' changes are left out unless the service's rules count them.
--
-- grain: scope, name, service, change_id
--   scope                  service, team or organisation.
--   name                   The service, the team, or the word organisation.
--   service                Service.
--   change_id              Change.
--   deployment_id          First production deployment that carries it.
--   finished_on            Day of that deployment's end in the calendar's zone.
--   is_excluded            True without a lead time.
--   lead_seconds           Lead time by the calendar's clock.
--   working_lead_seconds   Lead time in working hours.

with delivered as (
    select
        carried.*,
        case when rules.teams_by = 'author' then carried.author_team end as own_team
    from facts.deployment_changes as carried
    inner join facts.rules as rules on carried.service = rules.service
    where
        not carried.is_before_history
        and (not coalesce(carried.is_bot, false) or rules.has_bots_changes)
)

select
    scopes.scope,
    scopes.name,
    delivered.service,
    delivered.change_id,
    delivered.deployment_id,
    delivered.finished_on,
    delivered.is_excluded,
    delivered.lead_seconds,
    delivered.working_lead_seconds
from delivered
inner join facts.scopes as scopes
    on
        delivered.service = scopes.service
        and delivered.finished_on >= scopes.from_on
        and delivered.finished_on < scopes.until_on
where scopes.scope <> 'team' or delivered.own_team is null
union all
select
    'team' as scope,
    own_team as name,
    service,
    change_id,
    deployment_id,
    finished_on,
    is_excluded,
    lead_seconds,
    working_lead_seconds
from delivered
where own_team is not null
