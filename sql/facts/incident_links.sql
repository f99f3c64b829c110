-- One row per incident and production deployment that it may be due to, before one is chosen:
-- what it names, what was mended while it went on, and the latest before it.
-- Never across services unless configured, and by time alone never beyond the window.
--
-- grain: incident_id, claimed_by, deployment_id, how
--   incident_id        Incident.
--   claimed_by         Service whose incident it is; empty where none claims it.
--   service            Service of the deployment.
--   deployment_id      Deployment.
--   how                explicit, commit, version, rollback, revert, hotfix or service_and_time.
--   confidence         0 to 1; time alone starts at .5 and halves with each half-life.

with production as (
    select *
    from facts.deployment_records
    where is_production and status = 'success'
),

claimed as (
    select
        incidents.incident_id,
        incidents.started_at,
        coalesce(incidents.resolved_at, timestamptz '9999-12-31 00:00:00+00') as until_at,
        blames.*
    from facts.incidents as incidents
    inner join facts.blames as blames on incidents.service = blames.claimed_by
),

by_remedy as (
    select
        claimed.incident_id,
        claimed.claimed_by,
        claimed.service,
        remedies.mended_id as deployment_id,
        remedies.how,
        max(remedies.confidence) as confidence
    from claimed
    inner join facts.remedies as remedies
        on
            claimed.service = remedies.service
            and remedies.finished_at >= claimed.started_at
            and remedies.began_at <= claimed.until_at
    inner join production on remedies.mended_id = production.deployment_id
    where production.finished_at <= claimed.started_at
    group by
        claimed.incident_id, claimed.claimed_by, claimed.service, remedies.mended_id, remedies.how
),

moments as (
    select
        blames.claimed_by,
        production.service,
        production.finished_at as happened_at,
        0 as turn,
        production.deployment_id,
        null as incident_id
    from production
    inner join facts.blames as blames on production.service = blames.service
    where blames.claimed_by <> ''
    union all
    select
        claimed_by,
        service,
        started_at as happened_at,
        1 as turn,
        null as deployment_id,
        incident_id
    from claimed
),

latest as (
    select
        claimed_by,
        service,
        incident_id,
        last_value(deployment_id ignore nulls) over (
            partition by claimed_by, service
            order by happened_at, turn, deployment_id, incident_id
            rows between unbounded preceding and current row
        ) as deployment_id
    from moments
),

by_time as (
    select
        claimed.incident_id,
        claimed.claimed_by,
        claimed.service,
        production.deployment_id,
        'service_and_time' as how,
        round(
            0.5 * power(
                2.0,
                -(epoch(claimed.started_at) - epoch(production.finished_at))
                / 3600.0 / claimed.half_life_hours
            ),
            6
        ) as confidence
    from latest
    inner join claimed
        on
            latest.incident_id = claimed.incident_id
            and latest.claimed_by = claimed.claimed_by
            and latest.service = claimed.service
    inner join production on latest.deployment_id = production.deployment_id
    where
        epoch(claimed.started_at) - epoch(production.finished_at)
        <= claimed.attribution_window_hours * 3600
)

select
    incident_id,
    claimed_by,
    service,
    deployment_id,
    how,
    confidence
from facts.incident_mentions
union all
select * from by_remedy
union all
select * from by_time
