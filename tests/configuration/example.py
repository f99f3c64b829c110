"""The example configuration where it can be read: its secrets set, its certificates there."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECRETS = {
    "GITHUB_TOKEN": "made-up-token-of-github",
    "GITHUB_APP_KEY": "-----BEGIN MADE-UP KEY-----\nnothing\n-----END MADE-UP KEY-----\n",
    "GITLAB_TOKEN": "made-up-token-of-gitlab",
    "CI_JOB_TOKEN": "made-up-token-of-a-job",
    "CI_EVENT_TOKEN": "made-up-token-of-a-sender",
    "CI_EVENT_TOKEN_NEXT": "made-up-token-of-tomorrow",
    "PAGERDUTY_TOKEN": "made-up-token-of-pagerduty",
    "OPSGENIE_TOKEN": "made-up-token-of-opsgenie",
    "JIRA_TOKEN": "made-up-token-of-jira",
    "INCIDENT_IO_TOKEN": "made-up-token-of-incident-io",
    "STATUSPAGE_TOKEN": "made-up-token-of-a-status-page",
    "SERVICENOW_TOKEN": "made-up-token-of-servicenow",
    "SPINNAKER_TOKEN": "made-up-token-of-spinnaker",
    "GRAFANA_TOKEN": "made-up-token-of-grafana",
    "UNLEASH_TOKEN": "made-up-token-of-unleash",
    "LAUNCHDARKLY_TOKEN": "made-up-token-of-launchdarkly",
    "FLAGSMITH_TOKEN": "made-up-token-of-flagsmith",
    "PAGERDUTY_WEBHOOK_SECRET": "made-up-secret-of-pagerduty",
    "OPSGENIE_WEBHOOK_SECRET": "made-up-secret-of-opsgenie",
    "GITHUB_WEBHOOK_SECRET": "made-up-secret-of-github",
    "GITLAB_WEBHOOK_SECRET": "made-up-secret-of-gitlab",
    "SLACK_URL": "https://hooks.example.org/slack",
    "TEAMS_URL": "https://hooks.example.org/teams",
    "REPORT_TOKEN": "made-up-token-of-reports",
    "SLACK_TOKEN": "made-up-token-of-slack",
    "SMTP_PASSWORD": "made-up-password-of-mail",
    "ALERT_SECRET": "made-up-secret-of-alerts",
    "OIDC_SECRET": "made-up-secret-of-the-dashboard",
    "COOKIE_SECRET": "made-up-secret-of-cookies-that-is-long",
}


def copied(folder: Path) -> Path:
    """Copy the example into a folder that has what it names; return its path."""
    (folder / "certs").mkdir()
    (folder / "certs" / "company.pem").write_text("made up\n")
    (folder / "overrides.yaml").touch()
    return Path(shutil.copy(ROOT / "drumbeat.example.yaml", folder / "drumbeat.yaml"))
