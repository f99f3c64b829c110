"""Bodies as senders post them, small and made by hand."""

from connectors.events import (
    alertmanager,
    argo_rollouts,
    argocd,
    cdevents,
    flagger,
    github,
    gitlab,
    launchdarkly,
    opsgenie,
    pagerduty,
    plain,
    unleash,
)
from tests.connectors.delivery.objects import rollout

SHA = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
MODULES = {
    module.FORMAT: module
    for module in (
        alertmanager, argo_rollouts, argocd, cdevents, flagger, github, gitlab, launchdarkly,
        opsgenie, pagerduty, plain, unleash,
    )
}  # fmt: skip


def cdevent(kind, content=None, subject_id="checkout", **further):
    """Return a CDEvent of a kind such as ``service.deployed.0.2.0``."""
    return {
        "context": {
            "version": "0.4.1",
            "id": "event-1",
            "source": "/ci/acme",
            "type": f"dev.cdevents.{kind}",
            "timestamp": "2026-11-23T12:40:00.5+02:00",
        },
        "subject": {"id": subject_id, "source": "/ci/acme", "content": content or {}},
        **further,
    }


def cloudevent(data, /, **attributes):
    """Return the structured CloudEvent that carries ``data``."""
    context = data.get("context", {}) if isinstance(data, dict) else {}
    return {
        "specversion": "1.0",
        "id": context.get("id", "event-1"),
        "source": context.get("source", "/ci/acme"),
        "type": context.get("type", "com.example.thing"),
        "time": "2026-11-23T10:40:00Z",
        "data": data,
    } | attributes


USER = {"login": "kim", "type": "User"}
REPOSITORY = {"full_name": "acme/shop", "pushed_at": 1_795_430_400}
PROJECT = {"id": 3, "path_with_namespace": "acme/shop", "web_url": "https://gitlab.example.com/a/s"}
DEPLOYMENT = {
    "id": 42,
    "sha": SHA,
    "ref": "main",
    "environment": "production",
    "production_environment": True,
    "created_at": "2026-11-23T10:30:00Z",
    "creator": {"login": "deployer[bot]", "type": "Bot"},
}
PULL = {
    "number": 12,
    "title": "Mend the cart",
    "body": "Reverts #9. Ask person@example.org, see v1.2.3",
    "user": USER,
    "head": {"ref": "mend-cart", "sha": SHA},
    "base": {"ref": "main"},
    "labels": [{"name": "bug"}, {"name": "cart;checkout"}],
    "draft": False,
    "created_at": "2026-11-20T09:00:00Z",
    "updated_at": "2026-11-23T10:00:00Z",
    "closed_at": None,
    "merged_at": None,
    "merge_commit_sha": SHA[::-1],
    "html_url": "https://github.com/acme/shop/pull/12",
}


def merge_request(action, **further):
    """Return a merge request hook."""
    return {
        "object_kind": "merge_request",
        "user": {"username": "kim", "email": "kim@example.com"},
        "project": PROJECT,
        "labels": [{"title": "bug"}],
        "object_attributes": {
            "iid": 7,
            "title": "Mend the cart",
            "description": "See !5, ask person@example.org",
            "source_branch": "mend-cart",
            "target_branch": "main",
            "draft": False,
            "action": action,
            "created_at": "2026-11-20 09:00:00 UTC",
            "updated_at": "2026-11-23 10:00:00 UTC",
            "last_commit": {"id": SHA},
            "url": "https://gitlab.example.com/acme/shop/-/merge_requests/7",
        },
        **further,
    }


def alert(status="firing", **further):
    """Return one alert of a group."""
    return {
        "status": status,
        "labels": {
            "alertname": "ErrorRate",
            "environment": "production",
            "job": "app",
            "service": "checkout",
            "severity": "page",
        },
        "annotations": {"summary": "checkout answers 5xx", "description": "person@example.org"},
        "startsAt": "2026-11-23T10:33:01.119Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example.org/graph",
        "fingerprint": "4d4d228eb9d91c01",
        **further,
    }


def group(*alerts):
    """Return what Alertmanager posts."""
    return {"version": "4", "status": "firing", "receiver": "drumbeat", "alerts": list(alerts)}


def pagerduty_event(type="incident.triggered", **data):
    """Return what PagerDuty posts."""
    return {
        "event": {
            "id": "01EVENT",
            "event_type": type,
            "resource_type": "incident",
            "occurred_at": "2026-11-23T10:52:07.250Z",
            "agent": {"id": "PUSER", "summary": "Kim"},
            "data": {
                "id": "Q3YON8",
                "type": "incident",
                "number": 4,
                "title": "Payments time out since v1.4.2",
                "html_url": "https://acme.pagerduty.example/incidents/Q3YON8",
                "created_at": "2026-11-23T10:52:00Z",
                "status": "triggered",
                "service": {"id": "PSVC", "summary": "Checkout"},
                "teams": [{"id": "PTEAM", "summary": "Shop"}],
                "priority": {"id": "PPRIO", "summary": "P1"},
                "urgency": "high",
                **data,
            },
        }
    }


def opsgenie_action(action="Create", **alert):
    """Return what Opsgenie posts."""
    return {
        "action": action,
        "alert": {
            "alertId": "44f717bf",
            "tinyId": "23",
            "message": "checkout is slow",
            "tags": ["service:checkout", "prod"],
            "entity": "db-1",
            "username": "kim@example.com",
            "userId": "u-1",
            "team": "shop",
            "priority": "P1",
            "createdAt": 1_795_431_120_104,
            "updatedAt": 1_795_431_193_166_002_000,
            "description": "ask person@example.org",
            **alert,
        },
        "source": {"name": "web", "type": "API"},
        "integrationName": "drumbeat",
    }


def argocd_sync(**further):
    """Return what the template of ours posts."""
    return {
        "app": "checkout",
        "namespace": "shop-production",
        "environment": "production",
        "project": "shop",
        "repository": "https://github.com/acme/deploy.git",
        "phase": "Succeeded",
        "revision": SHA,
        "images": ["registry.example.org/checkout:1.42.0"],
        "health": "Healthy",
        "is_automated": True,
        "started_at": "2026-11-23T10:39:00Z",
        "finished_at": "2026-11-23T10:40:00Z",
        "url": "https://argocd.example.org/applications/checkout",
        **further,
    }


def canary(message="Advance checkout.shop canary weight 20", phase="Progressing", **metadata):
    """Return what Flagger posts."""
    return {
        "name": "checkout",
        "namespace": "shop",
        "phase": phase,
        "checksum": "85d557f47b",
        "metadata": {
            "eventMessage": message,
            "eventType": "Normal",
            "timestamp": "1795430400500",
            "token": "not-to-be-kept",
            **metadata,
        },
    }


def unleash_event(type="feature-environment-enabled", **further):
    """Return what Unleash posts."""
    return {
        "id": 13,
        "type": type,
        "createdBy": "kim@example.com",
        "createdAt": "2026-11-23T10:41:55.603Z",
        "data": None,
        "preData": None,
        "tags": [],
        "featureName": "checkout-v2",
        "project": "default",
        "environment": "production",
        **further,
    }


def launchdarkly_entry(action="updateOn", verb="turned on the flag", **further):
    """Return what LaunchDarkly posts."""
    return {
        "_links": {"site": {"href": "/default/production/features/checkout-v2"}},
        "_id": "57c0a8e2",
        "date": 1_795_430_400_774,
        "kind": "flag",
        "name": "Checkout, second try",
        "titleVerb": verb,
        "accesses": [
            {"action": action, "resource": "proj/shop:env/production:flag/checkout-v2;beta"}
        ],
        "member": {"email": "kim@example.com", "firstName": "Kim"},
        "comment": "ask person@example.org",
        **further,
    }


def gitlab_deployment(status="success", **further):
    """Return a deployment hook."""
    return {
        "object_kind": "deployment",
        "status": status,
        "status_changed_at": "2026-11-23 12:40:00 +0200",
        "deployment_id": 15,
        "deployable_url": "https://gitlab.example.com/acme/shop/-/jobs/796",
        "environment": "eu",
        "environment_tier": "production",
        "project": PROJECT,
        "short_sha": SHA[:8],
        "user": {"username": "project_3_bot_9", "email": "bot@example.com"},
        "commit_url": f"https://gitlab.example.com/acme/shop/-/commit/{SHA}",
        "commit_title": "Mend",
        "ref": "main",
        **further,
    }


def github_hook(event, **body):
    """Return the headers and the body of one delivery of GitHub."""
    return {"X-GitHub-Event": event, "X-GitHub-Delivery": "d-1"}, {
        "repository": REPOSITORY,
        "sender": USER,
        **body,
    }


RUN = {
    "id": 99,
    "name": "Deploy",
    "path": ".github/workflows/deploy.yml@refs/heads/main",
    "status": "completed",
    "conclusion": "success",
    "event": "workflow_dispatch",
    "head_sha": SHA,
    "head_branch": "main",
    "run_started_at": "2026-11-23T10:30:00Z",
    "updated_at": "2026-11-23T10:40:00Z",
    "html_url": "https://github.com/acme/shop/actions/runs/99",
    "actor": USER,
}
STATUS = {"id": 1, "state": "success", "created_at": "2026-11-23T10:40:00Z"}
RELEASE = {
    "id": 5,
    "tag_name": "v1.42.0",
    "target_commitish": "main",
    "draft": False,
    "prerelease": False,
    "published_at": "2026-11-23T10:40:00Z",
    "author": USER,
    "body": "Thanks to person@example.org",
    "html_url": "https://github.com/acme/shop/releases/v1.42.0",
}
ISSUE = {
    "number": 31,
    "title": f"Checkout is down since {SHA[:9]}",
    "body": "ask person@example.org",
    "type": {"name": "Incident"},
    "labels": [{"name": "incident"}],
    "user": USER,
    "created_at": "2026-11-23T10:52:00Z",
    "updated_at": "2026-11-23T11:20:00Z",
    "closed_at": None,
}
REVIEW = {"state": "approved", "user": {"login": "sam"}, "submitted_at": "2026-11-22T08:00:00Z"}
JOB = {
    "object_kind": "build",
    "build_id": 1977,
    "build_name": "deploy",
    "build_status": "failed",
    "build_created_at": "2026-11-23T10:30:00.886Z",
    "build_started_at": "2026-11-23T10:31:00Z",
    "build_finished_at": "2026-11-23T10:35:00Z",
    "sha": SHA,
    "ref": "v1.4.2",
    "tag": True,
    "environment": {"name": "production", "action": "start", "deployment_tier": "production"},
    "project": PROJECT,
    "user": {"username": "kim", "email": "kim@example.com"},
}
PIPELINE = {
    "object_kind": "pipeline",
    "object_attributes": {
        "id": 31,
        "status": "success",
        "source": "web",
        "ref": "main",
        "tag": False,
        "sha": SHA,
        "created_at": "2026-11-23 10:30:00 UTC",
        "finished_at": "2026-11-23 10:40:00 UTC",
    },
    "project": PROJECT,
    "user": {"username": "kim"},
}
GITLAB_RELEASE = {
    "object_kind": "release",
    "action": "create",
    "tag": "v1.4.2",
    "name": "Autumn",
    "description": "ask person@example.org",
    "released_at": "2026-11-23 10:40:00 UTC",
    "project": PROJECT,
    "commit": {"id": SHA},
}
GITLAB_ISSUE = {
    "object_kind": "issue",
    "user": {"username": "kim"},
    "project": PROJECT,
    "labels": [{"title": "sev1"}],
    "object_attributes": {
        "iid": 23,
        "title": "Checkout is down",
        "description": "since v1.4.2, ask person@example.org",
        "type": "Incident",
        "severity": "critical",
        "action": "close",
        "created_at": "2026-11-23T10:52:00Z",
        "closed_at": "2026-11-23T11:20:00Z",
        "updated_at": "2026-11-23T11:20:01Z",
    },
}
FLAG = {
    "object_kind": "feature_flag",
    "project": PROJECT,
    "user": {"username": "kim"},
    "object_attributes": {"id": 6, "name": "checkout-v2", "active": True},
}
GITLAB_PUSH = {
    "object_kind": "tag_push",
    "ref": "refs/tags/v1.4.2",
    "after": SHA,
    "checkout_sha": SHA,
    "user_username": "kim",
    "user_email": "kim@example.com",
    "project": PROJECT,
}
PLAIN = {
    "deployment": {
        "service": "checkout",
        "environment": "production",
        "sha": SHA,
        "version": "1.42.0",
        "status": "success",
        "started_at": "2026-11-23T10:35:00Z",
        "finished_at": "2026-11-23T12:40:00+02:00",
        "trigger": "manual",
        "strategy": "canary",
        "url": "https://ci.example.org/jobs/1234",
    },
    "incident": {
        "id": "INC-7",
        "service": "checkout",
        "started_at": "2026-11-23T10:52:00Z",
        "title": "Payments time out since v1.4.2",
        "severity": "high",
        "deployment_id": "github.com/acme/shop/42",
    },
    "rollback": {
        "service": "checkout",
        "version": "1.41.0",
        "finished_at": "2026-11-23T11:05:00Z",
    },
}
# Every kind of body that is understood: format, headers, body, further arguments.
ALL = {
    "structured": ("cdevents", {}, cloudevent(cdevent("service.deployed.0.2.0")), {}),
    "batch": ("cdevents", {}, [cloudevent(cdevent("incident.detected.0.2.0"))], {}),
    "bare": ("cdevents", {}, cdevent("change.merged.0.2.0"), {}),
    "run": ("cdevents", {}, cdevent("pipelinerun.finished.0.2.0", {"outcome": "success"}), {}),
    "foreign": ("cdevents", {}, cloudevent({"note": "person@example.org", "n": [1, {"a": 2}]}), {}),
    "binary": (
        "cdevents",
        {"ce-specversion": "1.0", "ce-id": "e%201", "ce-source": "/ci", "ce-type": "org.example.x"},
        {"a": 1},
        {},
    ),
    "deployment": ("github", *github_hook("deployment", deployment=DEPLOYMENT), {}),
    "deployment_status": (
        "github",
        *github_hook("deployment_status", deployment=DEPLOYMENT, deployment_status=STATUS),
        {},
    ),
    "workflow_run": ("github", *github_hook("workflow_run", workflow_run=RUN), {}),
    "release": ("github", *github_hook("release", action="published", release=RELEASE), {}),
    "pull": ("github", *github_hook("pull_request", action="opened", pull_request=PULL), {}),
    "review": (
        "github",
        *github_hook("pull_request_review", action="submitted", pull_request=PULL, review=REVIEW),
        {},
    ),
    "push": ("github", *github_hook("push", ref="refs/heads/main", after=SHA), {}),
    "issue": ("github", *github_hook("issues", action="opened", issue=ISSUE), {}),
    "star": ("github", *github_hook("star", action="created", text="person@example.org"), {}),
    "gitlab deployment": ("gitlab", {"webhook-id": "w-1"}, gitlab_deployment(), {}),
    "gitlab pipeline": ("gitlab", {}, PIPELINE, {}),
    "gitlab job": ("gitlab", {}, JOB, {}),
    "gitlab merge": ("gitlab", {}, merge_request("open"), {}),
    "gitlab release": ("gitlab", {}, GITLAB_RELEASE, {}),
    "gitlab issue": ("gitlab", {}, GITLAB_ISSUE, {}),
    "gitlab flag": ("gitlab", {}, FLAG, {}),
    "gitlab push": ("gitlab", {}, GITLAB_PUSH, {}),
    "pagerduty": ("pagerduty", {}, pagerduty_event(), {}),
    "opsgenie": ("opsgenie", {}, opsgenie_action(), {}),
    "alertmanager": ("alertmanager", {}, group(alert(), alert("resolved")), {}),
    "argocd": ("argocd", {}, argocd_sync(), {}),
    "argo_rollouts": ("argo_rollouts", {}, {"rollout": rollout()}, {}),
    "flagger": ("flagger", {}, canary(), {}),
    "unleash": ("unleash", {}, unleash_event(), {}),
    "launchdarkly": ("launchdarkly", {}, launchdarkly_entry(), {}),
    **{f"plain {kind}": ("plain", {}, body, {"kind": kind}) for kind, body in PLAIN.items()},
}
