"""Whether what signs in to sources is there, once, and only by reference to the environment."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.configuration import alerts, locations, receiving
from pipelines.configuration.environment import NAME, Path

Found = Iterator[tuple[Path, str]]

EITHER = {"github": ("token", "app"), "gitlab": ("token", "job_token")}
TOKENS = {
    "github": "GITHUB_TOKEN",
    "gitlab": "GITLAB_TOKEN",
    "pagerduty": "PAGERDUTY_TOKEN",
    "jira": "JIRA_TOKEN",
    "opsgenie": "OPSGENIE_TOKEN",
    "incident_io": "INCIDENT_IO_TOKEN",
    "statuspage": "STATUSPAGE_TOKEN",
    "servicenow": "SERVICENOW_TOKEN",
    "grafana_irm": "GRAFANA_TOKEN",
    "unleash": "UNLEASH_TOKEN",
    "launchdarkly": "LAUNCHDARKLY_TOKEN",
    "flagsmith": "FLAGSMITH_TOKEN",
}
VARIABLES = {
    ("token",): "TOKEN",
    ("job_token",): "CI_JOB_TOKEN",
    ("app", "private_key"): "GITHUB_APP_KEY",
}
SECRET = {"token", "job_token", "app", "webhook_secrets"}
REFERENCE = re.compile(rf"\$\{{{NAME.pattern}\}}")


def conflicts(raw: Mapping[str, Any]) -> Found:
    """Yield what is wrong with the credentials of sources; ``raw`` has references unexpanded."""
    yield from alerts.written_out(raw)
    sources = raw.get("sources")
    for index, source in enumerate(sources if isinstance(sources, list) else ()):
        if not isinstance(source, Mapping):
            continue
        found = (*_in_location(source), *_keys(source), *_written_out(source))
        for path, said in (*found, *receiving.written_out(source)):
            yield ("sources", index, *path), said


def is_secret(path: Path) -> bool:
    """Tell whether a value at ``path`` is never to be shown."""
    return alerts.is_secret(path) or (path[:1] == ("sources",) and bool(SECRET & set(path)))


def _in_location(source: Mapping[str, Any]) -> Found:
    location = source.get("location")
    if isinstance(location, str) and (what := locations.written_out_secret(location)):
        yield (
            ("location",),
            f"has a {what} written out, must name an environment variable: "
            f"put ${{GIT_TOKEN}} in its place, set GIT_TOKEN, and change the {what}, "
            "for whoever has this file has it",
        )


def _keys(source: Mapping[str, Any]) -> Found:
    if (kind := str(source.get("kind"))) not in EITHER:
        return
    given = [key for key in EITHER[kind] if source.get(key) is not None]
    if len(given) != 1:
        said = f"has {' and '.join(given)}" if given else "has nothing to sign in with"
        yield (
            (),
            f"{said}, must have one of {' or '.join(EITHER[kind])}: `token: ${{{TOKENS[kind]}}}`",
        )


def _written_out(source: Mapping[str, Any]) -> Found:
    if (kind := str(source.get("kind"))) not in TOKENS:
        return
    for path, name in VARIABLES.items():
        value: Any = source
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else None
        if isinstance(value, str) and value and not REFERENCE.fullmatch(value):
            variable = TOKENS[kind] if name == "TOKEN" else name
            yield (
                path,
                f"is written out, must name an environment variable: ${{{variable}}}; "
                f"set {variable}, and make a new one, for whoever has this file has it",
            )
