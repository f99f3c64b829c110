"""Whom a title mentions is not kept; versions, packages and teams of a host are no persons."""

import json

import polars as pl
import pytest

from connectors.events.event import Event
from connectors.files import Files
from connectors.hosts.references import references, titled
from connectors.mentions import unmentioned, unmentioned_in
from tests.support import at

TITLES = [
    ("thanks @ann", "thanks ***"),
    ("@ann and @bob-lee fix the cart", "*** and *** fix the cart"),
    ("@ann @bob @cy", "*** *** ***"),
    ("(@ann), @ann: see /@ann", "(***), ***: see /***"),
    ("Bump actions/checkout@v4", "Bump actions/checkout@v4"),
    ("Bump @babel/core to 7.2", "Bump @babel/core to 7.2"),
    ("Ask @acme/payments", "Ask @acme/payments"),
    ("5 @ 3", "5 @ 3"),
    ("", ""),
    ("no one", "no one"),
]


@pytest.mark.parametrize(("title", "kept"), TITLES)
def test_a_mention_is_masked_and_nothing_else(title, kept):
    assert unmentioned(title) == kept


def test_a_column_is_masked_as_a_text_is():
    frame = pl.DataFrame({"title": [title for title, _ in TITLES]})

    found = frame.select(unmentioned_in(pl.col("title")))["title"].to_list()
    assert found == [kept for _, kept in TITLES]


def test_no_title_stays_none():
    assert unmentioned(None) is None
    assert titled(None) is None


def test_a_title_of_a_host_keeps_neither_addresses_nor_mentions():
    assert titled("ann@example.org told @bob\n today") == "*** told *** today"


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.org/@ann",
        "https://git.example.org/~ann",
        "https://git.example.org/users/ann",
        "https://git.example.org/-/users/ann/activity",
        "https://github.com/ann",
        "https://www.gitlab.com/ann/",
        "https://ann@example.org/x",
    ],
)
def test_the_page_of_a_person_is_no_reference(url):
    assert references("down", f"ask {url} about it").mentions == ()


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/shop/commit/ab12cd3",
        "https://git.example.org/shop",
        "https://ci.example.org/42",
        "https://git.example.org/acme/users-api/-/jobs/7",
    ],
)
def test_the_page_of_a_thing_is_a_reference(url):
    assert references("down", f"see {url}.").mentions == (url,)


@pytest.mark.parametrize("table", ["changes", "incidents"])
def test_the_titles_of_neutral_tables_mention_nobody(tmp_path, table):
    head = {"changes": "change_id,service,merged_at", "incidents": "incident_id,service,started_at"}
    row = "1,shop,2026-03-02T09:00:00Z,thanks @ann"
    (tmp_path / f"{table}.csv").write_text(f"{head[table]},title\n{row}\n")

    (batch,) = Files(tmp_path).collect(table, {})
    (payload,) = batch.rows["payload"].to_list()
    assert json.loads(payload)["title"] == "thanks ***"


def test_a_pushed_title_mentions_nobody():
    event = Event(
        record_id="1", format="plain", type="incident", subject="incident",
        at=at("2026-03-02 09:00"), title="thanks @ann and ann@example.org",
    )  # fmt: skip

    assert event.record().payload["title"] == "thanks *** and ***"
