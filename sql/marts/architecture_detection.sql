-- One row per service: how its failures of the last 365 days were noticed.
--
-- grain: service
--   service                  Service.
--   failed_count             Failed production deployments.
--   told_count               Of them, those of which it is known who saw it first.
--   machine_count            Of these, those that a machine saw first.
--   machine_share            Their share, 0 to 1; null below 80 % known.
--   exposure_count           Failures of which it is known when they had all traffic.
--   early_count              Of these, those seen before.
--   early_share              Their share, 0 to 1; null below 80 % known.
--   detect_minutes           Median minutes to the first signal; null without any.
--   detect_p90_minutes       Nine of ten were noticed within so many minutes; null without any.
--   decide_minutes           Median minutes from there to the start of the remedy.
--   act_minutes              Median minutes from there to the recovery.
--   bad_minutes              Minutes on bad versions, weighed by their share of the traffic.
--   unweighed_count          Failures for which all traffic was assumed.
--   observed_at              Latest signal, UTC; null without a failure.

with recent as (
    select recoveries.*
    from marts.architecture_recoveries as recoveries
    cross join config.run as run
    where recoveries.failed_at > run.as_of - interval 365 day
),

counted as (
    select
        service,
        count(*) as failed_count,
        count(is_machine_first) as told_count,
        count(*) filter (where is_machine_first) as machine_count,
        count(is_before_full_exposure) as exposure_count,
        count(*) filter (where is_before_full_exposure) as early_count,
        median(detect_minutes) as detect_minutes,
        quantile_cont(detect_minutes, 0.9) as detect_p90_minutes,
        median(decide_minutes) as decide_minutes,
        median(act_minutes) as act_minutes,
        round(sum(bad_minutes), 6) as bad_minutes,
        count(*) filter (where not is_weight_known) as unweighed_count,
        max(observed_at) as observed_at
    from recent
    group by service
)

select
    services.service,
    coalesce(counted.failed_count, 0) as failed_count,
    coalesce(counted.told_count, 0) as told_count,
    coalesce(counted.machine_count, 0) as machine_count,
    case
        when counted.told_count >= 0.8 * counted.failed_count
            then counted.machine_count / nullif(counted.told_count, 0)
    end as machine_share,
    coalesce(counted.exposure_count, 0) as exposure_count,
    coalesce(counted.early_count, 0) as early_count,
    case
        when counted.exposure_count >= 0.8 * counted.failed_count
            then counted.early_count / nullif(counted.exposure_count, 0)
    end as early_share,
    counted.detect_minutes,
    counted.detect_p90_minutes,
    counted.decide_minutes,
    counted.act_minutes,
    counted.bad_minutes,
    coalesce(counted.unweighed_count, 0) as unweighed_count,
    counted.observed_at
from facts.services as services
left join counted on services.service = counted.service
