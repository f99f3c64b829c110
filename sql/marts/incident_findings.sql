-- One row per thing that is missing from incidents and their links, or contradicts what is known.
--
-- grain: kind, service, subject
--   kind               What is wrong; seeds.finding_kinds says what it does.
--   service            Service that it touches; null where none is known.
--   subject            The row in question.
--   detail             What was found.
--   metrics            Metrics that it touches; null where its kind says so.
--   remedy             How to mend it; null where its kind says so.

with strongest as (
    select
        links.incident_id,
        links.service,
        links.deployment_id,
        links.how,
        links.confidence,
        rules.minimum_confidence,
        bool_or(links.is_counted) over (partition by links.incident_id, links.service) as counts,
        row_number() over (
            partition by links.incident_id, links.service
            order by links.confidence desc, links.deployment_id, links.how
        ) as place
    from facts.deployment_incidents as links
    inner join facts.rules as rules on links.service = rules.service
)

select distinct
    'incident resolved before it began' as kind,
    service,
    incident_id as subject,
    concat('started ', started_at, ', resolved ', resolved_at) as detail,
    cast(null as text) as metrics,
    cast(null as text) as remedy
from facts.incidents
where resolved_at < started_at
union all
select
    'incident without a service' as kind,
    cast(null as text) as service,
    incidents.incident_id as subject,
    coalesce(incidents.title, 'no title') as detail,
    null as metrics,
    case
        when told.service is not null
            then concat('Add to a service: `incidents: {services: [', told.service, ']}`')
    end as remedy
from facts.incidents as incidents
left join facts.told_incidents as told
    on
        incidents.source = told.source
        and replace(incidents.incident_id, concat(incidents.source, ':'), '') = told.incident_id
where incidents.service is null
union all
select
    'link below the confidence' as kind,
    service,
    incident_id as subject,
    concat(
        'the strongest, by ', replace(how, '_', ' '), ' to ', deployment_id, ', has ',
        cast(round(confidence, 2) as text), '; ', cast(minimum_confidence as text), ' is needed'
    ) as detail,
    null as metrics,
    null as remedy
from strongest
where place = 1 and not counts and confidence < minimum_confidence
union all
select
    'override without effect' as kind,
    overrides.service,
    concat('entry ', overrides.override_id) as subject,
    coalesce(
        overrides.problem,
        concat(
            'the rules have not put ', overrides.incident_id, ' down to ', overrides.deployment_id
        )
    ) as detail,
    null as metrics,
    null as remedy
from facts.overrides as overrides
left join facts.deployment_incidents as links
    on
        overrides.incident_id = links.incident_id
        and overrides.deployment_id = links.deployment_id
        and links.is_counted_by_rule
where
    overrides.problem is not null
    or (overrides.does = 'unlink' and links.incident_id is null)
