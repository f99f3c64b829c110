"""The neutral tables: what a row must have, what is wrong with one that has not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from connectors.mentions import unmentioned_in

STATUSES = ("success", "failure", "cancelled", "in_progress")
TRIGGERS = ("manual", "automatic")
FLAG_EVENTS = ("raised", "lowered")
RAISED_BY = ("machine", "person")
BOOLEANS = ("true", "false")
ROLLOUTS = ("completed", "aborted", "paused", "degraded", "progressing")
SIGNALS = ("errors", "latency", "business")
VERDICTS = ("successful", "failed", "error", "inconclusive", "superseded")
SYNCS = ("synced", "out_of_sync")
COMPARED = ("matched", "differed")
FLAG_KINDS = ("release", "experiment", "ops", "permission", "unknown")
FILE_STATUSES = ("A", "M", "D", "T")
STRATEGIES = ("rolling", "blue_green", "canary", "recreate", "unknown")
TIME_COLUMNS = (
    "started_at", "finished_at", "first_commit_at", "opened_at", "ready_at", "first_review_at",
    "approved_at", "merged_at", "authored_at", "committed_at", "acknowledged_at", "resolved_at",
    "happened_at", "aborted_at", "changed_at", "archived_at", "owned_at", "dated_at",
    "evaluated_at",
)  # fmt: skip
# Columns that are no text: what each must look like, and such as what.
SHAPES: Mapping[str, tuple[str, str]] = {
    "removal_on": (r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", "date, such as 2026-11-23"),
    "lifetime_days": (r"^\d{1,5}$", "whole number of days"),
    "rollout_share": (r"^(0(\.\d+)?|1(\.0+)?)$", "share from 0 to 1"),
    "share_before": (r"^(0(\.\d+)?|1(\.0+)?)$", "share from 0 to 1"),
    "share_after": (r"^(0(\.\d+)?|1(\.0+)?)$", "share from 0 to 1"),
}
# What is known of a row besides its columns; no column of a file is called so.
FILE, LINE, BROKEN, FAULT = "#file", "#line", "#broken", "#fault"
EXAMPLE = "2026-11-23T10:40:00Z"
YEARS = (1970, 2199)
# Enough of a value to find it by.
SHOWN = 200
MAIL = r"([^\s<>@]+)(?:@[^\s<>@]+)+"
ADDRESS = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}"
LOGIN = r"^([\w.+-]+://)[^/?#]*@"
MASK = "***"
# What people write in their own words.
SPOKEN = ("title", "subject")
# Settings and other rows know a thing by these, so they stay as they are told.
NAMES = frozenset({
    "deployment_id", "change_id", "incident_id", "service", "repository", "environment",
    "sha", "merge_sha", "parents", "paths", "version", "rolls_back_to", "flag_event_id", "flag_key",
    "rollout_id", "analysis_id", "weight_id", "sync_id", "shadow_id", "revision", "stable_version",
    "artifact_digest",
    "flag_id", "path", "added_sha", "project", "tags", "applications", "fields",
    "pair", "operations",
    "pattern",
})  # fmt: skip
TIME = r"^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(:\d{2})?(\.\d+)?([Zz]|[+-]\d{2}(?::?\d{2})?)$"


@dataclass(frozen=True, slots=True)
class Table:
    """What one neutral table must have: columns in the file, values in every row."""

    columns: tuple[str, ...]
    filled: tuple[str, ...]
    key: tuple[str, ...]
    optional: tuple[str, ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()


# fmt: off
TABLES: Mapping[str, Table] = {
    "deployments": Table(
        columns=("deployment_id", "service", "finished_at"),
        filled=("deployment_id", "service"),
        key=("deployment_id",),
        optional=(
            "environment", "status", "started_at", "repository", "sha", "version", "trigger",
            "author", "strategy", "rolls_back_to", "artifact_digest", "branch", "url",
        ),
        choices=(("status", STATUSES), ("trigger", TRIGGERS), ("strategy", STRATEGIES)),
    ),
    "changes": Table(
        columns=("change_id", "merged_at"),
        filled=("change_id",),
        key=("change_id",),
        optional=(
            "kind", "service", "repository", "first_commit_at", "opened_at", "ready_at",
            "first_review_at", "approved_at", "merge_sha", "deployment_id", "author", "title",
            "branch", "base_branch", "labels", "url",
        ),
    ),
    "commits": Table(
        columns=("repository", "sha", "authored_at"),
        filled=("repository", "sha", "authored_at"),
        key=("repository", "sha"),
        optional=("parents", "committed_at", "author", "subject", "paths"),
    ),
    "incidents": Table(
        columns=("incident_id", "started_at"),
        filled=("incident_id", "started_at"),
        key=("incident_id",),
        optional=(
            "service", "repository", "severity", "acknowledged_at", "resolved_at",
            "deployment_id", "title", "labels", "raised_by", "url",
        ),
        choices=(("raised_by", RAISED_BY),),
    ),
    "flag_events": Table(
        columns=("flag_event_id", "flag_key", "happened_at", "does"),
        filled=("flag_event_id", "flag_key", "happened_at", "does"),
        key=("flag_event_id",),
        optional=("service", "environment", "source", "share_before", "share_after", "url"),
        choices=(("does", FLAG_EVENTS),),
    ),
    "progressive_rollouts": Table(
        columns=("rollout_id", "service", "started_at"),
        filled=("rollout_id", "service", "started_at"),
        key=("rollout_id",),
        optional=(
            "environment", "tool", "strategy", "status", "finished_at", "aborted_at",
            "abort_weight", "sha", "version", "artifact_digest", "stable_version", "has_weights",
            "max_weight", "pause_count", "is_hand_paused", "is_fast_promoted",
            "has_traffic_mirror", "is_sampled", "warm_seconds", "is_rollback", "url",
        ),
        choices=(
            ("strategy", STRATEGIES), ("status", ROLLOUTS), ("has_weights", BOOLEANS),
            ("is_hand_paused", BOOLEANS), ("is_fast_promoted", BOOLEANS),
            ("has_traffic_mirror", BOOLEANS), ("is_sampled", BOOLEANS), ("is_rollback", BOOLEANS),
        ),
    ),
    "analyses": Table(
        columns=("analysis_id", "rollout_id", "metric"),
        filled=("analysis_id", "rollout_id"),
        key=("analysis_id",),
        optional=(
            "signal", "is_dry_run", "compares_stable", "can_fail", "verdict", "started_at",
            "finished_at", "url",
        ),
        choices=(
            ("signal", SIGNALS), ("is_dry_run", BOOLEANS), ("compares_stable", BOOLEANS),
            ("can_fail", BOOLEANS), ("verdict", VERDICTS),
        ),
    ),
    "traffic_weights": Table(
        columns=("weight_id", "rollout_id", "changed_at", "weight"),
        filled=("weight_id", "rollout_id", "changed_at", "weight"),
        key=("weight_id",),
        optional=(),
    ),
    "agent_syncs": Table(
        columns=("sync_id", "service", "changed_at", "state"),
        filled=("sync_id", "service", "changed_at", "state"),
        key=("sync_id",),
        optional=("environment", "tool", "revision", "url"),
        choices=(("state", SYNCS),),
    ),
    "shadows": Table(
        columns=("shadow_id", "service", "started_at"),
        filled=("shadow_id", "service", "started_at"),
        key=("shadow_id",),
        optional=("environment", "sha", "version", "finished_at", "verdict", "url"),
        choices=(("verdict", COMPARED),),
    ),
    "flags": Table(
        columns=("flag_id", "flag_key"),
        filled=("flag_id", "flag_key"),
        key=("flag_id",),
        optional=(
            "project", "kind", "team", "service", "created_at", "removal_on", "lifetime_days",
            "archived_at", "is_stale", "tags", "applications", "fields", "owned_at", "dated_at",
            "url",
        ),
        choices=(("kind", FLAG_KINDS), ("is_stale", BOOLEANS)),
    ),
    "flag_states": Table(
        columns=("flag_id", "environment", "is_enabled"),
        filled=("flag_id", "environment", "is_enabled"),
        key=("flag_id", "environment"),
        optional=("is_production", "rollout_share", "fields", "evaluated_at"),
        choices=(("is_enabled", BOOLEANS), ("is_production", BOOLEANS)),
    ),
    "flag_references": Table(
        columns=("repository", "flag_key", "path"),
        filled=("repository", "flag_key", "path"),
        key=("repository", "flag_key", "path"),
        optional=("sha", "added_sha"),
    ),
    "changed_files": Table(
        columns=("repository", "sha", "path"),
        filled=("repository", "sha", "path"),
        key=("repository", "sha", "path"),
        optional=("status", "operations", "has_down", "pair", "is_down", "is_image_only"),
        choices=(
            ("status", FILE_STATUSES), ("has_down", BOOLEANS), ("is_down", BOOLEANS),
            ("is_image_only", BOOLEANS),
        ),
    ),
    "owners": Table(
        columns=("repository", "line", "pattern"),
        filled=("repository", "line", "pattern"),
        key=("repository", "line"),
        optional=("section", "owners"),
    ),
}
# fmt: on


def instant(column: str) -> pl.Expr:
    """Return the time that the text of ``column`` says, null where it says none."""
    text = pl.col(column)
    seconds = text.str.replace(TIME, "${3}").str.replace(r"^$", ":00")
    offset = text.str.replace(TIME, "${5}").str.replace(r"^[Zz]$", "+00:00")
    offset = offset.str.replace(r"^([+-]\d{2})$", "${1}00")
    whole = pl.concat_str(
        text.str.replace(TIME, "${1}T${2}"),
        seconds,
        text.str.replace(TIME, "${4}"),
        offset.str.replace(":", ""),
    )
    parsed = whole.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", strict=False, time_unit="us")
    return pl.when(text.str.contains(TIME)).then(parsed.dt.convert_time_zone("UTC"))


def checked(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with FAULT: a struct of column, value, reason, null in a good row.

    ``frame`` has text columns, FILE, LINE and BROKEN (why the line can't be read).
    """
    single = frame.with_columns(pl.coalesce(list(faults(table, frame.columns))).alias(FAULT))
    key = TABLES[table].key
    # Among the good rows alone: a bad row is no reason to leave out the good one after it.
    again = ~pl.struct(key).is_first_distinct().over(pl.col(FAULT).is_null())
    twice = fault(key[-1], again, pl.lit("is in an earlier row already"))
    return single.with_columns(pl.coalesce(FAULT, twice).alias(FAULT))


def faults(table: str, columns: list[str]) -> Iterator[pl.Expr]:
    """Yield one expression a rule, each a fault or null; the first that speaks is reported."""
    rules = TABLES[table]
    yield fault("", pl.col(BROKEN).is_not_null(), pl.col(BROKEN))
    for column in rules.filled:
        yield fault(column, pl.col(column).is_null(), pl.lit("is empty"))
    for column in (name for name in TIME_COLUMNS if name in columns):
        wrong = pl.col(column).is_not_null() & instant(column).is_null()
        yield fault(column, wrong, pl.lit(f"is no ISO 8601 time with an offset, such as {EXAMPLE}"))
        # A slip such as 0226 for 2026 would stretch every mart over the centuries.
        far = ~instant(column).dt.year().is_between(*YEARS)
        yield fault(column, far, pl.lit(f"is not between the years {YEARS[0]} and {YEARS[1]}"))
    for column in (name for name in SHAPES if name in columns):
        shape, told = SHAPES[column]
        yield fault(column, ~pl.col(column).str.contains(shape), pl.lit(f"is no {told}"))
    for column, choices in rules.choices:
        if column in columns:
            wrong = pl.col(column).is_not_null() & ~pl.col(column).is_in(choices)
            yield fault(column, wrong, pl.lit(f"is none of {', '.join(choices)}"))
    if table == "deployments":
        status = pl.col("status") if "status" in columns else pl.lit(None, dtype=pl.String)
        going = status.eq_missing("in_progress")
        yield fault("finished_at", pl.col("finished_at").is_null() & ~going, pl.lit("is empty"))
    if table == "owners":
        whole = pl.col("line").str.contains(r"^\d{1,9}$")
        yield fault("line", ~whole, pl.lit("is no whole number"))
    if table == "changes":
        lost = pl.col("repository").is_null() & pl.col("service").is_null()
        yield fault("repository", lost, pl.lit("is empty, and so is service: one is needed"))


def fault(column: str, wrong: pl.Expr, reason: pl.Expr) -> pl.Expr:
    """Return a struct where ``wrong`` holds, null elsewhere."""
    value = masked(column).str.head(SHOWN) if column else pl.lit(None, dtype=pl.String)
    told = pl.struct(column=pl.lit(column), value=value, reason=reason)
    return pl.when(wrong).then(told)


def payloads(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return record_id, updated_at and payload of good rows; times become UTC to the second."""
    rules = TABLES[table]
    names = sorted(set(frame.columns) - {FILE, LINE, BROKEN, FAULT})
    times = [name for name in TIME_COLUMNS if name in names]
    texts = [instant(name).dt.strftime("%Y-%m-%dT%H:%M:%SZ") for name in times]
    if "author" in names:
        # No e-mail address is kept; what stands before the @ still tells a bot.
        texts.append(pl.col("author").str.replace_all(MAIL, "${1}"))
    texts += [masked(name) for name in names if name not in {*NAMES, *times, "author"}]
    never = pl.lit(None, dtype=pl.Datetime("us", "UTC"))
    latest = pl.max_horizontal(never, *map(instant, times))
    spoken = [unmentioned_in(pl.col(name)) for name in SPOKEN if name in names]
    clean = frame.with_columns(texts).with_columns(spoken)
    return pl.DataFrame(
        {
            "record_id": clean.select(pl.concat_str(rules.key, separator="@")).to_series(),
            "updated_at": frame.with_columns(latest.alias(FAULT)).get_column(FAULT),
            "payload": clean.select(written(names)).to_series(),
        }
    )


def masked(column: str) -> pl.Expr:
    """Return a text without the login of a URL and without e-mail addresses."""
    return pl.col(column).str.replace(LOGIN, "${1}").str.replace_all(ADDRESS, MASK)


def written(names: Sequence[str]) -> pl.Expr:
    """Return the columns as a JSON object without those that are null."""
    members = [
        pl.when(pl.col(name).is_not_null()).then(
            pl.struct(name).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
        )
        for name in names
    ]
    joined = pl.concat_str(members, separator=",", ignore_nulls=True)
    return pl.concat_str(pl.lit("{"), joined, pl.lit("}"))
