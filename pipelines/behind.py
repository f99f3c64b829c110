"""The rows behind each number of some days: what `drumbeat explain` asks the published file."""

from collections.abc import Mapping

ROLLOUTS = """
select
    strftime(rollouts.finished_at, '%Y-%m-%d %H:%M') as ended_at_utc,
    rollouts.service,
    rollouts.rollout_id as deployment,
    coalesce(left(rollouts.commit_sha, 12), rollouts.version) as commit,
    {columns}
    (
        select string_agg(
            concat(evidence.source, ': ', evidence.evidence_id), ', '
            order by evidence.source, evidence.evidence_id
        )
        from facts.deployment_evidence as evidence
        where evidence.deployment_id = rollouts.rollout_id
    ) as also_told_by,
    rollouts.url
from facts.rollouts as rollouts
inner join facts.scopes as scopes
    on rollouts.service = scopes.service and scopes.scope = $scope and scopes.name = $name
    and rollouts.finished_on >= scopes.from_on and rollouts.finished_on < scopes.until_on
where rollouts.finished_on >= $since and rollouts.finished_on < $until {only}
order by rollouts.finished_at, rollouts.rollout_id
"""
FAILURE = """
    rollouts.why, round(rollouts.confidence, 2) as confidence, rollouts.evidence,
    strftime(rollouts.recovered_at, '%Y-%m-%d %H:%M') as recovered_at_utc,
    rollouts.recovered_by, rollouts.recovery_id,
    case when rollouts.recovered_at is not null then round(
        greatest(epoch(rollouts.recovered_at) - epoch(rollouts.recovery_began_at), 0) / 3600.0, 2
    ) end as recovery_hours,
    rollouts.decided_by, rollouts.reason,
"""
REWORK = """
    rollouts.is_rollback, rollouts.is_hotfix,
    (
        select string_agg(concat(how, ' of ', mended_id), ', ' order by how, mended_id)
        from facts.remedies as remedies
        inner join facts.deployments as members
            on remedies.deployment_id = members.deployment_id
        where members.rollout_id = rollouts.rollout_id
    ) as mends,
"""
# What never succeeded counts against the change fail rate where the rules of its service say so.
PIPELINES = """
union all by name
select
    strftime(deployments.finished_at, '%Y-%m-%d %H:%M') as ended_at_utc,
    deployments.service,
    deployments.deployment_id as deployment,
    coalesce(left(deployments.commit_sha, 12), deployments.version) as commit,
    true as is_failed,
    'pipeline' as why,
    deployments.url
from facts.deployments as deployments
inner join facts.rules as rules on deployments.service = rules.service
inner join facts.scopes as scopes
    on deployments.service = scopes.service and scopes.scope = $scope and scopes.name = $name
    and deployments.finished_on >= scopes.from_on and deployments.finished_on < scopes.until_on
where rules.has_failed_pipelines and deployments.is_production
    and deployments.status = 'failure'
    and deployments.finished_on >= $since and deployments.finished_on < $until
"""
CHANGES = """
select
    strftime(carried.finished_at, '%Y-%m-%d %H:%M') as ended_at_utc,
    carried.service,
    carried.deployment_id as deployment,
    case when changes.kind = 'commit' then left(changes.change_id, 12) else changes.change_id end
        as change,
    carried.how,
    strftime(coalesce(changes.first_commit_at, changes.opened_at), '%Y-%m-%d %H:%M')
        as first_commit_utc,
    round(
        case rules.clock when 'working' then owned.working_lead_seconds else owned.lead_seconds end
        / 3600.0, 2
    ) as lead_hours,
    changes.title,
    changes.url
from facts.owned_changes as owned
inner join facts.deployment_changes as carried using (service, change_id)
inner join facts.changes as changes using (service, change_id)
inner join facts.scope_rules as rules on owned.scope = rules.scope and owned.name = rules.name
where owned.scope = $scope and owned.name = $name
    and owned.finished_on >= $since and owned.finished_on < $until
order by carried.finished_at, carried.deployment_id, owned.lead_seconds, changes.change_id
"""
WAIT = "change_wait"
WAITS = """
select
    strftime(changes.merged_at, '%Y-%m-%d %H:%M') as merged_at_utc,
    spells.service,
    case when changes.kind = 'commit' then left(changes.change_id, 12) else changes.change_id end
        as change,
    carried.deployment_id as deployment,
    spells.is_over as is_deployed,
    round(spells.seconds / 3600.0, 2) as wait_hours,
    changes.title,
    changes.url
from facts.spells as spells
inner join facts.changes as changes
    on spells.service = changes.service and spells.spell_id = changes.change_id
left join facts.deployment_changes as carried
    on spells.service = carried.service and spells.spell_id = carried.change_id
left join facts.scopes as scopes
    on spells.service = scopes.service and scopes.scope = $scope and scopes.name = $name
    and spells.began_on >= scopes.from_on and spells.began_on < scopes.until_on
left join (
    select service, change_id, list(team) as teams from facts.change_teams group by all
) as placed
    on spells.service = placed.service and spells.spell_id = placed.change_id
where spells.measure = 'wait' and spells.began_on >= $since and spells.began_on < $until
    and case when $scope = 'team' and placed.teams is not null
        then list_contains(placed.teams, $name) else scopes.name is not null end
order by changes.merged_at, spells.service, changes.change_id
"""
QUERIES: Mapping[str, str] = {
    "deployment_frequency": ROLLOUTS.format(columns="rollouts.change_count,", only=""),
    "change_lead_time": CHANGES,
    "change_fail_rate": f"select * from ({ROLLOUTS}) {PIPELINES} order by 1, 3".format(
        columns="rollouts.is_failed," + FAILURE, only=""
    ),
    "recovery_time": ROLLOUTS.format(columns=FAILURE, only="and rollouts.is_failed"),
    "rework_rate": ROLLOUTS.format(columns="rollouts.is_rework," + REWORK, only=""),
    WAIT: WAITS,
}
