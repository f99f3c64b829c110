import hmac
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from connectors.events import signatures

BODY = b'{"action": "opened"}'
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OLD, NEW = "the-old-secret", "the-new-secret"
RAW = b"thirty-two bytes make one secret"
SIGNING = "whsec_" + b64encode(RAW).decode()


def digest(secret, body=BODY):
    return hmac.new(secret.encode(), body, sha256).hexdigest()


def standard(key=RAW, body=BODY, at=NOW, name="w-1"):
    time = str(int(at.timestamp()))
    signed = hmac.digest(key, f"{name}.{time}.".encode() + body, sha256)
    return {
        "webhook-id": name,
        "webhook-timestamp": time,
        "webhook-signature": f"v1,{b64encode(signed).decode()}",
    }


SIGNED = {
    "github": lambda secret: {"X-Hub-Signature-256": f"sha256={digest(secret)}"},
    "pagerduty": lambda secret: {"X-PagerDuty-Signature": f"v1={digest(secret)}"},
    "launchdarkly": lambda secret: {"X-LD-Signature": digest(secret)},
    "gitlab": lambda secret: {"X-Gitlab-Token": secret},
}


@pytest.mark.parametrize("kind", SIGNED)
@pytest.mark.parametrize("secret", [OLD, NEW])
def test_any_of_the_secrets_will_do_while_they_rotate(kind, secret):
    assert signatures.VERIFIERS[kind](SIGNED[kind](secret), BODY, [OLD, NEW], NOW)


@pytest.mark.parametrize("kind", SIGNED)
def test_headers_may_be_spelt_in_lower_case(kind):
    headers = {name.lower(): value for name, value in SIGNED[kind](NEW).items()}
    assert signatures.VERIFIERS[kind](headers, BODY, [NEW], NOW)


@pytest.mark.parametrize("kind", SIGNED)
@pytest.mark.parametrize("secrets", [[], [""], [OLD]])
def test_another_secret_or_none_will_not_do(kind, secrets):
    verify = signatures.VERIFIERS[kind]
    assert not verify(SIGNED[kind](NEW), BODY, secrets, NOW)
    assert not verify(SIGNED[kind](""), BODY, secrets, NOW)
    assert not verify({}, BODY, secrets, NOW)


@pytest.mark.parametrize("kind", ["github", "pagerduty", "launchdarkly"])
def test_a_changed_body_is_no_longer_signed(kind):
    assert not signatures.VERIFIERS[kind](SIGNED[kind](NEW), BODY + b" ", [NEW], NOW)


def test_any_of_several_signatures_of_pagerduty_will_do():
    header = {"X-PagerDuty-Signature": f"v1={digest('other')}, v1={digest(NEW)},v2=odd"}
    assert signatures.pagerduty(header, BODY, [NEW])
    assert not signatures.pagerduty({"X-PagerDuty-Signature": digest(NEW)}, BODY, [NEW])


def test_the_older_signature_of_github_will_not_do():
    older = hmac.new(NEW.encode(), BODY, "sha1").hexdigest()
    assert not signatures.github({"X-Hub-Signature": f"sha1={older}"}, BODY, [NEW])
    assert not signatures.github({"X-Hub-Signature-256": f"sha1={digest(NEW)}"}, BODY, [NEW])


def test_a_signing_token_of_gitlab_signs_id_time_and_body():
    assert signatures.gitlab(standard(), BODY, [OLD, SIGNING], NOW)
    assert signatures.gitlab(standard(key=NEW.encode()), BODY, [NEW], NOW)
    assert not signatures.gitlab(standard(), BODY + b" ", [SIGNING], NOW)
    assert not signatures.gitlab({**standard(), "webhook-id": "w-2"}, BODY, [SIGNING], NOW)
    assert not signatures.gitlab(standard(), BODY, [NEW], NOW)


def test_one_of_several_standard_signatures_will_do():
    headers = standard()
    headers["webhook-signature"] = f"v1a,odd v1,b3Ro {headers['webhook-signature']}"
    assert signatures.standard(headers, BODY, [SIGNING], NOW)


@pytest.mark.parametrize(
    ("seconds", "passes"), [(300, True), (-300, True), (301, False), (-301, False)]
)
def test_a_signed_time_holds_for_five_minutes(seconds, passes):
    headers = standard(at=NOW - timedelta(seconds=seconds))
    assert signatures.standard(headers, BODY, [SIGNING], NOW) is passes


@pytest.mark.parametrize("time", ["", "soon", "-1", "1e9", "٣", "9" * 400])
def test_a_time_that_is_none_is_not_now(time):
    headers = {**standard(), "webhook-timestamp": time}
    assert not signatures.standard(headers, BODY, [SIGNING], NOW)


@pytest.mark.parametrize("kind", SIGNED)
@pytest.mark.parametrize("value", ["ü\udcff", "sha256=ü", "v1=ü", "v1,ü", "x" * 10_000])
def test_odd_headers_prove_nothing_and_break_nothing(kind, value):
    names = [*SIGNED[kind](NEW), "webhook-id", "webhook-signature"]
    headers = {**dict.fromkeys(names, value), "webhook-timestamp": str(int(NOW.timestamp()))}
    assert not signatures.VERIFIERS[kind](headers, BODY, [NEW, "whsec_%%"], NOW)
