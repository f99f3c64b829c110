-- One row per incident and production deployment that it may be due to.
-- Of an incident's links the strongest counts for each service that claims it, the later
-- deployment where two are equal, if it reaches the configured confidence and no flag is stronger.
-- What a person says comes last: a link of theirs counts in place of what the rules chose, and
-- where they take a link away nothing takes its place.
--
-- grain: incident_id, claimed_by, deployment_id, how
--   incident_id         Incident.
--   claimed_by          Service whose incident it is; empty where none claims it.
--   service             Service of the deployment.
--   deployment_id       Deployment.
--   how                 explicit, commit, version, rollback, revert, hotfix, service_and_time or
--                       person.
--   confidence          0 to 1; time alone starts at .5 and halves with each half-life.
--   is_counted          True for the link that makes the deployment a failed one.
--   is_counted_by_rule  The same, were it not for people.
--   decided_by          rule, or person where one made the link or took it out of the count.
--   reason              Why a person did; null where none did.

with ranked as (
    select
        links.*,
        row_number() over (
            partition by links.incident_id, links.claimed_by
            order by
                links.confidence desc,
                records.finished_at desc,
                links.deployment_id desc,
                links.how
        ) as place
    from facts.incident_links as links
    inner join facts.deployment_records as records on links.deployment_id = records.deployment_id
),

spared as (
    select
        incident_id,
        claimed_by
    from facts.flag_incidents
    where is_counted
),

ruled as (
    select
        ranked.*,
        ranked.place = 1
        and ranked.confidence >= blames.minimum_confidence
        and spared.incident_id is null as is_counted_by_rule
    from ranked
    inner join facts.blames as blames
        on ranked.claimed_by = blames.claimed_by and ranked.service = blames.service
    left join spared
        on ranked.incident_id = spared.incident_id and ranked.claimed_by = spared.claimed_by
),

linked as (
    select
        incident_id,
        min_by(reason, override_id) as reason
    from facts.overrides
    where does = 'link' and problem is null
    group by incident_id
),

unlinked as (
    select
        incident_id,
        deployment_id,
        reason
    from facts.overrides
    where does = 'unlink' and problem is null
)

select
    ruled.incident_id,
    ruled.claimed_by,
    ruled.service,
    ruled.deployment_id,
    ruled.how,
    ruled.confidence,
    ruled.is_counted_by_rule
    and linked.incident_id is null
    and unlinked.incident_id is null as is_counted,
    ruled.is_counted_by_rule,
    case
        when
            ruled.is_counted_by_rule
            and coalesce(linked.reason, unlinked.reason) is not null
            then 'person'
        else 'rule'
    end as decided_by,
    case when ruled.is_counted_by_rule then coalesce(linked.reason, unlinked.reason) end as reason
from ruled
left join linked on ruled.incident_id = linked.incident_id
left join unlinked
    on ruled.incident_id = unlinked.incident_id and ruled.deployment_id = unlinked.deployment_id
union all
select
    incident_id,
    claimed_by,
    service,
    deployment_id,
    'person' as how,
    cast(1 as double) as confidence,
    true as is_counted,
    false as is_counted_by_rule,
    'person' as decided_by,
    reason
from facts.overrides
where does = 'link' and problem is null
