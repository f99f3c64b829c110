-- One row per incident and raised flag that it may be due to, and whether it is put down to that.
-- Of an incident's links, to deployments and to flags, the strongest counts for each service that
-- claims it; the deployment where both are equal, and of flags the one raised last.
--
-- grain: incident_id, claimed_by, service, flag_event_id, how
--   incident_id        Incident.
--   claimed_by         Service whose incident it is.
--   service            Service whose flag it is.
--   flag_event_id      The flag's being raised.
--   flag_key           Key of the flag.
--   raised_at          When it was raised, UTC.
--   lowered_id         Its first being lowered from the incident's start on; null where it was not.
--   lowered_at         When that was, UTC.
--   how                named, raised_and_lowered or service_and_time.
--   confidence         0 to 1.
--   is_counted         True for the one link that spares the deployments.
--   is_sure            True from the configured confidence on: its being lowered ends a failure.

with deployments as (
    select
        incident_id,
        claimed_by,
        max(confidence) as confidence
    from facts.incident_links
    group by incident_id, claimed_by
),

ranked as (
    select
        *,
        row_number() over (
            partition by incident_id, claimed_by
            order by confidence desc, raised_at desc, flag_event_id desc, service, how
        ) as place
    from facts.flag_links
)

select
    ranked.incident_id,
    ranked.claimed_by,
    ranked.service,
    ranked.flag_event_id,
    ranked.flag_key,
    ranked.raised_at,
    ranked.lowered_id,
    ranked.lowered_at,
    ranked.how,
    ranked.confidence,
    ranked.place = 1
    and ranked.confidence >= blames.minimum_confidence
    and ranked.confidence > coalesce(deployments.confidence, 0) as is_counted,
    ranked.confidence >= blames.minimum_confidence as is_sure
from ranked
inner join facts.blames as blames
    on ranked.claimed_by = blames.claimed_by and ranked.service = blames.service
left join deployments
    on
        ranked.incident_id = deployments.incident_id
        and ranked.claimed_by = deployments.claimed_by
