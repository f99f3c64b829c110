-- One row per service: the rules that its numbers are made by, its own where it has some.
--
-- grain: service
--   service                   Service.
--   rules_of                  Whose rules they are: the service, or empty for the organisation.
--   regions                   once or each.
--   counted_deployments       all or with_changes.
--   has_rollbacks             True when a rollback is a deployment that counts.
--   has_failed_pipelines      True when a deployment that never succeeded is a failed one.
--   lead_time_from            first_commit, commit, opened, ready or merged.
--   lead_time_of              change or commit.
--   lead_time_value           median or mean.
--   clock                     calendar or working.
--   teams_by                  service, codeowners or author.
--   has_bots_changes          True when changes made by bots count.
--   rollback_blames           last, first or all.
--   attribution_window_hours  Cap in time of links by service and time.
--   half_life_hours           Such a link loses half its confidence in this time.
--   minimum_confidence        Links count from here on.
--   hotfix_window_hours       Cap in time of hotfixes.
--   lookback_days             Cap in time of reverts and mentions.
--   flag_window_minutes       Cap in time of flags raised before an incident.
--   recovery_from             deployment, incident or earlier.
--   recovery_by               any, incident or deployment.
--   minimum_count             With fewer a number is too few to tell anything by.

with named as (
    select
        services.service,
        coalesce(own.service, '') as rules_of
    from facts.services as services
    left join config.rules as own on services.service = own.service
)

select
    named.service,
    named.rules_of,
    rules.regions,
    rules.counted_deployments,
    rules.has_rollbacks,
    rules.has_failed_pipelines,
    rules.lead_time_from,
    rules.lead_time_of,
    rules.lead_time_value,
    rules.clock,
    rules.teams_by,
    rules.has_bots_changes,
    rules.rollback_blames,
    rules.attribution_window_hours,
    rules.half_life_hours,
    rules.minimum_confidence,
    rules.hotfix_window_hours,
    rules.lookback_days,
    rules.flag_window_minutes,
    rules.recovery_from,
    rules.recovery_by,
    rules.minimum_count
from named
inner join config.rules as rules on named.rules_of = rules.service
