"""Totals that have to agree between layers: the same things counted at two places."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.steps import steps

ORGANISATION = "scope = 'organisation' and period = 'week'"
WEEKS = f"from marts.deployment_frequency where {ORGANISATION}"
ROLLOUTS = (
    f"facts.rollouts where finished_on >= (select min(starts_on) {WEEKS}) "
    f"and finished_on < (select max(ends_on) {WEEKS})"
)
FIVE = (
    "deployment_frequency", "change_lead_time", "change_fail_rate", "recovery_time", "rework_rate",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Total:
    """Two queries, each of one number, that have to give the same one."""

    table: str
    name: str
    here: str
    there: str
    description: str


EVENTS = "from raw.events__events where not is_deleted and payload ->> '$.subject'"
THINGS = "payload ->> '$.subject_id'"
AUTHORS = " union all ".join(
    f"select {author} as author from raw.{table} where not is_deleted"
    for table, author in (
        ("git__commits", "author"),
        ("files__commits", "payload ->> '$.author'"),
        ("files__changes", "payload ->> '$.author'"),
        ("hosts__changes", "payload ->> '$.author'"),
    )
)
# Services whose rules leave no rollout out.
WHOLE = (
    "service in (select service from facts.rules "
    "where counted_deployments = 'all' and has_rollbacks)"
)
TOTALS = (
    Total(
        "staging.events__deployments", "records_agree",
        "select count(*) from staging.events__deployments",
        f"select count(distinct (source, {THINGS}, coalesce(payload ->> '$.service', ''))) "
        f"{EVENTS} in ('deployment', 'run', 'release') and {THINGS} is not null",
        "Every deployment, run and release that an event names is one row.",
    ),
    Total(
        "staging.events__incidents", "records_agree",
        "select count(*) from staging.events__incidents",
        f"select count(distinct (source, {THINGS})) {EVENTS} = 'incident' "
        f"and {THINGS} is not null",
        "Every incident that an event names is one row.",
    ),
    Total(
        "staging.events__unknown", "records_agree",
        "select coalesce(sum(event_count), 0) from staging.events__unknown",
        f"select count(*) {EVENTS} = 'unknown'",
        "Every event that was not understood is counted once.",
    ),
    Total(
        "staging.events__flags", "records_agree",
        "select count(*) from staging.events__flags",
        f"select count(*) {EVENTS} = 'flag' and payload ->> '$.name' is not null "
        "and payload ->> '$.state' in ('enabled', 'disabled', 'archived')",
        "Every event that turns a flag on or off is one row.",
    ),
    Total(
        "staging.events__annotations", "records_agree",
        "select count(*) from staging.events__annotations",
        "select count(distinct (source, case when payload ->> '$.subject' = 'annotation' "
        f"then coalesce({THINGS}, record_id) else record_id end)) "
        f"{EVENTS} in ('annotation', 'environment')",
        "Every annotation, and every event of an environment, is one row.",
    ),
    Total(
        "staging.events__rollouts", "records_agree",
        "select count(distinct (source, regexp_replace(rollout_key, '#[0-9]+$', ''))) "
        "from staging.events__rollouts",
        f"select count(distinct (source, {THINGS})) {EVENTS} = 'rollout' "
        f"and {THINGS} is not null and payload ->> '$.service' is not null "
        "and payload ->> '$.state' <> 'updated'",
        "Every rollout of a service that an event names is there, once each time it was used.",
    ),
    Total(
        "staging.events__traffic_weights", "records_agree",
        "select count(*) from staging.events__traffic_weights",
        f"select count(distinct (source, {THINGS}, "
        "date_trunc('second', cast(payload ->> '$.at' as timestamptz)))) "
        f"{EVENTS} = 'rollout' and {THINGS} is not null "
        "and try_cast(payload ->> '$.weight' as double) between 0 and 1",
        "Every share of the traffic that an event tells is one row a second.",
    ),
    Total(
        "staging.events__analyses", "records_agree",
        "select count(*) from staging.events__analyses",
        "select count(*) from staging.events__analyses as analyses "
        "inner join staging.events__rollouts using (source, rollout_key)",
        "Every verdict is of one rollout.",
    ),
    Total(
        "staging.masked_titles", "records_agree",
        "select count(*) from staging.masked_titles",
        "select count(distinct title) from staging.masked_titles where title <> masked_title",
        "Every title is masked once, and none for nothing.",
    ),
    Total(
        "staging.git__changed_commits", "records_agree",
        "select count(*) from staging.git__changed_commits",
        "select count(*) from raw.git__changed_files where not is_deleted "
        "and payload ->> '$.path' is null",
        "Every commit whose files were read is one row.",
    ),
    Total(
        "staging.git__changed_files", "records_agree",
        "select count(*) from staging.git__changed_files",
        "select count(*) from raw.git__changed_files where not is_deleted "
        "and payload ->> '$.path' is not null",
        "Every changed file that is looked for is one row.",
    ),
    Total(
        "staging.git__branches", "records_agree",
        "select count(*) from staging.git__branches",
        "select count(distinct (source, scope, payload ->> '$.sha')) from raw.git__branches "
        "where not is_deleted",
        "Every tip of a branch is one row.",
    ),
    Total(
        "staging.authors", "records_agree",
        "select count(*) from staging.authors",
        f"select count(distinct author) from ({AUTHORS})",
        "Every name that stands as author is one row.",
    ),
    Total(
        "facts.deployments", "deployments_agree",
        "select count(*) from facts.deployments",
        "select count(*) from facts.deployment_records",
        "Every deployment record is one deployment.",
    ),
    Total(
        "facts.rollout_members", "members_agree",
        "select count(*) from facts.rollout_members",
        "select count(*) from facts.deployment_records where is_production and status = 'success'",
        "Every successful production deployment belongs to one rollout, and nothing else does.",
    ),
    Total(
        "facts.rollouts", "rollouts_agree",
        f"select count(*) from facts.rollouts where {WHOLE}",
        "select count(distinct rollout_id) from facts.rollout_members "
        f"inner join facts.deployments using (deployment_id, rollout_id) where {WHOLE}",
        "Every rollout has members, and its first deployment is one of them.",
    ),
    Total(
        "facts.rollouts", "carried_changes_agree",
        f"select coalesce(sum(change_count), 0) from facts.rollouts where {WHOLE}",
        f"select count(*) from facts.deployment_changes where not is_before_history and {WHOLE}",
        "Every change that was carried to production is counted in one rollout.",
    ),
    Total(
        "marts.deployment_frequency", "weeks_agree",
        f"select coalesce(sum(deployment_count), 0) {WEEKS}",
        f"select count(*) from {ROLLOUTS}",
        "The organisation's weeks add up to the rollouts in them.",
    ),
    Total(
        "marts.deployment_frequency", "services_agree",
        f"select coalesce(sum(deployment_count), 0) {WEEKS}",
        "select coalesce(sum(deployment_count), 0) from marts.deployment_frequency "
        "where scope = 'service' and period = 'week'",
        "The services' weeks add up to the organisation's.",
    ),
    Total(
        "marts.change_fail_rate", "failures_agree",
        f"select coalesce(sum(failed_count), 0) from marts.change_fail_rate where {ORGANISATION}",
        f"select count(*) from {ROLLOUTS} and is_failed",
        "The organisation's weeks add up to the failed rollouts in them.",
    ),
    Total(
        "marts.lead_time_stages", "delivered_changes_agree",
        f"select coalesce(sum(change_count), 0) from marts.lead_time_stages where {ORGANISATION}",
        f"select coalesce(sum(change_count), 0) from marts.change_lead_time where {ORGANISATION}",
        "Stages and lead time tell of the same changes.",
    ),
    Total(
        "marts.metrics", "rows_agree",
        "select count(*) from marts.metrics",
        f"select {' + '.join(f'(select count(*) from marts.{metric})' for metric in FIVE)}",
        "Each row of the five metrics is here once.",
    ),
)  # fmt: skip


def of(table: str) -> Iterator[Total]:
    """Yield the totals that are checked once ``table`` is made."""
    own = [total for total in TOTALS if total.table == table]
    yield from own
    layer, name = table.split(".")
    is_told = any(total.name == "records_agree" for total in own)
    if layer == "staging" and f"raw.{name}" in steps()[table].inputs and not is_told:
        yield Total(
            table,
            "records_agree",
            f"select count(*) from {table}",
            f"select count(*) from raw.{name} where not is_deleted",
            "Every live record is one row: staging loses and doubles nothing.",
        )
