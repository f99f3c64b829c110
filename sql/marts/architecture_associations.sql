-- One row per service and trait: did deployments with it fail more often than those without, in the
-- same quarter? Association, never proof: nobody drew the deployments by lot.
-- The ratio is Mantel and Haenszel's common odds ratio (1959) over the quarters, its interval that
-- of Robins, Breslow and Greenland (1986). A quarter informs where both sides have deployments and
-- some, not all, of them failed. Services are never pooled, for they are unlike. Fewer than five
-- failures in all are too few to tell.
--
-- grain: service, trait
--   service               Service.
--   trait                 As of the deployments.
--   with_count            Deployments with the trait.
--   with_failed_count     Of them, failed.
--   with_change_count     Changes that these carried.
--   without_count         Deployments without it.
--   without_failed_count  Of them, failed.
--   without_change_count  Changes that these carried.
--   with_rate             Failures per deployment with it, 0 to 1; null without any.
--   without_rate          Failures per deployment without it.
--   with_change_rate      Failures per change with it; null without any change.
--   without_change_rate   Failures per change without it.
--   strata_count          Quarters that inform.
--   odds_ratio            Common odds ratio; null where no quarter informs, or none without failed.
--   low_ratio             Lower end of its 95 % interval.
--   high_ratio            Upper end.
--   finding               more often, less often, no difference beyond chance, or too few to tell.

with strata as (
    select
        service,
        trait,
        quarter_on,
        cast(count(*) filter (where has_trait and is_failed) as double) as a,
        cast(count(*) filter (where has_trait and not is_failed) as double) as b,
        cast(count(*) filter (where not has_trait and is_failed) as double) as c,
        cast(count(*) filter (where not has_trait and not is_failed) as double) as d,
        cast(count(*) as double) as n,
        coalesce(sum(change_count) filter (where has_trait), 0) as with_changes,
        coalesce(sum(change_count) filter (where not has_trait), 0) as without_changes
    from facts.trait_deployments
    group by service, trait, quarter_on
),

parts as (
    select
        *,
        a + b > 0 and c + d > 0 and a + c > 0 and b + d > 0 as is_informative,
        a * d / n as r,
        b * c / n as s,
        (a + d) / n as p,
        (b + c) / n as q
    from strata
),

summed as (
    select
        service,
        trait,
        cast(sum(a + b) as bigint) as with_count,
        cast(sum(a) as bigint) as with_failed_count,
        cast(sum(with_changes) as bigint) as with_change_count,
        cast(sum(c + d) as bigint) as without_count,
        cast(sum(c) as bigint) as without_failed_count,
        cast(sum(without_changes) as bigint) as without_change_count,
        count(*) filter (where is_informative) as strata_count,
        coalesce(sum(r) filter (where is_informative), 0.0) as r,
        coalesce(sum(s) filter (where is_informative), 0.0) as s,
        coalesce(sum(p * r) filter (where is_informative), 0.0) as pr,
        coalesce(sum(p * s + q * r) filter (where is_informative), 0.0) as ps_qr,
        coalesce(sum(q * s) filter (where is_informative), 0.0) as qs
    from parts
    group by service, trait
),

ratios as (
    select
        *,
        case when r > 0 and s > 0 then ln(r / s) end as log_ratio,
        case
            when r > 0 and s > 0
                then sqrt(pr / (2 * r * r) + ps_qr / (2 * r * s) + qs / (2 * s * s))
        end as log_error
    from summed
),

ends as (
    select
        *,
        round(exp(log_ratio), 6) as odds_ratio,
        round(exp(log_ratio - 1.959964 * log_error), 6) as low_ratio,
        round(exp(log_ratio + 1.959964 * log_error), 6) as high_ratio
    from ratios
)

select
    service,
    trait,
    with_count,
    with_failed_count,
    with_change_count,
    without_count,
    without_failed_count,
    without_change_count,
    with_failed_count * 1.0 / nullif(with_count, 0) as with_rate,
    without_failed_count * 1.0 / nullif(without_count, 0) as without_rate,
    with_failed_count * 1.0 / nullif(with_change_count, 0) as with_change_rate,
    without_failed_count * 1.0 / nullif(without_change_count, 0) as without_change_rate,
    strata_count,
    odds_ratio,
    low_ratio,
    high_ratio,
    case
        when odds_ratio is null or with_failed_count + without_failed_count < 5
            then 'too few to tell'
        when low_ratio > 1 then 'more often'
        when high_ratio < 1 then 'less often'
        else 'no difference beyond chance'
    end as finding
from ends
