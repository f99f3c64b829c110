"""What the tables under ``config`` and their columns mean, for whoever opens the file."""

from collections.abc import Mapping

from pipelines.configuration import Definitions

SERVICE = "Service; empty for the organisation's own."
RULES = {name: field.description or "" for name, field in Definitions.model_fields.items()}
RULES |= {
    "service": SERVICE,
    "has_rollbacks": RULES["rollbacks"],
    "has_failed_pipelines": RULES["failed_pipelines"],
    "has_bots_changes": RULES["bots_changes"],
}

SUMMARIES: Mapping[str, str] = {
    "run": "One row: the moments of the run that made this file, and what it is of.",
    "calendar": "One row: when people work, and patterns that hold where a service has no own.",
    "industry": "One row, or none: whose means stand beside a service's scores.",
    "working_days": "One row per day: when people work on it, in seconds of the calendar's zone.",
    "holidays": "One row per country and public holiday.",
    "cadence": "One row: from when on a silence is an alarm.",
    "bots": "One row: which names are bots'.",
    "rules": "One row for the organisation, and one per service with rules of its own.",
    "hotfix_patterns": "One row per pattern of LIKE that tells a hotfix.",
    "definitions": "One row per metric, of the organisation and of each service with own rules; "
    "marts.definitions has every id.",
    "sources": "One row per source of the configuration.",
    "services": "One row per service of the configuration.",
    "service_teams": "One row per service and span of days in which a team has it.",
    "team_members": "One row per pattern of names that are in a team.",
    "incident_blames": "One row per service whose incidents blame another one's deployments.",
    "flag_patterns": "One row per service whose feature flags are known by a pattern.",
    "overrides": "One row per decision of people about what counts as a failure.",
    "aliases": "One row per other name of a service.",
    "freezes": "One row per span of days, and service, in which nobody is expected to deploy.",
    "targets": "One row per target.",
    "analysis_signals": "One row per pattern of names that tells what an analysis looks at.",
    "incident_rules": "One row per rule that says which rows of a pager are incidents.",
}

SHARED: Mapping[str, str] = {
    "as_of": "Moment that the file tells of: what happened later is left out, UTC.",
    "known_at": "Moment whose knowledge it tells with, UTC.",
    "time_zone": "Zone in which days and weeks begin.",
    "is_demo": "True where anything is made up.",
    "is_git_only": "True where git is all there is, so that failures are inferred.",
    "organisation": "What the organisation is called.",
    "has_as_of": "True where somebody asked for that moment.",
    "has_known_at": "True where somebody asked for that knowledge.",
    "production_pattern": "Environments that are production, as a regular expression.",
    "tag_pattern": "Tags that are releases, as a regular expression.",
    "pre_release_pattern": "Versions that are pre-releases, as a regular expression.",
    "has_named_services": "False where the configuration names services, so others are none.",
    "working_week": "Working days, 0 is Monday, blank between.",
    "industry": "Industry.",
    "country": "Country, by its code of ISO 3166; empty or null for none.",
    "day": "Day.",
    "from_s": "Second of the day at which work begins; null on a day off.",
    "until_s": "Second of the day at which it ends.",
    "worked_before": "Seconds worked on all days before.",
    "return_years": "A silence is an alarm that happens by itself once in so many years.",
    "false_alarms": "Bearable false alarms a year, in place of that; null for none.",
    "pattern": "Pattern.",
    "signal": "What such an analysis looks at.",
    "field": "Field that is looked at.",
    "metric": "Metric, or target.",
    "definition": "Id: the metric and eight hexadecimal digits.",
    "settings": "The rules that it is short for, as JSON.",
    "source": "Name of the source in the configuration.",
    "kind": "Kind of the source, or of the value.",
    "position": "Its place in the configuration; the first that knows a thing tells it.",
    "host": "Host whose repositories it reads; null where it is no code host.",
    "service": "Service.",
    "tier": "1 is the most critical; null where not said.",
    "repository": "Repository of its code; null where not said.",
    "path_pattern": "Paths of the repository that are its own, as a regular expression.",
    "retired_on": "From this day on it is out of service.",
    "deployment_source": "Source that tells its deployments; null for the first that has any.",
    "told_by": "deployments, runs, releases or tags: what of that source tells them.",
    "run_pattern": "Workflow runs or jobs that deploy, as a regular expression.",
    "has_pre_releases": "True where pre-releases are deployments.",
    "incident_source": "Source that tells its incidents; null for any.",
    "incident_pattern": "Names by which incidents name it, as a regular expression.",
    "incident_label_pattern": "Labels that make an incident its own, as a regular expression.",
    "team": "Team.",
    "from_on": "First day.",
    "until_on": "First day after the last.",
    "to_on": "Last day.",
    "place": "Place in the configuration.",
    "blamed": "Service whose deployments are blamed.",
    "override_id": "Number of the decision, in the order of the file.",
    "does": "What it does.",
    "incident_id": "Incident that it is about.",
    "deployment_id": "Deployment that it is about.",
    "reason": "Why.",
    "decided_on": "Day on which it was decided.",
    "alias": "Other name.",
    "name": "What it is called.",
    "target": "What is aimed for, in the unit of its key.",
    "value": "What the row becomes where the pattern holds.",
}


def columns(table: str, names: list[str]) -> Mapping[str, str]:
    """Return the words for those columns of a table that have any; a test wants all to."""
    found = {**SHARED, **RULES} if table == "rules" else SHARED
    return {name: found[name] for name in names if name in found}
