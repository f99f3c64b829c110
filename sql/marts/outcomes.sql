-- One row per scope and trait of its deployments of the last 365 whole days: how many, and how many
-- failed. An association, no proof; the interval is Wilson's, 95 %. Whether one fails more often
-- than the others is told in marts.compared_failures.
--
-- grain: scope, name, trait, place
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   trait              weekday, or batch_size: changes that the deployment was the first to carry.
--   place              Weekday, 1 is Monday; of sizes 1 for one change, 2 for 2 to 3, 3 for 4 to
--                      6, 4 for 7 to 10, 5 for more. What carries none is left out.
--   deployment_count   Counted production deployments.
--   failed_count       Of them, how many needed intervention.
--   fail_rate          Their share, 0 to 1.
--   low_rate           Lower end of the interval.
--   high_rate          Upper end of the interval.
--   is_too_few         True with fewer deployments than tell anything.
--   z_score            How far its failures are above those of the scope's other deployments, in
--                      standard deviations; null where there are no others.
--   is_worse           True where it fails more often beyond chance.

with rates as (
    select
        *,
        cast(group_name as bigint) as place,
        failed_count / nullif(cast(deployment_count as double), 0) as fail_rate,
        1.959964 * 1.959964 / nullif(deployment_count, 0) as z2_n
    from marts.compared_failures
    where trait <> 'service'
),

centred as (
    select
        *,
        (fail_rate + z2_n / 2) / (1 + z2_n) as centre,
        sqrt(fail_rate * (1 - fail_rate) * z2_n + z2_n * z2_n / 4) / (1 + z2_n) as half
    from rates
)

select
    scope,
    name,
    trait,
    place,
    deployment_count,
    failed_count,
    fail_rate,
    round(greatest(centre - half, 0), 6) as low_rate,
    round(least(centre + half, 1), 6) as high_rate,
    is_too_few,
    z_score,
    is_worse
from centred
