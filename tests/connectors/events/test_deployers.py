import json
import re

import pytest

from connectors.events import argocd
from connectors.events.event import Untranslatable
from tests.connectors.events.examples import SHA, argocd_sync, canary
from tests.connectors.events.translating import events, has, payload


@pytest.mark.parametrize(
    ("phase", "state"),
    [
        ("Succeeded", "success"),
        ("Failed", "failure"),
        ("Error", "failure"),
        ("Running", "started"),
        ("Terminating", "cancelled"),
    ],
)
def test_a_sync_of_argo_cd_is_a_deployment(phase, state):
    is_over = state in {"success", "failure"}
    assert has(
        payload("argocd", argocd_sync(phase=phase)),
        subject="deployment",
        subject_id="argocd/shop-production/checkout/2026-11-23T10:39:00Z",
        state=state,
        service="checkout",
        environment="production",
        repository="acme/deploy",
        sha=SHA,
        trigger="automatic",
        started_at="2026-11-23T10:39:00Z",
        finished_at="2026-11-23T10:40:00Z" if is_over else None,
    )


def test_what_the_template_finds_nothing_for_is_empty_and_left_out():
    empty = {
        "environment": "", "repository": "", "revision": "", "health": "", "finished_at": "",
        "images": None, "project": "",
    }  # fmt: skip
    found = payload("argocd", argocd_sync(phase="Running", **empty))

    assert has(found, environment="shop-production", sha=None, version=None, labels=None)


@pytest.mark.parametrize(
    ("known", "version"),
    [
        ({"revision": "7.1.0"}, "7.1.0"),
        ({"revision": ""}, "1.42.0"),
        ({"revision": "", "images": ["r.example.org:5000/a:1", "r.example.org:5000/b:2"]}, None),
    ],
)
def test_without_a_commit_the_chart_or_the_one_image_tells_the_version(known, version):
    assert payload("argocd", argocd_sync(**known)).get("version") == version


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("https://github.com/acme/deploy.git", "acme/deploy"),
        ("git@git.example.org:acme/deploy.git", "acme/deploy"),
        ("ssh://git@git.example.org/acme/sub/deploy/", "acme/sub/deploy"),
        ("oci.example.org", None),
    ],
)
def test_the_repository_is_told_by_its_name(url, repository):
    assert payload("argocd", argocd_sync(repository=url)).get("repository") == repository


def test_the_template_that_users_paste_fills_the_fields_that_are_read():
    filled = re.sub(r"\{\{[^}]*\}\}", "null", argocd.TEMPLATE)
    fields = set(json.loads(filled))

    assert fields == set(argocd_sync())


def test_a_sync_without_app_or_phase_is_refused():
    with pytest.raises(Untranslatable, match=r"^app: is missing$"):
        events("argocd", argocd_sync(app=""))
    with pytest.raises(Untranslatable, match=r"^phase: must be one of Running, Succeeded"):
        events("argocd", argocd_sync(phase="Odd"))


@pytest.mark.parametrize(
    ("message", "phase", "state"),
    [
        ("New revision detected! Scaling up checkout.shop", "Succeeded", "updated"),
        ("Starting canary analysis for checkout.shop", "Progressing", "started"),
        ("Advance checkout.shop canary weight 20", "Progressing", "progressing"),
        ("Halt advancement no values found for metric", "Progressing", "paused"),
        ("Copying checkout.shop template spec", "Promoting", "progressing"),
        ("Routing all traffic to primary", "Finalising", "progressing"),
        ("Promotion completed! Scaling down checkout.shop", "Finalising", "promoted"),
        ("Rolling back checkout.shop failed checks threshold", "Progressing", "aborted"),
        ("Canary failed! Scaling down checkout.shop", "Failed", "aborted"),
        ("", "Waiting", "paused"),
        ("", "WaitingPromotion", "paused"),
        ("", "Succeeded", "promoted"),
        ("Initialization done! checkout.shop", "Initialized", "updated"),
    ],
)
def test_a_canary_of_flagger_advances_to_promotion_or_back(message, phase, state):
    assert has(
        payload("flagger", canary(message, phase)),
        subject="rollout",
        subject_id="flagger/shop/checkout/85d557f47b",
        state=state,
        service="checkout",
        environment="shop",
        strategy="canary",
        at="2026-11-23T10:40:00.500000Z",
    )


def test_of_a_canarys_metadata_only_what_is_asked_for_stays():
    found = payload("flagger", canary(environment="production", version="1.42.0"))

    assert has(found, environment="production", version="1.42.0")
    assert "not-to-be-kept" not in json.dumps(found)


def test_a_canary_without_name_or_phase_is_refused():
    with pytest.raises(Untranslatable, match=r"^name: is missing$"):
        events("flagger", {"phase": "Failed"})
    with pytest.raises(Untranslatable, match=r"^metadata\.timestamp: must be a time"):
        events("flagger", canary(timestamp="soon"))
