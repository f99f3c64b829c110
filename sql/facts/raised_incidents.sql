-- One row per incident of a pager, or pushed by one, that counts under the configuration's rules.
-- What the tool's API says of an incident wins over what its webhooks said: it is whole. Planned
-- maintenance and incidents merged into another one are none. A rule of what alone counts lets
-- pass what the tool does not tell; only a label must be there.
--
-- grain: source, incident_id
--   source             Name of the source in the configuration.
--   incident_id        The tool's own id.
--   service            The first of its services; null where it names none.
--   services           All names and ids of its services, semicolons between, first the names.
--   repository         Repository; null where unknown.
--   severity           Severity, by the name that the configuration gives it.
--   started_at         Start, UTC.
--   acknowledged_at    Acknowledged, UTC.
--   resolved_at        Resolved, UTC; null while open.
--   deployment_id      Deployment that the tool blames.
--   title              Title.
--   labels             Labels, with semicolons around each, lower case.
--   mentions           What its text names: shas, versions, addresses; blank between, lower case.
--   raised_by          machine or person: who saw it first; null where unknown.
--   url                Page at the tool.

with every_incident as (
    select
        source,
        incident_id,
        kind,
        services,
        service_ids,
        repository,
        severity,
        priority,
        urgency,
        status,
        started_at,
        acknowledged_at,
        resolved_at,
        cast(null as text) as deployment_id,
        title,
        labels,
        mentions,
        case when kind = 'alert' then 'machine' end as raised_by,
        url
    from staging.pagers__incidents
    where not is_maintenance and not is_merged
    union all
    select
        events.source,
        events.incident_id,
        cast(null as text) as kind,
        coalesce(events.service, '') as services,
        '' as service_ids,
        events.repository,
        events.severity,
        events.priority,
        events.urgency,
        cast(null as text) as status,
        events.started_at,
        events.acknowledged_at,
        events.resolved_at,
        events.deployment_id,
        events.title,
        trim(events.labels, ';') as labels,
        events.mentions,
        events.raised_by,
        events.url
    from staging.events__incidents as events
    left join staging.pagers__incidents as polled
        on events.source = polled.source and events.incident_id = polled.incident_id
    where polled.incident_id is null and not events.is_removed
),

said as (
    select
        source,
        incident_id,
        kind,
        'urgency' as field,
        urgency as word
    from every_incident
    union all
    select
        source,
        incident_id,
        kind,
        'priority' as field,
        priority as word
    from every_incident
    union all
    select
        source,
        incident_id,
        kind,
        'severity' as field,
        severity as word
    from every_incident
    union all
    select
        source,
        incident_id,
        kind,
        'status' as field,
        status as word
    from every_incident
    union all
    select
        incidents.source,
        incidents.incident_id,
        incidents.kind,
        'label' as field,
        label.word
    from every_incident as incidents
    cross join unnest(string_split(incidents.labels, ';')) as label (word)
    union all
    select
        incidents.source,
        incidents.incident_id,
        incidents.kind,
        'service' as field,
        name.word
    from every_incident as incidents
    cross join
        unnest(
            string_split(
                concat(incidents.services, ';', incidents.service_ids, ';', incidents.labels), ';'
            )
        ) as name (word)
),

words as (
    select distinct
        source,
        field,
        word
    from said
    where word <> ''
),

-- A pattern that is no literal is compiled for every row, so it meets each word once.
hits as (
    select
        words.source,
        words.field,
        words.word,
        rules.does,
        rules.kind,
        rules.place,
        rules.value
    from words
    inner join config.incident_rules as rules
        on
            words.source = rules.source
            and words.field = rules.field
            and regexp_matches(words.word, rules.pattern)
),

refused as (
    select
        said.source,
        said.incident_id
    from said
    inner join config.incident_rules as rules
        on said.source = rules.source and said.field = rules.field and rules.does = 'only'
    left join hits
        on
            said.source = hits.source
            and said.field = hits.field
            and said.word = hits.word
            and hits.does = 'only'
            and coalesce(rules.kind, '') = coalesce(hits.kind, '')
            and rules.place = hits.place
    where coalesce(rules.kind, said.kind, '') = coalesce(said.kind, '')
    group by said.source, said.incident_id, said.field, rules.kind, rules.place
    having count(hits.word) = 0 and (said.field = 'label' or count(nullif(said.word, '')) > 0)
    union
    select
        said.source,
        said.incident_id
    from said
    inner join hits
        on
            said.source = hits.source
            and said.field = hits.field
            and said.word = hits.word
            and hits.does = 'not'
),

called as (
    select
        said.source,
        said.incident_id,
        said.field,
        hits.value,
        hits.place
    from said
    inner join hits
        on
            said.source = hits.source
            and said.field = hits.field
            and said.word = hits.word
            and hits.does = 'call'
    qualify row_number() over (
        partition by said.source, said.incident_id, said.field, said.word order by hits.place
    ) = 1
),

named as (
    select
        source,
        incident_id,
        min(case when field = 'severity' then value end) as severity,
        min(case when field = 'priority' then value end) as priority
    from called
    group by source, incident_id
),

served as (
    select
        source,
        incident_id,
        value,
        min(place) as place
    from called
    where field = 'service'
    group by source, incident_id, value
),

serving as (
    select
        source,
        incident_id,
        string_agg(value, ';' order by place, value) as services
    from served
    group by source, incident_id
)

select
    incidents.source,
    incidents.incident_id,
    nullif(split_part(coalesce(serving.services, incidents.services), ';', 1), '') as service,
    coalesce(
        serving.services, trim(concat(incidents.services, ';', incidents.service_ids), ';')
    ) as services,
    incidents.repository,
    coalesce(named.severity, incidents.severity, named.priority) as severity,
    incidents.started_at,
    incidents.acknowledged_at,
    incidents.resolved_at,
    incidents.deployment_id,
    incidents.title,
    concat(';', incidents.labels, ';') as labels,
    incidents.mentions,
    incidents.raised_by,
    incidents.url
from every_incident as incidents
left join refused
    on incidents.source = refused.source and incidents.incident_id = refused.incident_id
left join named
    on incidents.source = named.source and incidents.incident_id = named.incident_id
left join serving
    on incidents.source = serving.source and incidents.incident_id = serving.incident_id
where refused.incident_id is null
