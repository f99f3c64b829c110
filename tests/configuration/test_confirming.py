"""Silences that people know of are kept beside the configuration, and read from there."""

from datetime import date

import pytest

from pipelines.alerts.planning import known
from pipelines.configuration import ConfigurationError, dump, parse
from pipelines.configuration.confirming import parse as confirmed
from pipelines.confirming import confirm, lines
from pipelines.errors import DrumbeatError

DEMO = "sources: [{kind: demo}]\n"
GOOD = "- service: shop\n  until: 2026-12-07\n  reason: a holiday\n"
TODAY = date(2026, 11, 29)


def configured(folder, text=DEMO):
    return parse(text, folder / "drumbeat.yaml")


def kept(folder, service="shop", until=date(2026, 12, 7), reason="a holiday"):
    confirm(configured(folder), {"shop", "cart"}, service, until, reason, TODAY)
    return [*lines(configured(folder), TODAY)]


def test_what_is_kept_is_known_until_its_day(tmp_path):
    assert kept(tmp_path) == ["shop: known until 2026-12-07 (a holiday)"]

    alerts = configured(tmp_path).alerts
    assert known(alerts, date(2026, 12, 6)) == {"shop"}
    assert known(alerts, date(2026, 12, 7)) == set()


def test_another_configuration_knows_nothing_of_it(tmp_path):
    kept(tmp_path)
    configured(tmp_path)

    assert configured(tmp_path / "elsewhere").alerts.known == ()


def test_the_last_word_on_a_service_counts_and_today_ends_it(tmp_path):
    kept(tmp_path)
    kept(tmp_path, "cart")

    assert kept(tmp_path, until=date(2026, 12, 1), reason="# [x]: y") == [
        "shop: known until 2026-12-01 (# [x]: y)",
        "cart: known until 2026-12-07 (a holiday)",
    ]
    assert kept(tmp_path, until=TODAY) == ["cart: known until 2026-12-07 (a holiday)"]
    assert kept(tmp_path, "cart", TODAY) == []


def test_a_day_that_is_over_is_refused_and_changes_nothing(tmp_path):
    before = kept(tmp_path)

    with pytest.raises(DrumbeatError, match=r"2026-11-28 is over; .* or 2026-11-29 to end"):
        kept(tmp_path, until=date(2026, 11, 28))
    assert [*lines(configured(tmp_path), TODAY)] == before


def test_an_unknown_service_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(DrumbeatError, match="called 'shpo'; there are cart and shop"):
        kept(tmp_path, "shpo")

    assert not (tmp_path / "confirmed.yaml").exists()


@pytest.mark.parametrize("reason", ["", "two\nlines", "\u202e", " ", "x" * 201])
def test_a_reason_is_one_line(tmp_path, reason):
    with pytest.raises(DrumbeatError, match="one line of 1 to 200 characters"):
        kept(tmp_path, reason=reason)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("service: shop\n", ":1: holds a mapping, must be a list of entries"),
        ("- shop\n", ":1: "),
        ("- service: shop\n  reason: x\n", ":1: [0].until: is missing, must be a date"),
        (GOOD.replace("2026-12-07", "soon"), ":2: [0].until: is 'soon', must be a date such as"),
        (GOOD.replace("until", "untill"), ":1: [0].until: is missing, must be a date"),
        ("- service: [\n", ":2: is not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_remedy(text, said):
    with pytest.raises(ConfigurationError) as caught:
        confirmed(text, "confirmed.yaml")

    assert str(caught.value).startswith(f"confirmed.yaml{said}")


def test_what_can_not_be_read_is_named_with_what_to_do(tmp_path):
    (tmp_path / "confirmed.yaml").mkdir()

    with pytest.raises(ConfigurationError, match=r"confirmed\.yaml: can not .*let whoever runs"):
        configured(tmp_path)


def test_the_kept_configuration_finds_it_from_elsewhere_even_before_it_is_there(tmp_path):
    found = configured(tmp_path)
    copy = dump(found, tmp_path / "data")
    kept(tmp_path)

    elsewhere = parse(copy, tmp_path / "data" / "drumbeat.yaml")
    assert [one.service for one in elsewhere.alerts.known] == ["shop"]
    assert "confirmed_file" not in dump(found, tmp_path)
