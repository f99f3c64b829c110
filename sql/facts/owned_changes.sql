-- One row per scope and change delivered in it: its service's, its team's, everybody's.
-- A team's are those of its services, or where the service's rules say so those of its members, or
-- those that touch what CODEOWNERS gives it.
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
    select carried.*
    from facts.deployment_changes as carried
    inner join facts.rules as rules on carried.service = rules.service
    where
        not carried.is_before_history
        and (not coalesce(carried.is_bot, false) or rules.has_bots_changes)
),

placed as (
    select distinct
        service,
        change_id
    from facts.change_teams
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
left join placed
    on delivered.service = placed.service and delivered.change_id = placed.change_id
where scopes.scope <> 'team' or placed.change_id is null
union all
select
    'team' as scope,
    teams.team as name,
    delivered.service,
    delivered.change_id,
    delivered.deployment_id,
    delivered.finished_on,
    delivered.is_excluded,
    delivered.lead_seconds,
    delivered.working_lead_seconds
from delivered
inner join facts.change_teams as teams
    on delivered.service = teams.service and delivered.change_id = teams.change_id
