"""Turns the configuration into the tables under ``config`` that SQL reads."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from pipelines.configuration import (
    PRE_RELEASE,
    Configuration,
    Definitions,
    Deployments,
    GitSource,
    Service,
    bot_pattern,
    glob_pattern,
    name_pattern,
    tag_pattern,
)
from pipelines.configuration.architecture import Architecture
from pipelines.configuration.hosts import Host
from pipelines.configuration.pagers import PagerSource
from pipelines.looking import path_rules
from pipelines.settings_words import SUMMARIES, columns
from pipelines.warehouse import held, transaction, write_down, written
from pipelines.working_days import WEEKDAYS, holidays, working_days

Row = tuple[Any, ...]

TABLES: Mapping[str, str] = {
    "run": "as_of timestamptz, known_at timestamptz, time_zone text, is_demo boolean, "
    "is_git_only boolean, organisation text, has_as_of boolean, has_known_at boolean",
    "calendar": "time_zone text, production_pattern text, tag_pattern text, "
    "has_named_services boolean, pre_release_pattern text, "
    "country text, working_week text",
    "industry": "industry text",
    "working_days": "day date, from_s bigint, until_s bigint, worked_before bigint",
    "holidays": "country text, day date",
    "cadence": "return_years double, false_alarms double",
    "bots": "pattern text",
    # The organisation's row has an empty service.
    "rules": "service text, regions text, counted_deployments text, has_rollbacks boolean, "
    "has_failed_pipelines boolean, lead_time_from text, lead_time_of text, lead_time_value text, "
    "clock text, teams_by text, has_bots_changes boolean, rollback_blames text, "
    "attribution_window_hours double, half_life_hours double, minimum_confidence double, "
    "hotfix_window_hours double, lookback_days double, flag_window_minutes double, "
    "recovery_from text, recovery_by text, minimum_count bigint",
    "hotfix_patterns": "service text, field text, pattern text",
    "definitions": "metric text, service text, definition text, settings text",
    "sources": "source text, kind text, position bigint, host text",
    "services": "service text, tier bigint, repository text, path_pattern text, "
    "retired_on date, deployment_source text, told_by text, run_pattern text, tag_pattern text, "
    "has_pre_releases boolean, production_pattern text, incident_source text, "
    "incident_pattern text, incident_label_pattern text, country text",
    "service_teams": "service text, team text, from_on date, until_on date",
    "team_members": "place bigint, team text, pattern text",
    "team_owners": "team text, owner text",
    "incident_blames": "service text, blamed text",
    "flag_patterns": "service text, pattern text",
    "flag_audiences": "pattern text",
    "flag_teams": "place bigint, team text, pattern text",
    "flag_removals": "place bigint, removal_on date, pattern text",
    "overrides": "override_id bigint, does text, incident_id text, deployment_id text, "
    "reason text, decided_on date",
    "path_rules": "place bigint, topic text, tool text, pattern text",
    "architecture": "has_git boolean, observation_hours double, long_lived_days double, "
    "window_days bigint, tests_pattern text",
    "manifests": "service text, repository text, path_pattern text, team text",
    "claims": "claim_id bigint, kind text, service text, says text, evidence_url text, "
    "owner text, claimed_on date, expires_on date",
    "aliases": "alias text, service text",
    "freezes": "name text, from_on date, to_on date, service text",
    "confirmed": "service text, until_on date, reason text",
    "annotations": "place bigint, from_on date, to_on date, text text, service text, team text",
    "targets": "metric text, target double",
    "analysis_signals": "place bigint, signal text, pattern text",
    "incident_rules": "source text, does text, field text, kind text, place bigint, "
    "pattern text, value text",
}
COUNTED = ("regions", "counted_deployments", "rollbacks")
LINKED = (
    "rollback_blames", "attribution_window_hours", "half_life_hours", "minimum_confidence",
    "hotfix_window_hours", "hotfix_branches", "hotfix_labels", "hotfix_titles", "lookback_days",
    "flag_window_minutes",
)  # fmt: skip
DEFINED_BY: Mapping[str, tuple[str, ...]] = {
    "deployment_frequency": COUNTED,
    "change_lead_time": (
        "lead_time_from", "lead_time_of", "lead_time_value", "clock", "teams_by", "bots_changes",
    ),
    "change_fail_rate": (*COUNTED, "failed_pipelines", *LINKED),
    "recovery_time": (*COUNTED, *LINKED, "recovery_from", "recovery_by"),
    "rework_rate": (*COUNTED, *LINKED),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """The moments of one run: events until ``as_of``, as known at ``known_at``.

    ``has_as_of`` and ``has_known_at`` say that somebody asked for the moment: the run tells of
    another one than its own, and what it tells is delivered to nobody.
    """

    as_of: datetime
    known_at: datetime
    has_as_of: bool = False
    has_known_at: bool = False


def write(con: duckdb.DuckDBPyConnection, configuration: Configuration, run: Run) -> None:
    """Bring the tables under ``config`` up to date, in one transaction."""
    found = rows(configuration, run)
    book, made = written(con), {}
    with transaction(con):
        for table, described in TABLES.items():
            filled = found.get(table)
            # What is said of a table is published again when it changes, like what it holds.
            words = SUMMARIES.get(table, ""), columns(table, names(described))
            made_from = hashlib.sha256(repr((described, words, filled)).encode()).hexdigest()
            if filled is not None and book.get(f"config.{table}", ("",))[0] == made_from:
                continue
            con.execute(f"create or replace table config.{table} ({described})")
            if filled is None:
                fill_days(con, configuration, run, table)
            elif filled:
                marks = ", ".join(f"${place + 1}" for place in range(len(filled[0])))
                con.executemany(f"insert into config.{table} values ({marks})", filled)
            made[f"config.{table}"] = held(con, f"config.{table}", made_from)
        write_down(con, made)


def names(described: str) -> list[str]:
    """Return the names of a table's columns."""
    return [column.split()[0] for column in described.split(",")]


def fill_days(
    con: duckdb.DuckDBPyConnection, configuration: Configuration, run: Run, table: str
) -> None:
    """Fill a table with days: thousands of rows, so they come as a frame."""
    calendar, last = configuration.calendar, run.as_of.year + 2
    countries = {calendar.country, *(service.country for service in configuration.services)}
    made = working_days(calendar, last) if table == "working_days" else holidays(countries, last)
    con.register("found_days", made)
    con.execute(f"insert into config.{table} from found_days")
    con.unregister("found_days")


def rows(configuration: Configuration, run: Run) -> dict[str, list[Row]]:
    """Return the rows of every table under ``config``."""
    calendar = configuration.calendar
    services = configuration.services or tuple(whole_repositories(configuration))
    return {
        "run": [
            (
                run.as_of, run.known_at, calendar.time_zone, configuration.is_demo,
                configuration.is_git_only, configuration.organisation,
                run.has_as_of, run.has_known_at,
            )
        ],
        "calendar": [
            (
                calendar.time_zone,
                name_pattern(Deployments().environments),
                tag_pattern(Deployments().tags),
                not configuration.services,
                PRE_RELEASE,
                calendar.country,
                " ".join(str(WEEKDAYS.index(day)) for day in sorted(calendar.working_days)),
            )
        ],
        "cadence": [(configuration.cadence.return_years, configuration.cadence.false_alarms)],
        "industry": [(configuration.industry,)] if configuration.industry else [],
        "bots": [(bot_pattern(configuration.bots),)],
        "rules": [rule_row(name, rules) for name, rules in ruled(configuration)],
        "hotfix_patterns": [
            (name, *row) for name, rules in ruled(configuration) for row in hotfix_patterns(rules)
        ],
        "definitions": [
            definition(name, rules, metric)
            for name, rules in ruled(configuration)
            for metric in DEFINED_BY
        ],
        "sources": [
            (source.name, source.kind, place, source.host if isinstance(source, Host) else None)
            for place, source in enumerate(configuration.sources)
        ],
        "services": [service_row(configuration, service) for service in services],
        "service_teams": [row for service in services for row in team_rows(service)],
        "team_members": [
            (place, team.name, like(glob))
            for place, team in enumerate(configuration.teams)
            for glob in team.members
        ],
        "team_owners": [
            (team.name, owner.lower()) for team in configuration.teams for owner in team.owners
        ],
        "incident_blames": [
            (service.name, blamed) for service in services for blamed in service.incidents.blames
        ],
        "flag_patterns": [
            (service.name, name_pattern(service.flags)) for service in services if service.flags
        ],
        "flag_audiences": [(name_pattern(configuration.flags.audience),)],
        "flag_teams": [
            (place, team, name_pattern([glob]))
            for place, (glob, team) in enumerate(configuration.flags.teams.items())
        ],
        "flag_removals": [
            (place, day, name_pattern([glob]))
            for place, (glob, day) in enumerate(configuration.flags.removals.items())
        ],
        "overrides": [
            (place, one.does, one.incident, one.blamed, one.reason, one.on)
            for place, one in enumerate(configuration.overruled, start=1)
        ],
        "path_rules": [
            (place, rule.topic, rule.tool, rule.pattern)
            for place, rule in enumerate(path_rules(configuration), start=1)
        ],
        "architecture": [architecture_row(configuration.architecture)],
        "manifests": [
            (service.name, held.repository, paths_pattern(held.paths), held.team)
            for service in services
            for held in service.manifests
        ],
        "claims": [
            (place, one.what, one.service, one.says, one.link, one.owner, one.date, one.expires)
            for place, one in enumerate(configuration.claims, start=1)
        ],
        "aliases": [(alias, service.name) for service in services for alias in service.aliases],
        "freezes": [
            (freeze.name, freeze.first_on, freeze.last_on, service)
            for freeze in calendar.freezes
            for service in freeze.services or (None,)
        ],
        "confirmed": [
            (one.service, one.until, one.reason) for one in configuration.alerts.known
        ],
        "annotations": [
            (place, one.first_on, one.last_on or one.first_on, one.text, one.service, one.team)
            for place, one in enumerate(configuration.annotations, start=1)
        ],
        "targets": [
            (metric, target)
            for metric, target in configuration.targets.model_dump().items()
            if target is not None
        ],
        "analysis_signals": list(configuration.delivery.patterns),
        "incident_rules": [
            tuple(rule)
            for source in configuration.sources
            if isinstance(source, PagerSource)
            for rule in source.rules
        ],
    }  # fmt: skip


def whole_repositories(configuration: Configuration) -> Iterator[Service]:
    """Yield one service for each git source, where the configuration names no services."""
    for source in configuration.sources:
        if isinstance(source, GitSource):
            yield Service(
                name=source.repository,
                repository=source.repository,
                deployments=Deployments(source=source.name),
            )


def service_row(configuration: Configuration, service: Service) -> Row:
    """Return the row of one service; its globs become regular expressions."""
    incidents = service.incidents
    return (
        service.name,
        service.tier,
        configuration.repository(service),
        paths_pattern(service.paths),
        service.retired_on,
        service.deployments.source or git_source(configuration, service),
        service.deployments.told_by or ("runs" if service.deployments.runs else None),
        name_pattern(service.deployments.runs),
        tag_pattern(service.deployments.tags),
        service.deployments.pre_releases,
        name_pattern(service.deployments.environments),
        incidents.source,
        name_pattern(incidents.services) if incidents.services else None,
        label_pattern(incidents.labels) if incidents.labels else None,
        service.country or None,
    )


def paths_pattern(globs: tuple[str, ...]) -> str | None:
    """Match any of some globs of paths; null for none."""
    paths = [glob_pattern(glob).removeprefix("^").removesuffix("$") for glob in globs]
    return f"^(?:{'|'.join(paths)})$" if paths else None


def architecture_row(told: Architecture) -> Row:
    """Return what of deployment architecture can be chosen, as a row."""
    return (
        told.from_git, told.observation_hours, told.long_lived_days, told.window_days,
        name_pattern(told.tests),
    )  # fmt: skip


def git_source(configuration: Configuration, service: Service) -> str | None:
    """Name the git source whose tags are the releases, where git is all there is."""
    repository = configuration.repository(service)
    found = [
        one.name for one in configuration.sources if getattr(one, "repository", 0) == repository
    ]
    return found[0] if found and configuration.is_git_only else None


def team_rows(service: Service) -> Iterator[Row]:
    """Yield the spans of days in which each team has the service."""
    since = [team.since or date(1900, 1, 1) for team in service.team]
    until = [*since[1:], date(9999, 12, 31)]
    for team, from_on, until_on in zip(service.team, since, until, strict=False):
        yield service.name, team.name, from_on, until_on


def label_pattern(globs: tuple[str, ...]) -> str:
    """Match one of the labels in a text that has a semicolon around each."""
    return name_pattern(globs).replace("^(?:", ";(?:").replace(")$", ");").replace(".*", "[^;]*")


def like(glob: str) -> str:
    """Return a glob of names as a pattern of LIKE, escaped with a tilde."""
    escaped = "".join(f"~{sign}" if sign in "~%_" else sign for sign in glob.lower())
    return escaped.replace("*", "%").replace("?", "_")


def ruled(configuration: Configuration) -> Iterator[tuple[str, Definitions]]:
    """Yield the rules of the organisation, under no name, and of each service with its own."""
    yield "", configuration.definitions
    for service in configuration.services:
        if service.definitions.model_fields_set:
            yield service.name, service.definitions.over(configuration.definitions)


def rule_row(name: str, rules: Definitions) -> Row:
    """Return rules as a row, in the order of the table's columns."""
    return (
        name, rules.regions, rules.counted_deployments, rules.rollbacks == "in",
        rules.failed_pipelines == "in", rules.lead_time_from, rules.lead_time_of,
        rules.lead_time_value, rules.clock, rules.teams_by, rules.bots_changes == "in",
        rules.rollback_blames, rules.attribution_window_hours, rules.half_life_hours,
        rules.minimum_confidence, rules.hotfix_window_hours, rules.lookback_days,
        rules.flag_window_minutes, rules.recovery_from, rules.recovery_by, rules.minimum_count,
    )  # fmt: skip


def hotfix_patterns(rules: Definitions) -> Iterator[tuple[str, str]]:
    """Yield what tells a hotfix: the field of a change, and a pattern of LIKE."""
    yield from (("branch", like(glob)) for glob in rules.hotfix_branches)
    yield from (("label", f"%;{like(glob)};%") for glob in rules.hotfix_labels)
    yield from (("title", like(glob)) for glob in rules.hotfix_titles)


def definition(name: str, rules: Definitions, metric: str) -> Row:
    """Return the id and the text of the settings that a metric is made by."""
    written = rules.model_dump(mode="json")
    text = json.dumps({key: written[key] for key in DEFINED_BY[metric]}, sort_keys=True)
    return metric, name, f"{metric}@{hashlib.sha256(text.encode()).hexdigest()[:8]}", text
