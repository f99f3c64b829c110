-- One row per metric, scope and week: the number, and what it rests on. This is what a report
-- lands when it is delivered, and what is held against it later.
--
-- grain: metric, scope, name, week_on
--   metric             deployment_frequency, change_lead_time, change_fail_rate, recovery_time or
--                      rework_rate.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   week_on            Monday of the week.
--   is_finished        True once all its days are over.
--   value              In its unit; null where there is nothing to divide by.
--   unit               per week, hours or rate.
--   n                  Deployments, changes or failed deployments behind it.
--   numerator          Deployments that count against it, where it is a rate; else null.
--   by_rule_value      What it would be without people's decisions, which move rates and recovery
--                      time alone.
--   at_least           Recovery is longer than this, where its median is not reached, hours.
--   definition         Rules under which it was counted.
--   incidents          Incidents that the rules put behind it, semicolons between; or empty.
--   severities         Of these, those that have a severity, each with it after an equals sign,
--                      semicolons between; or empty.

with blamed as (
    select distinct
        scopes.scope,
        scopes.name,
        cast(date_trunc('week', rollouts.finished_on) as date) as week_on,
        links.incident_id,
        replace(replace(incidents.severity, ';', ','), '=', ':') as severity
    from facts.deployment_incidents as links
    inner join facts.incidents as incidents
        on
            links.incident_id = incidents.incident_id
            and links.claimed_by = coalesce(incidents.service, '')
    inner join facts.deployments as deployments
        on links.deployment_id = deployments.deployment_id
    inner join facts.rollouts as rollouts on deployments.rollout_id = rollouts.rollout_id
    inner join facts.scopes as scopes
        on
            rollouts.service = scopes.service
            and rollouts.finished_on >= scopes.from_on
            and rollouts.finished_on < scopes.until_on
    where links.is_counted_by_rule
),

named as (
    select
        scope,
        name,
        week_on,
        string_agg(incident_id, ';' order by incident_id) as incidents,
        string_agg(
            case when severity <> '' then concat(incident_id, '=', severity) end, ';'
            order by incident_id
        ) as severities
    from blamed
    group by scope, name, week_on
)

select
    metrics.metric,
    metrics.scope,
    metrics.name,
    metrics.starts_on as week_on,
    metrics.is_finished,
    metrics.value,
    metrics.unit,
    metrics.n,
    shares.share_count as numerator,
    case
        when metrics.metric = 'recovery_time' then by_rule.median_hours
        else coalesce(shares.by_rule_rate, metrics.value)
    end as by_rule_value,
    metrics.at_least,
    metrics.definition,
    coalesce(named.incidents, '') as incidents,
    coalesce(named.severities, '') as severities
from marts.metrics as metrics
left join marts.shares as shares
    on
        metrics.metric = shares.metric
        and metrics.scope = shares.scope
        and metrics.name = shares.name
        and metrics.starts_on = shares.starts_on
        and shares.period = 'week'
left join marts.survival as by_rule
    on
        by_rule.measure = 'recovery_by_rule'
        and metrics.scope = by_rule.scope
        and metrics.name = by_rule.name
        and metrics.starts_on = by_rule.starts_on
        and by_rule.period = 'week'
left join named
    on
        metrics.metric in ('change_fail_rate', 'recovery_time', 'rework_rate')
        and metrics.scope = named.scope
        and metrics.name = named.name
        and metrics.starts_on = named.week_on
where metrics.period = 'week'
