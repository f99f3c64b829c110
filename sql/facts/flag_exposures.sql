-- One row per exposure: a release or ops flag of a service reaches more people in production.
-- It is decoupled where no deployment of the service ended within half an hour of it, before or
-- after, and failed where an incident is put down to it.
--
-- grain: flag_event_id, service
--   flag_event_id      The turn of the flag.
--   service            Service whose flag it is.
--   flag_key           Key of the flag.
--   flag_id            The flag, led by its source.
--   kind               release or ops.
--   exposed_at         When, UTC.
--   exposed_on         Day in the calendar's zone.
--   share_before       Share of everybody who got it until then, 0 to 1; null where unknown.
--   share_after        Share of everybody who gets it from then on, 0 to 1; null where unknown.
--   is_decoupled       True with no deployment of the service within 30 minutes.
--   is_failed          True where an incident is put down to it.
--   url                Page at the source.

with deployed as (
    select distinct
        events.flag_event_id,
        events.service
    from facts.flag_events as events
    inner join facts.deployment_records as deployments
        on
            events.service = deployments.service
            and deployments.finished_at >= events.happened_at - interval 30 minute
            and deployments.finished_at <= events.happened_at + interval 30 minute
    where events.is_exposure and deployments.is_production and deployments.status = 'success'
),

failed as (
    select distinct
        flag_event_id,
        service
    from facts.flag_incidents
    where is_counted
)

select
    events.flag_event_id,
    events.service,
    events.flag_key,
    events.flag_id,
    events.kind,
    events.happened_at as exposed_at,
    cast(events.happened_at at time zone calendar.time_zone as date) as exposed_on,
    events.share_before,
    events.share_after,
    deployed.flag_event_id is null as is_decoupled,
    failed.flag_event_id is not null as is_failed,
    events.url
from facts.flag_events as events
left join deployed
    on events.flag_event_id = deployed.flag_event_id and events.service = deployed.service
left join failed
    on events.flag_event_id = failed.flag_event_id and events.service = failed.service
cross join config.calendar as calendar
where events.is_exposure and events.service <> ''
