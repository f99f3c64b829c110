"""REST routes of the made-up GitHub: workflow runs, deployments, environments, releases."""

import re
from datetime import datetime

from tests.hosts.github_repository import Repository
from tests.hosts.github_rest import Asked, missing, route, single
from tests.hosts.github_things import Run
from tests.hosts.serving import Answer


@route("/repos/{owner}/{name}/environments", "environments")
def environments(asked: Asked, one: Repository) -> Answer:
    known = {told["name"]: told for told in one.settings.get("environments", ())}
    found = [
        {"id": place, "name": name, **known.get(name, {})}
        for place, name in enumerate(one.environments, start=1)
    ]
    return asked.page(found, dict, "environments")


@route("/repos/{owner}/{name}/actions/secrets", "secrets")
def secrets(asked: Asked, one: Repository) -> Answer:
    return asked.page(one.settings.get("secrets", []), dict, "secrets")


@route("/repos/{owner}/{name}/actions/variables", "actions_variables")
def variables(asked: Asked, one: Repository) -> Answer:
    return asked.page(one.settings.get("variables", []), dict, "variables")


@route("/repos/{owner}/{name}/actions/organization-secrets", "secrets")
def organisation_secrets(asked: Asked, one: Repository) -> Answer:
    return asked.page(one.settings.get("organization-secrets", []), dict, "secrets")


@route("/repos/{owner}/{name}/actions/organization-variables", "actions_variables")
def organisation_variables(asked: Asked, one: Repository) -> Answer:
    return asked.page(one.settings.get("organization-variables", []), dict, "variables")


@route("/repos/{owner}/{name}/environments/{environment}/{kind}", "environments")
def inside(asked: Asked, one: Repository, environment: str, kind: str) -> Answer:
    if environment not in one.environments:
        return missing()
    return asked.page(one.settings.get(f"{kind} of {environment}", []), dict, kind)


@route("/repos/{owner}/{name}/rulesets", "metadata")
def rulesets(asked: Asked, one: Repository) -> Answer:
    return asked.page(one.settings.get("rulesets", []), dict)


@route("/repos/{owner}/{name}/rulesets/rule-suites", "administration")
def rule_suites(asked: Asked, one: Repository) -> Answer:
    wanted = asked.request.query.get("rule_suite_result", "all")
    found = [
        told for told in one.settings.get("rule-suites", []) if wanted in ("all", told["result"])
    ]
    return asked.page(found, dict)


@route("/repos/{owner}/{name}/actions/workflows", "actions")
def workflows(asked: Asked, one: Repository) -> Answer:
    found = {run.path: {"id": run.workflow_id, "name": run.name} for run in one.runs}
    listed = [{**told, "path": path, "state": "active"} for path, told in found.items()]
    return asked.page(listed, dict, "workflows")


def named(run: Run) -> tuple[str, str]:
    """Return what a run's workflow is asked for by: its number, or its file."""
    return str(run.workflow_id), run.path.rpartition("/")[2]


@route("/repos/{owner}/{name}/actions/runs", "actions")
@route("/repos/{owner}/{name}/actions/workflows/{workflow}/runs", "actions")
def runs(asked: Asked, one: Repository, workflow: str | None = None) -> Answer:
    query = asked.request.query
    if workflow and not any(workflow in named(run) for run in one.runs):
        return missing()
    found = [
        run
        for run in one.runs
        if (not workflow or workflow in named(run))
        and query.get("branch") in (None, run.head_branch)
        and query.get("event") in (None, run.event)
        and query.get("head_sha") in (None, run.head_sha)
        and query.get("status") in (None, run.status, run.conclusion)
        and within(run.created_at, query.get("created"))
    ]
    found.sort(key=lambda run: (run.created_at, run.database_id), reverse=True)
    # GitHub gives the first thousand of a filtered list and no more.
    is_filtered = {"branch", "event", "head_sha", "status", "created"} & query.keys()
    return asked.page(found[:1000] if is_filtered else found, asked.shown.run, "workflow_runs")


@route("/repos/{owner}/{name}/actions/runs/{id}", "actions")
def run(asked: Asked, one: Repository, id: str) -> Answer:
    return single(one.runs, id, asked.shown.run)


@route("/repos/{owner}/{name}/actions/runs/{id}/jobs", "actions")
def jobs(asked: Asked, one: Repository, id: str) -> Answer:
    found = next((run for run in one.runs if run.database_id == int(id)), None)
    return asked.page(found.jobs, asked.shown.job, "jobs") if found else missing()


@route("/repos/{owner}/{name}/deployments", "deployments")
def deployments(asked: Asked, one: Repository) -> Answer:
    query = asked.request.query
    wanted = (query.get("environment"), query.get("sha"))
    found = [
        each
        for each in one.deployments[::-1]
        if wanted[0] in (None, each.environment) and wanted[1] in (None, each.commit_oid)
    ]
    return asked.page(found, asked.shown.deployment)


@route("/repos/{owner}/{name}/deployments/{id}", "deployments")
def deployment(asked: Asked, one: Repository, id: str) -> Answer:
    return single(one.deployments, id, asked.shown.deployment)


@route("/repos/{owner}/{name}/deployments/{id}/statuses", "deployments")
def statuses(asked: Asked, one: Repository, id: str) -> Answer:
    found = next((each for each in one.deployments if str(each.database_id) == id), None)
    return asked.page(found.statuses[::-1], asked.shown.status) if found else missing()


@route("/repos/{owner}/{name}/releases", "contents")
def releases(asked: Asked, one: Repository) -> Answer:
    found = sorted(one.releases, key=lambda each: (each.created_at, each.database_id), reverse=True)
    return asked.page(found, asked.shown.release)


def within(moment: datetime, told: str | None) -> bool:
    """Return whether a time is in a range of GitHub's search: ``a..b``, ``>=a``, ``<b``, a day."""
    if not told:
        return True
    if ".." in told:
        low, high = told.split("..")
        return within(moment, f">={low}") and (high == "*" or within(moment, f"<={high}"))
    sign, text = re.fullmatch(r"([<>]=?|)(.+)", told).groups()
    if text == "*":
        return True
    told_at = moment.strftime("%Y-%m-%d" if len(text) == 10 else "%Y-%m-%dT%H:%M:%SZ")
    text = text if len(text) == 10 else text.replace("+00:00", "Z")
    holds = {"": told_at == text, ">": told_at > text, "<": told_at < text}
    return holds.get(sign, False) or (sign in (">=", "<=") and (holds[sign[0]] or told_at == text))
