create temp table windows as
with weeks as (
    select cast(starts_on as date) as starts_on
    from generate_series(timestamp '2025-05-26', timestamp '2026-11-23', interval 7 day) as series (starts_on)
),
months as (
    select cast(starts_on as date) as starts_on
    from generate_series(timestamp '2025-06-01', timestamp '2026-11-01', interval 1 month) as series (starts_on)
)
select 'week' as period, starts_on, starts_on + 7 as ends_on from weeks
union all
select 'four_weeks', starts_on - 21, starts_on + 7 from weeks
union all
select 'twelve_weeks', starts_on - 77, starts_on + 7 from weeks
union all
select 'month', starts_on, cast(starts_on + interval 1 month as date) from months;

create temp table scopes as
select 'service' as scope, name, name as service from services
union all
select 'team', team, name from services
union all
select 'organisation', 'organisation', name from services;

create temp table counted as
select
    scopes.scope,
    scopes.name,
    windows.period,
    cast(windows.starts_on as date) as starts_on,
    cast(windows.ends_on as date) as ends_on,
    windows.ends_on <= date '2026-11-23' as is_finished,
    windows.ends_on <= date '2026-11-20' as is_settled,
    count(rollouts.service) as rollout_count,
    count(*) filter (where rollouts.is_failed) as failed_count,
    count(*) filter (where rollouts.is_rework) as rework_count,
    count(*) filter (where rollouts.is_failed and rollouts.recovery_hours is null) as open_count,
    coalesce(sum(rollouts.change_count), 0) as change_count,
    quantile_cont(rollouts.lead_hours, 0.5) as lead_hours,
    quantile_cont(rollouts.lead_hours, 0.25) as lead_p25,
    quantile_cont(rollouts.lead_hours, 0.75) as lead_p75,
    quantile_cont(rollouts.lead_hours, 0.9) as lead_p90,
    quantile_cont(rollouts.recovery_hours, 0.5) as recovery_hours,
    quantile_cont(rollouts.recovery_hours, 0.3) as recovery_low,
    quantile_cont(rollouts.recovery_hours, 0.7) as recovery_high
from scopes
cross join windows
left join rollouts
    on scopes.service = rollouts.service
    and cast(rollouts.finished_at as date) >= windows.starts_on
    and cast(rollouts.finished_at as date) < windows.ends_on
group by all;

create temp macro wilson(k, n, side) as (
    (k + 1.92) / (n + 3.84) + side * 1.96 * sqrt(k * (n - k) / nullif(n, 0) + 0.96) / (n + 3.84)
);

create table marts.metrics as
with usual as (
    select
        scope,
        name,
        starts_on,
        quantile_cont(rollout_count, 0.1) over before as low,
        quantile_cont(rollout_count, 0.9) over before as high,
        count(*) over before as week_count
    from counted
    where period = 'week'
    window before as (
        partition by scope, name order by starts_on rows between 16 preceding and 1 preceding
    )
),
metrics as (
    select
        counted.*,
        'deployment_frequency' as metric,
        rollout_count * 7.0 / date_diff('day', counted.starts_on, ends_on) as value,
        'per week' as unit,
        rollout_count as n,
        case when period = 'week' and week_count >= 8 then low end as low,
        case when period = 'week' and week_count >= 8 then high end as high,
        null as p25,
        null as p75,
        null as p90,
        null as at_least
    from counted
    left join usual
        on counted.scope = usual.scope and counted.name = usual.name
        and counted.starts_on = usual.starts_on
    union all
    select *, 'change_lead_time', lead_hours, 'hours', change_count, null, null, lead_p25, lead_p75, lead_p90, null
    from counted
    union all
    select
        *, 'change_fail_rate', failed_count / nullif(rollout_count, 0), 'rate', rollout_count,
        case when rollout_count > 0 then greatest(0, wilson(failed_count, rollout_count, -1)) end,
        case when rollout_count > 0 then wilson(failed_count, rollout_count, 1) end,
        null, null, null, null
    from counted
    union all
    select
        *, 'recovery_time', recovery_hours, 'hours', failed_count, recovery_low, recovery_high,
        null, null, null, case when recovery_hours is null and failed_count > 0 then 12.0 end
    from counted
    union all
    select
        *, 'rework_rate', rework_count / nullif(rollout_count, 0), 'rate', rollout_count,
        case when rollout_count > 0 then greatest(0, wilson(rework_count, rollout_count, -1)) end,
        case when rollout_count > 0 then wilson(rework_count, rollout_count, 1) end,
        null, null, null, null
    from counted
)
select
    scope, name, metric, period, starts_on, ends_on, is_finished, is_settled,
    cast(value as double) as value, unit, cast(n as bigint) as n,
    cast(low as double) as low, cast(high as double) as high, cast(p25 as double) as p25,
    cast(p75 as double) as p75, cast(p90 as double) as p90, cast(at_least as double) as at_least,
    cast(case when metric = 'change_lead_time' then value end as double) as p50,
    n < case metric when 'recovery_time' then 5 else 8 end as is_too_few,
    cast(case when metric = 'recovery_time' then open_count end as bigint) as open_count,
    metric || '@0000abcd' as definition
from metrics;

create table marts.lead_time_stages as
select
    name = 'search' as hides_reviews, scope, name, period, starts_on, ends_on, is_finished, is_settled, 'change_lead_time@0000abcd' as definition,
    cast(change_count as bigint) as change_count,
    change_count * lead_hours * 0.25 as coding_hours,
    change_count * lead_hours * case when starts_on < date '2026-04-01' then 0.25 else 0.12 end as pickup_hours,
    change_count * lead_hours * 0.35 as review_hours,
    change_count * lead_hours * 0.02 as merge_hours,
    change_count * lead_hours * 0.2 as wait_hours,
    change_count * lead_hours * 0.02 as deployment_hours,
    change_count * lead_hours * 0.05 as working_coding_hours,
    change_count * lead_hours * 0.03 as working_pickup_hours,
    change_count * lead_hours * 0.08 as working_review_hours,
    change_count * lead_hours * 0.01 as working_merge_hours,
    change_count * lead_hours * 0.2 as working_wait_hours,
    change_count * lead_hours * 0.01 as working_deployment_hours
from counted;

create table marts.change_lead_time as
select
    scope, name, period, starts_on, 'calendar' as clock, lead_p25 as p25_hours,
    lead_hours as median_hours, lead_p75 as p75_hours, lead_p90 as p90_hours, lead_hours as mean_hours,
    lead_p25 / 4 as working_p25_hours, lead_hours / 4 as working_median_hours,
    lead_p75 / 4 as working_p75_hours, lead_p90 / 4 as working_p90_hours,
    lead_hours / 4 as working_mean_hours
from counted
where period <> 'twelve_weeks';

create table marts.lead_time_spread as
select
    scope, name, unnest(['calendar', 'working']) as clock, cast(step as bigint) as step,
    case when step = 0 then 0 else power(2, step) / 8 end as from_hours,
    case when step < 14 then power(2, step + 1) / 8 end as to_hours,
    cast(20 - abs(step - 6) * 2 as bigint) as change_count, 'change_lead_time@0000abcd' as definition
from (select distinct scope, name from scopes where name <> 'labels') as scopes
cross join generate_series(0, 14) as steps (step);

create table marts.change_fail_rate as
select
    scope, name, period, starts_on, ends_on, is_finished, is_settled,
    value as change_fail_rate, n as deployment_count, low as low_rate, high as high_rate,
    is_too_few, definition
from marts.metrics
where metric = 'change_fail_rate';

create table marts.service_overview as
select
    services.name as service,
    services.team,
    services.tier,
    'shop/' || services.name as repository,
    services.state,
    false as is_frozen,
    cast(
        case services.state
            when 'stalled' then 1 when 'slowing' then 3 when 'never_deployed' then 8
            when 'retired' then 9 else 7
        end as bigint
    ) as attention,
    cast(count(distinct cast(rollouts.finished_at as date)) as bigint) as deploy_day_count,
    min(rollouts.finished_at) as first_deployed_at,
    max(rollouts.finished_at) as last_deployed_at,
    cast(any_value(last_week.n) as bigint) as last_week_count,
    case when services.state in ('on_rhythm', 'stalled', 'slowing') then any_value(last_week.low) end as usual_low,
    case when services.state in ('on_rhythm', 'stalled', 'slowing') then any_value(last_week.high) end as usual_high,
    cast(any_value(this_week.n) as bigint) as this_week_count,
    any_value(lead.value) as lead_time_hours,
    any_value(lead.n) as lead_time_count,
    any_value(fails.value) as fail_rate,
    any_value(fails.low) as fail_low,
    any_value(fails.high) as fail_high,
    any_value(fails.n) as fail_count,
    coalesce(any_value(fails.n), 0) < 8 as fail_is_too_few,
    cast(services.waiting as bigint) as waiting_count,
    case when services.waiting > 0 then services.waiting * 14e0 end as oldest_waiting_hours,
    case when services.weekly > 0 then 9e0 end as usual_wait_hours
from services
left join rollouts on services.name = rollouts.service
left join marts.metrics as last_week
    on last_week.scope = 'service' and last_week.name = services.name and last_week.period = 'week'
    and last_week.metric = 'deployment_frequency' and last_week.starts_on = date '2026-11-16'
left join marts.metrics as this_week
    on this_week.scope = 'service' and this_week.name = services.name and this_week.period = 'week'
    and this_week.metric = 'deployment_frequency' and this_week.starts_on = date '2026-11-23'
left join marts.metrics as lead
    on lead.scope = 'service' and lead.name = services.name and lead.period = 'twelve_weeks'
    and lead.metric = 'change_lead_time' and lead.ends_on = date '2026-11-23'
left join marts.metrics as fails
    on fails.scope = 'service' and fails.name = services.name and fails.period = 'twelve_weeks'
    and fails.metric = 'change_fail_rate' and fails.ends_on = date '2026-11-23'
group by services.name, services.team, services.tier, services.state, services.weekly, services.waiting;

create table marts.cadence as
select
    service,
    team,
    tier,
    state,
    is_frozen,
    cast(null as date) as frozen_from_on,
    cast(null as date) as frozen_to_on,
    cast(null as text) as freeze_name,
    5e0 as threshold_years,
    case state when 'stalled' then 48e0 when 'slowing' then 11e0 else 2e-1 end as return_years,
    case state when 'stalled' then 48e0 else 2e-1 end as silent_r_years,
    case state when 'slowing' then 11e0 else 2e-1 end as four_r_years,
    1e-1 as volume_r_years,
    deploy_day_count,
    cast(last_deployed_at as date) as last_on,
    case state when 'stalled' then 21e0 else 1e0 end as silent_working_days,
    case when state <> 'too_new' then 2e0 end as usual_working_days,
    case when state <> 'too_new' then 28e0 end as last_four_days,
    case when state <> 'too_new' then 9e0 end as usual_four_days,
    case when state in ('stalled', 'slowing') then cast(last_deployed_at as date) end
        as unusual_since_on,
    case when state <> 'too_new' then date '2026-11-25' end as next_from,
    case when state <> 'too_new' then date '2026-11-27' end as next_to,
    waiting_count,
    oldest_waiting_hours,
    usual_wait_hours,
    attention
from marts.service_overview
where state not in ('retired', 'never_deployed');

create table marts.beats as
select service, rollout_id, finished_at, is_failed
from rollouts
where finished_at > timestamptz '2026-11-23 10:40Z' - interval 84 day;

create table marts.waiting_changes as
select
    services.name as service,
    services.name || '!' || (4100 + number) as change_id,
    'pull request' as kind,
    case when number = 1 then $hostile else 'Wallet: cache token lookups' end as title,
    case number
        when 1 then 'javascript:alert(1)'
        else 'https://git.example.invalid/shop/' || services.name || '/' || number
    end as url,
    timestamptz '2026-11-23 10:40Z' - to_hours(cast(14 * number as integer)) as merged_at,
    14e0 * number as waiting_hours
from services
cross join generate_series(1, 14) as numbers (number)
where number <= services.waiting;

create table marts.recent_deployments as
select
    service,
    rollout_id,
    'd' || rollout_id as deployment_id,
    'production' as environments,
    substr(md5(rollout_id), 1, 7) as version,
    md5(rollout_id) as commit_sha,
    finished_at,
    cast(change_count as bigint) as change_count,
    case when change_count = 3 then $hostile else 'Retry idempotent captures' end as first_change_title,
    lead_hours as lead_time_hours,
    false as is_rollback,
    is_rework as is_hotfix,
    case when is_failed then 'failed' else 'held' end as outcome,
    case when is_failed then case when change_count = 3 then 'service_and_time' else 'explicit' end end as why,
    case when is_failed then case when change_count = 3 then 4e-1 else 1e0 end end as confidence,
    false as is_inferred,
    finished_at + to_seconds(recovery_hours * 3600) as recovered_at,
    case when recovery_hours is not null then 'rollback' end as recovered_by,
    recovery_hours,
    'https://git.example.invalid/' || service || '/-/deployments/' || rollout_id as url
from rollouts
where finished_at > timestamptz '2026-11-23 10:40Z' - interval 84 day;

create table marts.next_steps as
select
    name as service, 7 as place, 'stage' as rule, 'review' as stage, cast(40 as bigint) as n, 3e1 as hours,
    3.5e-1 as share, $hostile as evidence, 'c1' as evidence_id, 'https://git.example.invalid/c/1' as evidence_url
from services where name <> 'labels'
union all
select 'invoicing', 2, 'stalled', null, 11, 4.5e2, null, null, '0123456789abcdef', 'javascript:alert(1)';

create table marts.largest_stages as
select name as service, 'review' as stage, 3.5e-1 as stage_share, cast(40 as bigint) as change_count
from services where name <> 'labels';

create table marts.data_quality as
select
    'unknown commit' as kind, 'checkout' as service, 'ce69626' as subject,
    'The clone lacks this commit.' as detail, 'change_lead_time' as metrics,
    'Its changes have no lead time.' as effect, 'Fetch the branch.' as remedy
union all
select
    'source is silent', null, 'shop: incidents', 'none since 2026-09-01', 'change_fail_rate, recovery_time, rework_rate',
    'The newest weeks may be too small.', 'Ask the <b>tool</b>.';

create table marts.warnings as
select metric, scope, name, period, starts_on, 'new source' as kind, 'shop tells of incidents since 2026-09-01 <b>' as words
from marts.metrics
where metric = 'change_fail_rate' and name = 'checkout';

create table marts.source_rhythms as
select
    'shop' as source, unnest(['deployments', 'incidents']) as thing, date '2025-05-26' as first_on,
    unnest([date '2026-11-23', date '2026-09-01']) as last_on, cast(90 as bigint) as day_count,
    cast(unnest([0, 83]) as bigint) as silent_days, cast(unnest([7, null]) as bigint) as limit_days,
    unnest([false, true]) as is_silent;

create table marts.explained_deployments as
select
    name as service, date '2026-11-16' as starts_on, date '2026-11-23' as ends_on,
    cast(10 as bigint) as deployment_count, cast(10 as bigint) as identified_count,
    cast(9 as bigint) as found_count, cast(9 as bigint) as explained_count, 0.9e0 as explained_rate
from services
where name in ('checkout', 'search');

create table marts.quick_check as
select
    scope, name, metric, 2025 as edition, starts_on, ends_on, value, unit, n,
    case when name = 'checkout' then 6e0 end as score, null as said,
    case when name <> 'checkout' then 'shop has told of no incidents since 2026-09-01' end as reason,
    5.5e0 as mean_score, 2.4e0 as sd_score, 'retail' as industry, 5.9e0 as industry_score,
    'Quick check of dora.dev, edition 2025' as source, definition
from marts.metrics
where scope = 'service' and period = 'twelve_weeks' and ends_on = date '2026-11-23';

create table marts.bands as
select
    checked.* exclude (edition, score, said, mean_score, sd_score, industry, industry_score, source),
    years.report_year, case when score is not null then 'high' end as level,
    case when score is not null then 'day to week' else '' end as said,
    years.report_year = 2023 as is_second_hand, 'a report' as source
from marts.quick_check as checked
cross join (select unnest([2019, 2021, 2023, 2024]) as report_year) as years
where metric <> 'rework_rate';

create table marts.sources as
select
    'shop' as source, 'files' as kind, unnest(['deployments', 'changes', 'incidents']) as entity,
    cast(1200 as bigint) as record_count, cast(2 as bigint) as rejected_count,
    timestamptz '2026-11-23 10:34Z' as latest_fetched_at,
    timestamptz '2026-11-23 10:12Z' as latest_event_at, cast(null as timestamptz) as history_since
union all
select
    unnest(['github', 'pay <b>']), 'github', 'changes', 40, 0,
    timestamptz '2026-11-23 10:34Z', timestamptz '2026-11-23 10:12Z', timestamptz '2026-02-28 23:30Z'
where $is_early;

create table facts.deployments as
select
    'd' || rollout_id as deployment_id, rollout_id, service,
    case when change_count = 5 then 'staging' else 'production' end as environment, true as is_production,
    md5(rollout_id) as commit_sha, finished_at, 'success' as status, change_count = 4 as is_bot,
    'automatic' as trigger, false as is_rollback, change_count, cast(null as text) as version,
    cast(null as text) as url,
    case when change_count = 3 then '=cmd|'' /C calc''!A0' else '-1' end as note
from rollouts;

comment on table facts.deployments is 'One row per deployment of one service to one environment.';

comment on column facts.deployments.finished_at is 'When it ended, UTC.';

comment on table marts.beats is 'One row per rollout of the last 84 days.';

create table marts.restatements as
with told as (
    select distinct on (metric) *
    from marts.metrics
    where scope = 'organisation' and period = 'week' and is_finished
        and metric in ('change_fail_rate', 'deployment_frequency')
    order by metric, starts_on desc
)
select
    metric, scope, name, starts_on as week_on, unit, cast(ends_on as timestamptz) as delivered_at,
    cast(case when metric = 'change_fail_rate' then 0.01 else value end as decimal(18, 9)) as then_value,
    cast(null as double) as then_at_least, n as then_n, definition as then_definition,
    cast(case when metric = 'change_fail_rate' then 0.05 else value end as decimal(18, 9)) as now_value,
    cast(null as double) as now_at_least, n as now_n, definition as now_definition,
    now_value - then_value as movement, now_value - then_value as late_part,
    cast(0 as decimal(18, 9)) as override_part, cast(0 as decimal(18, 9)) as definition_part,
    cast(2 as bigint) as later_incident_count, cast(0 as bigint) as unlinked_incident_count,
    false as is_overruled, true as is_late, metric = 'change_fail_rate' as has_moved
from told;

create table marts.definitions as
select distinct
    definition, metric, false as is_mixed, cast(36 as bigint) as scope_count,
    '{"clock": "calendar", "lead_time_from": "first_commit"}' as rules
from marts.metrics;

create table facts.definition_changes as
select
    cast(2 as bigint) as entry, 'change_lead_time' as metric, '' as service,
    min(definition) as definition, 'change_lead_time@0ld' as replaced, '{}' as settings,
    timestamptz '2026-10-01 08:00Z' as since_at
from marts.metrics
where metric = 'change_lead_time';

create table marts.change_wait as
select
    scope, name, period, starts_on, ends_on, cast(change_count as bigint) as change_count,
    cast(3 as bigint) as open_count, case when name <> 'search' then lead_hours / 5 end as median_hours,
    case when name <> 'search' then lead_hours / 8 end as low_hours, null::double as high_hours,
    case when name = 'search' then 60.0 end as at_least_hours
from counted
where period in ('week', 'month');

create table marts.overrides as
select *
from (
    values
    ('team', 'Payments', date '2026-11-01', 2, 0, 2), ('organisation', 'organisation', date '2026-11-01', 2, 0, 2),
    ('service', 'checkout', date '2026-11-01', 2, 0, 2)
) as told (scope, name, starts_on, override_count, more_count, fewer_count);

create table facts.overrides as
select
    1 as override_id, 'unlink' as does, 'inc-7' as incident_id, 'd-101' as deployment_id,
    'The broker, <b>not</b> us' as reason, date '2026-11-17' as decided_on, null as problem
union all
select 2, 'held', null, 'd-999', 'A drill', date '2026-11-18', 'no deployment is called d-999';

create table marts.settled_ages as
select distinct
    metric, name as service, case metric when 'change_fail_rate' then 3 when 'rework_rate' then null else 0 end as settled_age_weeks,
    case when metric = 'rework_rate' then 'still moves after 11 weeks' end as why
from marts.metrics
where scope = 'service' and name = 'checkout';

create table marts.recent_failures as
select
    recent.service, recent.rollout_id, recent.version, recent.commit_sha, recent.finished_at,
    recent.change_count, recent.why, recent.confidence, recent.is_inferred, 'rule' as decided_by,
    case when recent.change_count = 3 then $hostile else 'Slow answers' end as incident_title,
    'sev2' as incident_severity, 'javascript:alert(2)' as incident_url, recent.recovered_at,
    recent.recovered_by, recent.recovery_hours, recent.url
from marts.recent_deployments as recent
where recent.outcome = 'failed';

create table marts.failed_changes as
select
    service, rollout_id, service || '!' || substr(rollout_id, 2) as change_id, 'pull_request' as kind,
    first_change_title as title,
    'https://git.example.invalid/shop/' || service || '/pull/' || substr(rollout_id, 2) as url,
    finished_at - interval 1 hour as merged_at
from marts.recent_deployments
where outcome = 'failed';

create table marts.recovery_curves as
with ended as (
    select
        scopes.scope, scopes.name, rollouts.recovery_hours as hours,
        case when rollouts.finished_at > timestamptz '2026-05-25 00:00Z' then 'now' else 'before' end as span
    from rollouts inner join scopes on rollouts.service = scopes.service
    where rollouts.is_failed and rollouts.recovery_hours is not null
),
counted as (
    select
        *, row_number() over (partition by scope, name, span order by hours) as over_so_far,
        count(*) over (partition by scope, name, span) as failed_count
    from ended
)
select
    scope, name, span, hours, 1 - over_so_far / failed_count as open_share,
    case when over_so_far < failed_count then greatest(0, 0.9 - over_so_far / failed_count) end as low_share,
    case when over_so_far < failed_count then least(1, 1.1 - over_so_far / failed_count) end as high_share,
    cast(1 as bigint) as over_count, cast(0 as bigint) as open_count, failed_count
from counted
;
create table marts.weekdays as
select
    scopes.scope,
    scopes.name,
    cast(days.weekday as bigint) as weekday,
    cast(50 as bigint) as day_count,
    cast(60 as bigint) as deployment_count,
    cast(days.weekday as bigint) as missed_count,
    case when days.weekday = 5 then 5e-1 else 1.1e0 end as mean_share,
    cast(48 as bigint) as week_count,
    case when days.weekday = 5 then -6e0 else 1e0 end as z_score,
    scopes.scope = 'service' as is_too_few,
    days.weekday = 5 and scopes.scope = 'organisation' as is_avoided,
    case when days.weekday = 5 and scopes.scope = 'organisation' then 4.2e1 end as held_change_days
from (select distinct scope, name from scopes) as scopes
cross join generate_series(1, 5) as days (weekday);

create table marts.compared_failures as
select
    'service' as trait, ends_on, name as group_name, name = 'search' as is_worse
from marts.metrics
where scope = 'service' and metric = 'change_fail_rate' and period = 'twelve_weeks';

create table marts.outcomes as
select
    scopes.scope,
    scopes.name,
    traits.trait,
    cast(traits.place as bigint) as place,
    cast(case when traits.place = 5 then 7 else 400 end as bigint) as deployment_count,
    cast(case traits.place when 4 then 80 when 5 then 1 else 30 end as bigint) as failed_count,
    case traits.place when 4 then 2e-1 when 5 then 1.4e-1 else 7.5e-2 end as fail_rate,
    case traits.place when 4 then 1.6e-1 when 5 then 3e-2 else 5e-2 end as low_rate,
    case traits.place when 4 then 2.4e-1 when 5 then 5.1e-1 else 1.1e-1 end as high_rate,
    traits.place = 5 as is_too_few,
    case traits.place when 4 then 7.1e0 else -2e0 end as z_score,
    traits.place = 4 as is_worse
from (select distinct scope, name from scopes) as scopes
cross join (
    select trait, place
    from (values ('weekday'), ('batch_size')) as kinds (trait)
    cross join generate_series(1, 5) as places (place)
) as traits;

create table marts.deployment_hours as
select
    'organisation' as scope,
    'organisation' as name,
    cast(days.weekday as bigint) as weekday,
    cast(hours.hour as bigint) as hour,
    cast((12 - abs(12 - hours.hour)) * (7 - days.weekday) as bigint) as deployment_count
from generate_series(1, 6) as days (weekday)
cross join generate_series(7, 18) as hours (hour);

create table facts.alarms as
select service, began_on, ended_on, state, return_years
from (
    values
    ('invoicing', date '2026-11-02', cast(null as date), 'stalled', 4.8e1),
    ('checkout', date '2026-10-05', date '2026-10-14', 'slowing', 7e0)
) as told (service, began_on, ended_on, state, return_years);

create table marts.change_points as
select *
from (
    values
    ('change_lead_time', 'service', 'checkout', date '2026-06-01', 30.0, 17.5),
    ('deployment_frequency', 'organisation', 'organisation', date '2026-06-01', 80.0, 90.0)
) as told (metric, scope, name, changed_on, before_value, after_value);

create table facts.annotations as
select *
from (
    values
    (date '2026-08-03', date '2026-08-14', 'Moved <b>x</b> [y](javascript:alert(1))', null, null),
    (date '2026-11-10', date '2026-11-10', 'Behind flags', 'checkout', null),
    (date '2026-09-15', date '2026-09-15', 'Two people joined', null, 'Payments'),
    (date '2020-01-01', date '2020-01-01', 'Long ago', null, null)
) as told (starts_on, ends_on, text, service, team);

create table facts.trends as
select *
from (
    values
    ('change_fail_rate', 'service', 'checkout', 4, 'worse', 1e-3, 60, 300, 2.1e-1, 6e-2),
    ('change_lead_time', 'organisation', 'organisation', 4, 'better', 1e-3, 80, 500, 1.2e1, 2e1),
    ('recovery_time', 'organisation', 'organisation', 13, 'no change beyond chance', 4e-1, 20, 40,
        2e0, 2e0),
    ('recovery_time', 'service', 'labels', 13, 'too few to tell', null, 0, 0, null, null)
) as told (
    metric, scope, name, week_count, verdict, p, recent_count, before_count, recent_value,
    before_value
)
