-- One row per override that does something and deployment that it speaks for or against.
-- A link speaks against its deployment, and for the one that the rules had put the incident down
-- to.
--
-- grain: override_id, deployment_id
--   override_id        Its place in the file, from 1.
--   deployment_id      Deployment.
--   service            Service of the deployment.
--   is_more            True where it makes a failure, false where it takes one away.
--   reason             Why.
--   decided_on         Day on which it was decided.

with in_force as (
    select *
    from facts.overrides
    where problem is null
),

-- Of several links of one incident, the first takes it away from where the rules had put it.
first_links as (
    select
        incident_id,
        min(override_id) as override_id
    from in_force
    where does = 'link'
    group by incident_id
)

select
    override_id,
    deployment_id,
    service,
    does in ('link', 'failed') as is_more,
    reason,
    decided_on
from in_force
union all
select distinct
    in_force.override_id,
    links.deployment_id,
    links.service,
    false as is_more,
    in_force.reason,
    in_force.decided_on
from in_force
inner join first_links on in_force.override_id = first_links.override_id
inner join facts.deployment_incidents as links
    on in_force.incident_id = links.incident_id and links.is_counted_by_rule
left join in_force as others
    on
        links.incident_id = others.incident_id
        and links.deployment_id = others.deployment_id
where others.override_id is null
