"""What senders may send, as the receiver's pages show it."""

from typing import Any

PLAIN_EXAMPLES: dict[str, dict[str, Any]] = {
    "annotation": {
        "id": "move-2026",
        "service": "checkout",
        "text": "Moved to another data centre",
        "started_at": "2026-11-20T08:00:00Z",
        "finished_at": "2026-11-22T18:00:00Z",
    },
    "deployment": {
        "service": "checkout",
        "environment": "production",
        "sha": "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        "status": "success",
        "started_at": "2026-11-23T10:35:00Z",
        "finished_at": "2026-11-23T10:40:00Z",
        "url": "https://ci.example.org/jobs/1234",
    },
    "incident": {
        "id": "INC-7",
        "service": "checkout",
        "status": "opened",
        "started_at": "2026-11-23T10:52:00Z",
        "title": "Payments time out",
        "severity": "high",
    },
    "rollback": {
        "service": "checkout",
        "environment": "production",
        "version": "1.41.0",
        "finished_at": "2026-11-23T11:05:00Z",
    },
}
CDEVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "271069a8-fc18-44f1-b38f-9d70a1695819",
    "source": "/ci/checkout",
    "type": "dev.cdevents.service.deployed.0.2.0",
    "time": "2026-11-23T10:40:00Z",
    "datacontenttype": "application/json",
    "data": {
        "context": {
            "version": "0.4.1",
            "id": "271069a8-fc18-44f1-b38f-9d70a1695819",
            "source": "/ci/checkout",
            "type": "dev.cdevents.service.deployed.0.2.0",
            "timestamp": "2026-11-23T10:40:00Z",
        },
        "subject": {
            "id": "checkout",
            "source": "/ci/checkout",
            "type": "service",
            "content": {
                "environment": {"id": "production"},
                "artifactId": "pkg:oci/checkout@1.42.0",
            },
        },
    },
}
WEBHOOKS = {
    "github": "A source of `kind: github` with webhook_secrets, by its name.",
    "gitlab": "A source of `kind: gitlab` with webhook_secrets, by its name.",
    "pagerduty": "A source of `kind: pagerduty` with webhook_secrets, by its name.",
    "opsgenie": "A source of `kind: opsgenie` with webhook_secrets by its name; or a token.",
    "alertmanager": "Prometheus Alertmanager, with a token.",
    "argocd": "Argo CD notifications, with a token.",
    "argo_rollouts": "Argo Rollouts' notifications, with a token.",
    "flagger": "Flagger, with a token.",
    "unleash": "Unleash, with a token.",
    "launchdarkly": "LaunchDarkly, with a token.",
}
