-- Which incidents blame no deployment, so that the change fail rate does not see them?

select
    incidents.started_at,
    incidents.service,
    incidents.incident_id,
    incidents.severity,
    incidents.title,
    incidents.url
from facts.incidents as incidents
left join facts.deployment_incidents as links
    on incidents.incident_id = links.incident_id and links.is_counted
where links.incident_id is null
order by incidents.started_at desc, incidents.incident_id
limit 50
