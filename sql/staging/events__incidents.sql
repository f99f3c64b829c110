-- One row per incident that events tell of, folded from all of them.
-- Nothing depends on the order in which they came, nor on how often. It begins with its first
-- event, and has ended unless it was opened again after its last end.
--
-- grain: source, incident_id
--   source             Name of the source in the configuration.
--   incident_id        The sender's own id.
--   service            Service as the sender names it; null where it names none.
--   repository         Repository; null where the sender names none.
--   severity           Severity as the sender names it.
--   priority           Priority as the sender names it.
--   urgency            Urgency as the sender names it.
--   started_at         Start, UTC.
--   acknowledged_at    Acknowledged, UTC.
--   resolved_at        Resolved, UTC; null while open.
--   deployment_id      Deployment that the sender blames.
--   title              Title.
--   labels             Labels, with semicolons around each, lower case.
--   mentions           What its text names: shas, versions, addresses; blank between, lower case.
--   raised_by          machine or person: who saw it first; null where unknown.
--   url                Page at the sender.
--   is_removed         True when the sender has deleted it.

with fields as (
    select
        source,
        json_extract_string(payload, '$.subject_id') as incident_id,
        json_extract_string(payload, '$.service') as service,
        json_extract_string(payload, '$.state') as state,
        json_extract_string(payload, '$.at') as told_at,
        md5(payload) as digest,
        json_extract_string(payload, '$.started_at') as started_at,
        json_extract_string(payload, '$.acknowledged_at') as acknowledged_at,
        json_extract_string(payload, '$.resolved_at') as resolved_at,
        json_extract_string(payload, '$.repository') as repository,
        json_extract_string(payload, '$.severity') as severity,
        json_extract_string(payload, '$.priority') as priority,
        json_extract_string(payload, '$.urgency') as urgency,
        json_extract_string(payload, '$.deployment_id') as deployment_id,
        json_extract_string(payload, '$.title') as title,
        json_extract_string(payload, '$.labels') as labels,
        json_extract_string(payload, '$.mentions') as mentions,
        json_extract_string(payload, '$.format') as tool,
        json_extract_string(payload, '$.url') as url
    from raw.events__events
    where
        not is_deleted
        and json_extract_string(payload, '$.subject') = 'incident'
        and json_extract_string(payload, '$.subject_id') is not null
),

-- Times as text that sorts as they do: with and without parts of a second.
ordered as (
    select
        *,
        date_trunc('second', cast(told_at as timestamptz)) as happened_at,
        concat(
            left(told_at, 19), rpad(regexp_extract(told_at, '[.]([0-9]+)', 1), 6, '0'), digest
        ) as place
    from fields
),

folded as (
    select
        source,
        incident_id,
        min(
            coalesce(date_trunc('second', cast(started_at as timestamptz)), happened_at)
        ) as started_at,
        min(
            case
                when acknowledged_at is not null
                    then date_trunc('second', cast(acknowledged_at as timestamptz))
                when state = 'acknowledged' then happened_at
            end
        ) as acknowledged_at,
        max(
            case when state = 'resolved' or resolved_at is not null then place end
        ) as resolved_place,
        max(case when state = 'reopened' then place end) as reopened_place,
        max(case when state = 'removed' then place end) as removed_place,
        max_by(
            date_trunc('second', cast(coalesce(resolved_at, told_at) as timestamptz)),
            case when state = 'resolved' or resolved_at is not null then place end
        ) as resolved_at,
        max_by(service, case when service is not null then place end) as service,
        max_by(repository, case when repository is not null then place end) as repository,
        max_by(severity, case when severity is not null then place end) as severity,
        max_by(priority, case when priority is not null then place end) as priority,
        max_by(urgency, case when urgency is not null then place end) as urgency,
        max_by(deployment_id, case when deployment_id is not null then place end)
            as deployment_id,
        max_by(title, case when title is not null then place end) as title,
        max_by(labels, case when labels is not null then place end) as labels,
        max_by(mentions, case when mentions is not null then place end) as mentions,
        max(tool) as tool,
        max_by(url, case when url is not null then place end) as url,
        max(place) as last_place
    from ordered
    group by source, incident_id
)

select
    folded.source,
    folded.incident_id,
    folded.service,
    folded.repository,
    folded.severity,
    folded.priority,
    folded.urgency,
    folded.started_at,
    folded.acknowledged_at,
    case
        when folded.resolved_place > coalesce(folded.reopened_place, '') then folded.resolved_at
    end as resolved_at,
    folded.deployment_id,
    coalesce(masked.masked_title, folded.title) as title,
    concat(';', lower(folded.labels), ';') as labels,
    coalesce(lower(folded.mentions), '') as mentions,
    -- An alert is raised by nobody.
    case when folded.tool = 'alertmanager' then 'machine' end as raised_by,
    folded.url,
    coalesce(folded.removed_place = folded.last_place, false) as is_removed
from folded
left join staging.masked_titles as masked on folded.title = masked.title
