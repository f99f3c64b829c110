"""The wording that pages and reports share."""

from datetime import UTC, date, datetime

import pytest

from sql import words


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (None, "\N{EN DASH}"),
        (0.0, "under 5 min"),
        (5 / 60, "5 min"),
        (0.67, "40 min"),
        (0.93, "55 min"),
        (0.99, "1.0 h"),
        (1.42, "1.4 h"),
        (9.96, "10 h"),
        (16.2, "16 h"),
        (47.9, "48 h"),
        (48.0, "2.0 days"),
        (50.4, "2.1 days"),
        (456.0, "19 days"),
    ],
)
def test_durations_are_said_by_fives_then_hours_then_days(hours, said):
    assert words.duration(hours) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(None, "\N{EN DASH}"), (0.0, "0 %"), (0.088, "8.8 %"), (0.0996, "10 %"), (0.117, "12 %")],
)
def test_rates_keep_one_decimal_under_ten_percent(share, said):
    assert words.rate(share) == said


def test_a_rate_in_prose_is_so_many_in_a_hundred():
    assert words.in_hundred(0.071) == "7 in 100"
    assert words.in_hundred(0.001) == "fewer than 1 in 100"
    assert words.in_hundred(0) == "0 in 100"


def test_ranges_say_to_and_name_the_unit_sensibly():
    assert words.rate_range(0.081, 0.149) == "8 to 15 %"
    assert words.duration_range(0.66, 1.3) == "40 min to 1.3 h"
    assert words.duration_range(2.0, None) == "from 2.0 h"
    assert words.duration_range(None, 2.0) == "up to 2.0 h"
    assert words.count_range(7.0, 20.0) == "7 to 20"
    nothing = {words.rate_range(None, 1), words.duration_range(None, None)}
    assert nothing == {words.NOTHING} == {words.count_range(None, None)}


def test_a_time_is_said_in_the_configured_zone():
    at = datetime(2026, 11, 20, 17, 4, tzinfo=UTC)

    assert words.moment(at, "Europe/Berlin") == "Fri 20 Nov, 18:04"
    assert words.moment(at.replace(tzinfo=None)) == "Fri 20 Nov, 17:04"
    assert words.moment(None) == words.NOTHING


def test_a_week_is_said_by_number_and_days_over_month_and_year_ends():
    assert words.week(date(2026, 11, 16)) == "Week 47, 16 to 22 November 2026"
    assert words.week(date(2026, 11, 30)) == "Week 49, 30 November to 6 December 2026"
    assert words.week(date(2025, 12, 29)) == "Week 1, 29 December 2025 to 4 January 2026"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("first known on 2026-02-05, inside it", "first known on 5 February 2026, inside it"),
        ("by other rules before 2026-12-31", "by other rules before 31 December 2026"),
        ("svc-2026-02-05 is known since 2026-99-01", "svc-2026-02-05 is known since 2026-99-01"),
    ],
)
def test_days_in_a_text_are_said_in_full(told, said):
    assert words.with_days(told) == said


def test_the_first_sentence_says_what_happened_against_what_is_usual():
    said = words.text(words.shipped("Checkout", 18, 7, 20))

    assert said == "Checkout shipped 18 times last week, within its usual 7 to 20."


def test_the_first_sentence_knows_below_above_nothing_and_no_history():
    assert "below its usual 7 to 20" in words.text(words.shipped("A", 6, 7, 20))
    assert "above its usual 7 to 20" in words.text(words.shipped("A", 21, 7, 20))
    assert words.text(words.shipped("A", 0, 0, 2)).startswith("A shipped nothing last week, within")
    assert "too little history" in words.text(words.shipped("A", 1, None, None))


def test_plain_git_is_said_to_release():
    assert "A released once last" in words.text(words.shipped("A", 1, 0, 2, is_git_only=True))


def test_hostile_names_are_escaped_in_html_and_markdown():
    sentence = words.shipped("<script>alert(1)</script>\n\n**x** & [a](b)", 1, None, None)

    assert "<script>" not in words.html(sentence)
    assert "\n" not in words.html(sentence)
    assert "&lt;script&gt;" in words.html(sentence)
    assert "<script>" not in words.markdown(sentence)
    assert r"\*\*x\*\* &amp; \[a\](b)" in words.markdown(sentence)


def test_lists_and_counts_read_as_people_say_them():
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.few(["a", "b"]) == "a, b"
    assert words.few(["a", "b", "c"], 1) == "a and 2 more"
    assert words.counted(1, "change") == "1 change"
    assert words.counted(2, "reply", "replies") == "2 replies"
    assert [words.times(n) for n in range(4)] == ["not once", "once", "twice", "3 times"]
    assert words.small(11) == "11"


def test_a_number_and_its_unit_stay_on_one_line_of_a_page():
    assert words.html((words.Part("quiet for 6.0 days"),)) == "quiet for 6.0&nbsp;days"


def test_weighted_words_keep_the_blanks_around_them():
    sentence = words.shipped("A", 3, 1, 4)

    assert words.html(sentence).startswith('A shipped <b class="strong">3 times</b> last week')
    assert words.markdown(sentence).startswith("A shipped **3 times** last week")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (None, ""),
        ("", ""),
        ("ftp://git.example/x", ""),
        ("//git.example/x", ""),
        ("https:///x", ""),
        ("http://[bad", ""),
        ("https://user:secret@git.example/x", ""),
        ("JavaScript:alert(1)", ""),
        (" https://git.example/x?y=1&z=2#a ", "https://git.example/x?y=1&z=2#a"),
        ("https://git.example/%20", "https://git.example/%20"),
        ("https://git.example/é", "https://git.example/%C3%A9"),
    ],
)
def test_an_address_is_a_web_address_without_credentials_or_it_is_none(url, address):
    assert words.address(url) == address
