-- One row per scope and period in which it could have shipped: from the period of its first
-- counted deployment, or of the first change of a team that was delivered in somebody else's, to
-- now, or to the day on which its services were all out of service.
--
-- grain: scope, name, period, starts_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   ends_on            First day after it.
--   day_count          Days of it that have begun.
--   is_finished        True once all its days are over.
--   is_settled         True once it is older than the attribution window.

with shipped as (
    select
        scopes.scope,
        scopes.name,
        min(rollouts.finished_on) as first_on,
        max(least(coalesce(services.retired_on, scopes.until_on), scopes.until_on)) as last_on
    from facts.scopes as scopes
    inner join facts.services as services on scopes.service = services.service
    inner join facts.rollouts as rollouts
        on
            scopes.service = rollouts.service
            and rollouts.finished_on >= scopes.from_on
            and rollouts.finished_on < scopes.until_on
    group by scopes.scope, scopes.name
    union all
    select
        'team' as scope,
        teams.team as name,
        min(changes.finished_on) as first_on,
        max(scopes.until_on) as last_on
    from facts.change_teams as teams
    inner join facts.owned_changes as changes
        on
            teams.service = changes.service
            and teams.change_id = changes.change_id
            and teams.team = changes.name
            and changes.scope = 'team'
    inner join facts.scopes as scopes on teams.team = scopes.name and scopes.scope = 'team'
    group by teams.team
),

lives as (
    select
        scope,
        name,
        min(first_on) as first_on,
        max(last_on) as last_on
    from shipped
    group by scope, name
),

periods as (
    select
        period,
        starts_on,
        ends_on,
        count(*) as day_count
    from facts.period_days
    group by period, starts_on, ends_on
)

select
    lives.scope,
    lives.name,
    periods.period,
    periods.starts_on,
    periods.ends_on,
    periods.day_count,
    cast(run.as_of at time zone run.time_zone as date) >= periods.ends_on as is_finished,
    cast(
        (run.as_of - rules.attribution_window_hours * interval 1 hour) at time zone run.time_zone
        as date
    ) >= periods.ends_on as is_settled
from lives
inner join periods on lives.first_on < periods.ends_on and periods.starts_on < lives.last_on
inner join facts.scope_rules as rules on lives.scope = rules.scope and lives.name = rules.name
cross join config.run as run
