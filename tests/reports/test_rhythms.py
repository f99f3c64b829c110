"""What the report says of services that left their rhythm, and of those that have none yet."""

from datetime import timedelta

import pytest

from pipelines.reports import weekly
from pipelines.reports.reading import Scope
from tests.reports.telling import MONDAY_AFTER, Page, deployed, published, reported

FREEZE = {"name": "trade @ada", "from": "2026-11-20", "to": "2026-11-30", "services": ["till"]}


def daily(service, since, until):
    """Return a deployment on each working day from so many to so many days before the report."""
    days = (MONDAY_AFTER - timedelta(days=back) for back in range(since, until, -1))
    return [deployed(service, f"{day:%Y-%m-%d %H:%M}") for day in days if day.weekday() < 5]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    deployments = [
        *daily("shop", 200, 0),
        *daily("books", 200, 20),
        *daily("gone", 320, 200),
        *daily("till", 200, 4),
        *daily("fresh", 5, 0),
    ]
    waiting = {"change_id": "b-1", "service": "books", "merged_at": MONDAY_AFTER}
    waiting["merged_at"] -= timedelta(days=19)
    folder = tmp_path_factory.mktemp("acme")
    project = published(
        folder,
        tables={"deployments": deployments, "changes": [waiting]},
        services=[{"name": name} for name in ("shop", "books", "gone", "till", "fresh")],
        calendar={"time_zone": "Europe/Berlin", "freezes": [FREEZE]},
    )
    (dormant,) = weekly.write(project, None, folder / "gone", ["md"], [Scope("service", "gone")])
    return *reported(project, folder / "out"), dormant.read_text(encoding="utf-8")


def test_each_shows_as_what_it_is_and_what_is_on_rhythm_is_left_out(written):
    lines = [line for line in written[1].splitlines() if line.startswith("| **")]
    chips = [line.split("**")[1] for line in lines][:4]

    assert chips == ["stalled", "dormant", "frozen", "too new"]
    assert "**books** has been silent for 14 working days, usually 1." in lines[0]
    assert "**1 change waits** for 19 days." in lines[0]
    assert "Nothing merged waits." in lines[1]
    assert "**till**: declared freeze to 30 November 2026." in lines[2]
    assert "learning, 3 of 5" in lines[3]
    assert "Books is stalled** with 1 change waiting." in written[1]


def test_where_a_silence_is_told_it_is_not_said_that_there_is_none(written):
    assert "**gone** has been silent" in written[2]
    assert "No service is stalled or slowing." not in written[2]
    assert "Gone shipped **nothing** in week" in written[2]
    assert "within its usual" not in written[2]


def test_a_strip_says_in_words_what_it_shows_and_shades_what_is_unusual(written):
    labels = Page(written[0]).all("aria-label")

    assert any(label.startswith("books: ") and "0 failed" in label for label in labels)
    assert 'fill="var(--stalltint)"' in written[0]
    assert 'fill="url(#hatch)"' in written[0]
    assert '<span class="chip stalled">' in written[0]
