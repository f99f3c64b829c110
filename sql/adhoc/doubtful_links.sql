-- Which failures rest on a weak link, so that a person should say whether it is so?
-- `drumbeat explain incident ID` shows the evidence; overrides.yaml keeps the decision.

select
    links.service,
    links.incident_id,
    incidents.title,
    links.deployment_id,
    links.how,
    round(links.confidence, 2) as confidence,
    incidents.started_at,
    incidents.url
from facts.deployment_incidents as links
inner join facts.incidents as incidents
    on links.incident_id = incidents.incident_id and links.claimed_by = incidents.service
where links.is_counted and links.decided_by = 'rule' and links.confidence < 0.5
order by incidents.started_at desc, links.incident_id
limit 50
