-- One row per failed production deployment: how it was noticed, and how it was taken back.
-- Stages are clamped: a moment is never before the one ahead of it, nor after the recovery. What
-- is not known has no stage, and its time falls to the next one that is.
--
-- grain: deployment_id
--   deployment_id            Failed deployment.
--   service                  Service.
--   failed_at                Its end, UTC.
--   signal_at                First alert, failed analysis or incident, UTC; null without any.
--   first_signal             analysis, alert or incident; null without any.
--   is_machine_first         True when a machine saw it first; null where unknown.
--   is_before_full_exposure  True when it was seen before it had all traffic in all regions; null
--                            where it is not known when that was.
--   remedy_at                When what ended it began, UTC; null where unknown.
--   recovered_at             UTC; null while open.
--   recovered_by             rollback, fix, incident_resolved or flag_off; null while open.
--   mechanism                switch, reuse, rebuild, or unknown; null where nothing was deployed.
--   detect_minutes           End of the deployment to the first signal; null where unknown.
--   decide_minutes           To the start of the remedy; null where unknown.
--   act_minutes              To the recovery; null while open.
--   bad_minutes              Minutes on the bad version, weighed by its share of the traffic.
--   is_weight_known          True where that share was told; elsewhere it is taken to be all.
--   observed_at              The signal, else the end of the deployment, UTC.
--   evidence_url             Page of the rollout, else of the deployment.

with failed_analyses as (
    select
        rollouts.deployment_id,
        min(analyses.finished_at) as signal_at
    from facts.analyses as analyses
    inner join facts.progressive_rollouts as rollouts
        on analyses.rollout_key = rollouts.rollout_key
    where analyses.verdict in ('failed', 'error') and not analyses.is_dry_run
    group by rollouts.deployment_id
),

incident_signals as (
    select
        links.deployment_id,
        incidents.started_at as signal_at,
        case when incidents.raised_by = 'machine' then 'alert' else 'incident' end as kind,
        incidents.raised_by
    from facts.deployment_incidents as links
    inner join facts.incidents as incidents
        on
            links.incident_id = incidents.incident_id
            and links.claimed_by = coalesce(incidents.service, '')
    where links.is_counted
),

every_signal as (
    select
        deployment_id,
        signal_at,
        kind,
        raised_by
    from incident_signals
    union all
    select
        deployment_id,
        signal_at,
        'analysis' as kind,
        'machine' as raised_by
    from failed_analyses
    where deployment_id is not null
),

first_signals as (
    select *
    from every_signal
    qualify row_number() over (
        partition by deployment_id order by signal_at, kind, raised_by
    ) = 1
),

remedies as (
    select
        deployment_id,
        mended_id,
        min(began_at) as began_at
    from facts.remedies
    group by deployment_id, mended_id
),

timed as (
    select
        failed.deployment_id,
        failed.service,
        failed.finished_at as failed_at,
        signals.signal_at,
        signals.kind,
        signals.raised_by,
        coalesce(
            remedies.began_at,
            case when failed.recovered_by = 'flag_off' then failed.recovered_at end
        ) as remedy_at,
        failed.recovered_at,
        failed.recovered_by,
        rollbacks.mechanism,
        greatest(signals.signal_at, failed.finished_at) as seen_at
    from facts.failed_deployments as failed
    left join first_signals as signals on failed.deployment_id = signals.deployment_id
    left join remedies
        on
            failed.recovery_id = remedies.deployment_id
            and failed.deployment_id = remedies.mended_id
    left join facts.rollbacks as rollbacks on failed.recovery_id = rollbacks.rollback_id
),

clamped as (
    select
        *,
        case
            when signal_at is null then null
            else least(seen_at, coalesce(recovered_at, seen_at))
        end as signal_c,
        case
            when remedy_at is null then null
            else
                least(
                    greatest(
                        remedy_at,
                        least(
                            coalesce(seen_at, failed_at), coalesce(recovered_at, seen_at, failed_at)
                        ),
                        failed_at
                    ),
                    coalesce(recovered_at, greatest(remedy_at, coalesce(seen_at, failed_at)))
                )
        end as remedy_c
    from timed
)

select
    clamped.deployment_id,
    clamped.service,
    clamped.failed_at,
    clamped.signal_at,
    case when clamped.signal_at is not null then clamped.kind end as first_signal,
    case
        when clamped.raised_by = 'machine' then true
        when clamped.raised_by = 'person' then false
    end as is_machine_first,
    case
        when clamped.signal_at is not null and exposures.full_exposure_at is not null
            then clamped.signal_at < exposures.full_exposure_at
    end as is_before_full_exposure,
    clamped.remedy_at,
    clamped.recovered_at,
    clamped.recovered_by,
    clamped.mechanism,
    (epoch(clamped.signal_c) - epoch(clamped.failed_at)) / 60 as detect_minutes,
    (epoch(clamped.remedy_c) - epoch(coalesce(clamped.signal_c, clamped.failed_at))) / 60
        as decide_minutes,
    (
        epoch(clamped.recovered_at)
        - epoch(coalesce(clamped.remedy_c, clamped.signal_c, clamped.failed_at))
    ) / 60 as act_minutes,
    exposures.bad_minutes,
    coalesce(exposures.is_weight_known, false) as is_weight_known,
    coalesce(clamped.signal_at, clamped.failed_at) as observed_at,
    exposures.evidence_url
from clamped
left join facts.bad_minutes as exposures on clamped.deployment_id = exposures.deployment_id
