-- One row per service that has deployed to production: what happens if it is rolled back now.
-- The old version still up, or a canary that is not promoted, is a switch; a known digest of the
-- version before is reused, unless every rollback of the service in a year was a rebuild; else it
-- is what these were, if all were alike. Reverts, hotfixes and aborts say nothing of that. Past an
-- irreversible migration it is a project, whatever is still up.
--
-- grain: service
--   service               Service.
--   state                 yes by switch or reuse, no by rebuild or project, unknown, or stale where
--                         it was not done for a year; claimed in place of these two where people
--                         claim a drill that has not run out.
--   mechanism             switch, reuse, rebuild, project or unknown.
--   expected_minutes      Median of its own rollbacks by that mechanism; null without any.
--   expected_count        How many there were.
--   deployment_minutes    Median minutes that a deployment takes; null where unknown.
--   back_to               Deployment that would run again; null where none is known.
--   reversible_depth      How many deployments back it can be taken; null where nothing counts.
--   is_at_least           True where that may be more.
--   stopped_by            irreversible_migration, unread_migration, unknown_digest or
--                         end_of_history: why no further.
--   is_alarming           True when the depth of a service of tier 1 has fallen to 0.
--   warm_minutes          Median minutes for which the old version stays up; null where unknown.
--   detect_p90_minutes    Nine of ten failures were noticed within so many minutes.
--   is_warm_enough        True when the old version stays up that long; null where unknown.
--   exercised_at          Latest time that the service was taken back, anywhere, UTC.
--   exercised_days        Days since then; null where it never was.
--   exercised_in          production, or drill where it was elsewhere; null where it never was.
--   rollback_count        Times it was taken back in production in the last 365 days.
--   observed_at           End of the latest production deployment, UTC.
--   evidence_url          Page of the latest time it was taken back, else of that deployment; where
--                         a claim can be read.

with rollouts as (
    select
        deployment_id,
        max(
            case
                when status in ('progressing', 'paused') then timestamptz '9999-01-01'
                when status = 'completed' then finished_at + warm_seconds * interval 1 second
            end
        ) as warm_until
    from facts.progressive_rollouts
    where is_production and deployment_id is not null
    group by deployment_id
),

warm as (
    select
        rollouts.service,
        median(rollouts.warm_seconds) / 60 as warm_minutes
    from facts.progressive_rollouts as rollouts
    cross join config.run as run
    where
        rollouts.is_production
        and rollouts.warm_seconds is not null
        and rollouts.started_at > run.as_of - interval 365 day
    group by rollouts.service
),

own as (
    select
        rollbacks.service,
        count(*) as rollback_count,
        min(case when rollbacks.how = 'rollback' then rollbacks.mechanism end)
            as first_mechanism,
        max(case when rollbacks.how = 'rollback' then rollbacks.mechanism end)
            as last_mechanism
    from facts.rollbacks as rollbacks
    cross join config.run as run
    where rollbacks.is_production and rollbacks.finished_at > run.as_of - interval 365 day
    group by rollbacks.service
),

expected as (
    select
        service,
        mechanism,
        median(took_seconds) / 60 as expected_minutes,
        count(*) as expected_count
    from facts.rollbacks
    where is_production
    group by service, mechanism
),

lengths as (
    select
        records.service,
        median(epoch(records.finished_at) - epoch(records.started_at)) / 60 as deployment_minutes
    from facts.deployment_records as records
    cross join config.run as run
    where
        records.is_production
        and records.status = 'success'
        and records.finished_at > run.as_of - interval 365 day
    group by records.service
),

exercised as (
    select *
    from facts.rollbacks
    qualify row_number() over (
        partition by service order by finished_at desc, rollback_id
    ) = 1
),

claimed as (
    select *
    from facts.architecture_claims
    where kind = 'drill' and state = 'claimed'
    qualify row_number() over (partition by service order by claimed_on desc, claim_id) = 1
),

ways as (
    select
        live.service,
        live.previous_id,
        live.finished_at,
        live.url,
        coalesce(own.rollback_count, 0) as rollback_count,
        depths.reversible_depth,
        depths.is_at_least,
        depths.stopped_by,
        case
            when depths.reversible_depth = 0 and not depths.is_at_least then 'project'
            when rollouts.warm_until > run.as_of then 'switch'
            when own.first_mechanism = 'rebuild' and own.last_mechanism = 'rebuild' then 'rebuild'
            when live.previous_digest is not null then 'reuse'
            when own.first_mechanism = own.last_mechanism then own.first_mechanism
            else 'unknown'
        end as mechanism,
        run.as_of
    from facts.live_deployments as live
    left join rollouts on live.deployment_id = rollouts.deployment_id
    left join own on live.service = own.service
    left join facts.reversible_depths as depths on live.service = depths.service
    cross join config.run as run
)

select
    ways.service,
    case
        when ways.mechanism in ('rebuild', 'project') then 'no'
        when
            ways.mechanism <> 'unknown'
            and coalesce(exercised.finished_at > ways.as_of - interval 365 day, true)
            then 'yes'
        when claimed.service is not null then 'claimed'
        when ways.mechanism = 'unknown' then 'unknown'
        else 'stale'
    end as state,
    ways.mechanism,
    expected.expected_minutes,
    coalesce(expected.expected_count, 0) as expected_count,
    lengths.deployment_minutes,
    ways.previous_id as back_to,
    ways.reversible_depth,
    ways.is_at_least,
    ways.stopped_by,
    coalesce(services.tier = 1 and ways.reversible_depth = 0 and not ways.is_at_least, false)
        as is_alarming,
    warm.warm_minutes,
    detection.detect_p90_minutes,
    warm.warm_minutes >= detection.detect_p90_minutes as is_warm_enough,
    exercised.finished_at as exercised_at,
    cast(floor((epoch(ways.as_of) - epoch(exercised.finished_at)) / 86400) as bigint)
        as exercised_days,
    case
        when exercised.finished_at is null then null
        when exercised.is_production then 'production'
        else 'drill'
    end as exercised_in,
    ways.rollback_count,
    ways.finished_at as observed_at,
    case
        when
            ways.mechanism = 'unknown'
            or (
                ways.mechanism in ('switch', 'reuse')
                and exercised.finished_at <= ways.as_of - interval 365 day
            )
            then coalesce(claimed.evidence_url, exercised.url, ways.url)
        else coalesce(exercised.url, ways.url)
    end as evidence_url
from ways
inner join facts.services as services on ways.service = services.service
left join expected on ways.service = expected.service and ways.mechanism = expected.mechanism
left join lengths on ways.service = lengths.service
left join warm on ways.service = warm.service
left join marts.architecture_detection as detection on ways.service = detection.service
left join exercised on ways.service = exercised.service
left join claimed on ways.service = claimed.service
