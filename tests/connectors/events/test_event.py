import json
from datetime import UTC, datetime, timedelta

import pytest

from connectors.events import flagger, plain
from connectors.events.cleaning import clean, key, link, raw
from connectors.events.event import Event, fingerprint
from connectors.events.purl import artifact
from connectors.events.reading import Part, Untranslatable, header, moment, whole

AT = datetime(2026, 11, 23, 10, 40, tzinfo=UTC)


def event(**known):
    return Event(record_id="d-1", format="x", type="t", subject="deployment", at=AT, **known)


def test_a_record_is_flat_and_lacks_what_is_not_known():
    record = event(service="checkout", is_bot=False, url="").record()

    assert (record.entity, record.record_id, record.updated_at) == ("events", "d-1", AT)
    assert record.payload == {
        "format": "x",
        "type": "t",
        "subject": "deployment",
        "at": "2026-11-23T10:40:00Z",
        "service": "checkout",
        "is_bot": False,
    }


def test_times_are_written_in_utc_with_fractions_only_where_there_are_any():
    payload = event(started_at=AT.replace(microsecond=5000), finished_at=AT).record().payload

    assert payload["started_at"] == "2026-11-23T10:40:00.005000Z"
    assert payload["finished_at"] == "2026-11-23T10:40:00Z"


def test_labels_are_parted_by_semicolons_and_mentions_by_blanks():
    labels = ("a;b", "c", "c", " ")
    payload = event(labels=labels, mentions=("v1.2.3", "#4")).record().payload

    assert payload["labels"] == "a,b;c"
    assert payload["mentions"] == "v1.2.3 #4"


def test_an_author_who_is_an_address_is_left_out():
    assert "author" not in event(author="kim@example.org").record().payload
    assert event(author="kim").record().payload["author"] == "kim"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("mail kim@example.org now", "mail *** now"),
        ("kim%40example.org", "***"),
        ("1+robot[bot]@users.example.org", "***"),
        ("(kim)@example.org", "(kim)***"),
        ("<o'neil.k+x@mail.example.org>", "<***>"),
        ("κιμ" + "@παράδειγμα.gr", "***"),
        ("a\x00b\r\nc\ud800", "a b c"),
        ("checkout@1.2.3", "checkout@1.2.3"),
        ("x" * 5000, "x" * 1000),
        ("x" * 990 + " kim@example.org", "x" * 990 + " ***"),
        ("x" * 993 + " kim@example.org", "x" * 993 + " ***"),
    ],
)
def test_a_text_is_kept_on_one_line_without_addresses(text, wanted):
    assert clean(text) == wanted


def test_an_id_that_must_not_be_kept_becomes_a_digest_and_stays_apart_from_others():
    assert key("INC-7") == "INC-7"
    assert len({key("kim@example.org 1"), key("sam@example.org 1"), key("x" * 201)}) == 3
    assert all(len(key(text)) == 32 for text in ("kim@example.org", "x" * 201, "a\nb"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("https://kim:word@ci.example.org/1?a=b#c", "https://ci.example.org/1?a=b#c"),
        ("https://ci.example.org/?access_token=abc&b=2", "https://ci.example.org/?access_token=***&b=2"),
        ("javascript:alert(1)", None),
        ("/default/production", None),
    ],
)  # fmt: skip
def test_a_link_has_no_login_and_no_secret(text, wanted):
    assert link(text) == wanted


def test_what_is_not_understood_is_kept_without_prose_secrets_and_addresses():
    told = raw(
        {
            "id": 1,
            "message": "long prose",
            "api_token": "abc",
            "owner": "kim@example.org",
            "kim@example.org": [1, None, True],
            "items": list(range(100)),
        }
    )

    assert json.loads(told) == {
        "id": 1,
        "message": "***",
        "api_token": "***",
        "owner": "***",
        "***": [1, None, True],
        "items": list(range(20)),
    }


def test_what_is_not_understood_stays_small():
    wide = {str(n): ["x" * 10_000] * 50 for n in range(1000)}

    assert len(raw(wide)) < 120_000


def test_a_fingerprint_does_not_depend_on_the_order_of_keys():
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": "1"})


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T10:40:00Z",
        "2026-11-23t12:40:00+02:00",
        "2026-11-23 11:40 +0100",
        "2026-11-23 10:40:00 UTC",
        "2026-11-23T10:40:00.000000000Z",
        "2026-11-23T05:10:00-05:30",
    ],
)
def test_a_time_is_read_with_any_offset(text):
    assert moment(text, "at") == AT


def test_a_fraction_of_a_second_is_kept_to_the_microsecond():
    assert moment("2026-11-23T10:40:00.123456789Z", "at").microsecond == 123_456
    assert moment("2026-11-23T10:40:00.5Z", "at").microsecond == 500_000


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T10:40:00", "2026-11-23", "yesterday", "1795430400", "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-23T10:40:00+99:00", "",
        "٢٠٢٦-11-23T10:40:00Z",
    ],
)  # fmt: skip
def test_a_time_without_an_offset_or_sense_is_refused_by_its_field(text):
    with pytest.raises(Untranslatable, match=r"^started_at: ") as caught:
        moment(text, "started_at")
    assert caught.value.field == "started_at"


@pytest.mark.parametrize("value", [1_795_430_400, "1795430400", 1_795_430_400.0])
def test_a_count_of_seconds_is_a_time_where_a_sender_counts(value):
    assert Part({"at": value}).epoch("at") == AT
    assert Part({"at": "2026-11-23T10:40:00Z"}).epoch("at") == AT


@pytest.mark.parametrize("value", [True, [], float("nan"), float("inf"), 10**400, -(10**20), "x"])
def test_a_count_that_is_no_time_is_refused(value):
    with pytest.raises(Untranslatable, match=r"^at: "):
        Part({"at": value}).epoch("at")


def test_times_are_not_clamped():
    assert Part({"at": -1}).epoch("at") == datetime(1970, 1, 1, tzinfo=UTC) - timedelta(seconds=1)
    assert moment("2199-01-01T00:00:00Z", "at").year == 2199


def test_an_error_names_the_field_by_its_whole_path():
    body = Part({"event": {"data": {"service": 3.5}, "teams": [{"id": "a"}, 7]}})

    with pytest.raises(Untranslatable, match=r"^event\.data\.service: must be a text$"):
        body.part("event").part("data").text("service")
    with pytest.raises(Untranslatable, match=r"^event\.teams\[1\]: must be an object$"):
        body.part("event").parts("teams")
    with pytest.raises(Untranslatable, match=r"^event\.id: is missing$"):
        body.part("event").required("id")


def test_a_body_nested_too_deep_is_refused_before_anything_walks_it():
    deep = current = {}
    for _ in range(100_000):
        current["a"] = {}
        current = current["a"]

    with pytest.raises(Untranslatable, match=r"^body: is nested deeper than 64 levels$"):
        whole(deep)


def test_headers_are_found_however_they_are_spelt():
    assert header({"x-github-event": " push "}, "X-GitHub-Event") == "push"
    assert header({"X-GITHUB-EVENT": ""}, "X-GitHub-Event") is None


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("pkg:oci/app@sha256%3A0b31", {"version": "sha256:0b31"}),
        ("pkg:oci/app@sha256%3A0b31?arch=amd64&tag=1.42.0", {"version": "1.42.0"}),
        ("pkg:golang/git.example.org/a/b@234fd47e07d1004f", {"sha": "234fd47e07d1004f"}),
        ("pkg:npm/%40acme/shop@1.2.3#lib", {"version": "1.2.3"}),
        ("pkg:generic/shop@20261123", {"version": "20261123"}),
        ("pkg:deb/a@1.2?vcs_url=git://h.org/a%40cc55531", {"version": "1.2", "sha": "cc55531"}),
        ("pkg:generic/shop", {}),
        ("shop:1.2.3", {}),
        (None, {}),
    ],
)  # fmt: skip
def test_a_package_url_tells_version_and_commit(url, wanted):
    assert artifact(url) == wanted


def test_the_service_that_a_token_is_asked_for_is_the_one_that_lands():
    (event,) = plain.translate(
        {}, {"service": " checkout ", "environment": "x"}, host="", kind="deployment"
    )
    (odd,) = flagger.translate({}, {"name": "check\x00out\n", "phase": "Failed"}, host="")

    assert event.service == event.record().payload["service"] == "checkout"
    assert odd.service == odd.record().payload["service"] == "check out"
