"""What the weekly report says, against numbers counted by hand."""

from datetime import date

import duckdb
import pytest

from pipelines import publishing, windows
from pipelines.errors import DrumbeatError, NothingPublished
from pipelines.reports import weekly
from sql.words import NOTHING
from tests import support
from tests.connectors import git_repository
from tests.reports.telling import Page, acme, cells, published, reported
from tests.support import at


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    targets = {"change_lead_time_hours": 24, "change_fail_rate": 0.15}
    return published(tmp_path_factory.mktemp("acme"), targets=targets)


@pytest.fixture(scope="module")
def written(project, tmp_path_factory):
    return reported(project, tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def text(written):
    return written[1]


def test_the_paragraph_says_what_shipped_and_how_it_held(text):
    assert (
        "Acme shipped **3 times** in week 47, within its usual 2 to 3."
        " Over four weeks a change took **20 h** to reach production (n = 3),"
        " and **10 in 100** deployments needed intervention.\n"
    ) in text


def test_the_five_metrics_stand_against_the_week_before_the_median_and_the_target(text):
    frequency = ["Deployment frequency (1 week)", "3", "2 to 3", "2", "3", NOTHING]
    assert cells(text, "Deployment frequency")[:6] == frequency
    lead_time = ["Change lead time (4 weeks; this week 20 h, n = 3)"]
    lead_time += ["20 h", "15 h to 25 h", NOTHING, NOTHING, "24 h"]
    assert cells(text, "Change lead time")[:6] == lead_time
    assert cells(text, "Change lead time")[7] == "3 (changes)"
    # One of the ten deployments of weeks 44 to 47 failed, none of the ten of 43 to 46.
    fail_rate = ["Change fail rate (4 weeks; this week 33 %, n = 3)"]
    fail_rate += ["10 %", "2 to 40 %", "0 %", "0 %", "15 %"]
    assert cells(text, "Change fail rate")[:6] == fail_rate
    assert cells(text, "Change fail rate")[7] == "10"
    assert cells(text, "Recovery time")[1] == "2.0 h"
    assert cells(text, "Recovery time")[3:5] == [NOTHING, NOTHING]
    assert cells(text, "Recovery time")[7] == "1 (failure)"
    assert cells(text, "Rework rate")[1] == "0 %"
    assert cells(text, "Rework rate")[7] == "31"


def test_services_that_shipped_stand_in_a_table_and_the_others_are_named(text):
    assert cells(text, "shop") == ["shop", "3", "2", "20 h (3 changes)", "1", "0"]
    assert "Nothing deployed by books." in text


def test_without_a_stall_the_report_says_so(text):
    assert "No service is stalled or slowing." in text


def test_a_failure_says_when_which_version_how_it_ended_and_how_that_is_known(text):
    (line,) = [line for line in text.splitlines() if "inc-1" in line]
    cell = [one.strip() for one in line.strip("|").split(" | ")]

    assert cell == [
        "**shop** (Thu 19 Nov, 13:00)",
        "1119aaa",
        "incident resolved",
        "2.0 h",
        "[explicit reference, 1](https://pager.example/inc-1)",
    ]


def test_the_longest_waits_name_and_link_the_oldest_change(text):
    waiting = "[Sort the shelves](https://git.example/books/9)"
    assert f"| **books** |       1 | 24 days |     {NOTHING} | {waiting} |" in text


def test_the_small_print_names_rules_moment_and_zone(text):
    assert "Weeks begin on Monday in Europe/Berlin" in text
    assert "As of 23 November 2026, 11:00." in text
    for metric in ("deployment_frequency", "change_lead_time", "recovery_time", "rework_rate"):
        assert f"`{metric}@" in text


def test_html_says_what_markdown_says(written):
    page = Page(written[0])

    assert "Week 47, 16 to 22 November 2026, Acme" in page.text
    assert "Acme shipped 3 times in week 47, within its usual 2 to 3." in page.text
    for words in ("Stalled and slowing", "Five metrics", "Services that deployed", "Longest waits"):
        assert words in page.text
    assert "shop Thu 19 Nov, 13:00 1119aaa incident resolved 2.0 h" in page.text


def test_html_holds_one_file_without_script_or_anything_fetched(written):
    page = Page(written[0])

    assert {"script", "link", "img", "iframe", "object", "base", "form"}.isdisjoint(page.tags)
    assert page.all("src") == []
    assert sorted(page.all("href")) == [
        "https://git.example/books/9",
        "https://pager.example/inc-1",
    ]
    assert "url(" not in written[0]
    assert "@import" not in written[0]


def test_html_has_every_picture_inline_and_with_words_for_those_who_cannot_see_it(written):
    labels = Page(written[0]).all("aria-label")

    assert "Deployments a week, 11 weeks" in labels
    assert "Deployment frequency, 12 months: from 3 to 3" in labels


def test_the_same_published_file_gives_the_same_bytes_and_a_rerun_replaces(project, tmp_path):
    first = reported(project, tmp_path)

    assert reported(project, tmp_path) == first
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "drumbeat-2026-W47.html",
        "drumbeat-2026-W47.md",
    ]


def test_any_day_of_a_week_chooses_it_and_only_what_was_asked_for_is_written(project, tmp_path):
    paths = weekly.write(project, date(2026, 11, 22), tmp_path / "new" / "folder", ["md"])

    assert paths == [tmp_path / "new" / "folder" / "drumbeat-2026-W47.md"]
    assert paths[0].exists()


def test_a_week_of_the_past_leaves_out_what_is_only_known_of_now(project, tmp_path):
    _, text = reported(project, tmp_path, "2026-W40")

    assert "Acme shipped **3 times** in week 40" in text
    assert "too little history to say what is usual" in text
    assert "stalled**" not in text
    assert text.count("drumbeat refresh --as-of 2026-10-05 the report of the week has it") == 3
    assert "No deployment of the week is known to have needed intervention." in text


def test_the_first_week_of_history_has_nothing_to_be_compared_with(project, tmp_path):
    page, text = reported(project, tmp_path, "2026-W37")

    assert "Since the first deployment deployments are too few for a fail rate (n = 3" in text
    assert cells(text, "Deployment frequency")[1:5] == ["3", NOTHING, NOTHING, NOTHING]
    assert cells(text, "Deployment frequency")[6] == "no history yet"
    assert "<figure>" not in page


def test_the_unfinished_week_is_marked_and_compared_with_nothing(project, tmp_path):
    page, text = reported(project, tmp_path, "2026-W48")

    assert "Acme has shipped **nothing** so far in week 48, which is not over." in text
    assert "> **Unfinished: the week is told up to Mon 23 Nov, 11:00" in text
    assert cells(text, "Deployment frequency")[1:3] == ["0 (so far)", NOTHING]
    assert 'stroke-dasharray="2 2"' in page


def test_weeks_that_the_data_does_not_have_are_refused_with_those_that_it_has(project, tmp_path):
    with pytest.raises(DrumbeatError, match=r"first deployment was in 2026-W37; .* to 2026-W48"):
        reported(project, tmp_path, "2026-W36")
    with pytest.raises(DrumbeatError, match="data ends on 23 November 2026, in 2026-W48"):
        reported(project, tmp_path, "2026-W49")
    with pytest.raises(DrumbeatError, match="no report of 9999-W52"):
        reported(project, tmp_path, "9999-W52")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_form_is_refused_before_anything_is_written(project, tmp_path):
    with pytest.raises(DrumbeatError, match="as doc; formats are html, md, pdf, json and slack"):
        weekly.write(project, None, tmp_path, ["html", "doc"])
    with pytest.raises(DrumbeatError, match="as nothing"):
        weekly.write(project, None, tmp_path, [])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_not_be_written_is_a_plain_error(project, tmp_path):
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(DrumbeatError, match="can not be written there"):
        weekly.write(project, None, tmp_path / "taken", ["md"])


def test_without_a_published_file_it_says_what_to_run(tmp_path):
    with pytest.raises(NothingPublished, match="drumbeat refresh"):
        weekly.write(support.project(tmp_path), None, tmp_path, ["md"])


def test_a_damaged_published_file_is_a_plain_error(tmp_path):
    found = support.project(tmp_path)
    found.serving.mkdir(parents=True)
    (found.serving / publishing.POINTER).write_text("drumbeat-1.duckdb\n")
    (found.serving / "drumbeat-1.duckdb").write_text("not a database")

    with pytest.raises(DrumbeatError, match="`drumbeat refresh` makes a new one"):
        weekly.write(found, None, tmp_path, ["md"])


def test_weeks_without_deployments_have_dashes_not_zeros(tmp_path):
    project = published(tmp_path, at("2026-12-28 10:00"))
    _, text = reported(project, tmp_path)

    assert "Acme shipped **nothing** in week 52, within its usual 0 to 3." in text
    assert "Over four weeks" not in text
    assert cells(text, "Change lead time")[1:3] == [NOTHING, NOTHING]
    assert cells(text, "Change fail rate")[1:3] == [NOTHING, NOTHING]
    assert cells(text, "Change fail rate")[6] == "0"
    assert "Nothing deployed by books and shop." in text
    # Twelve weeks still hold the one failure.
    assert cells(text, "Recovery time")[1] == "2.0 h"


def test_what_is_not_recovered_is_longer_than_it_has_been_open(tmp_path):
    tables = acme()
    del tables["incidents"][0]["resolved_at"]
    project = published(tmp_path, tables=tables)
    _, text = reported(project, tmp_path)

    # From Thursday 12:00 to Monday 10:00 UTC.
    assert cells(text, "Recovery time")[1] == "more than 3.9 days"
    assert cells(text, "Recovery time")[6] == "1 (failure, 1 open)"
    assert "| still open   | more than 3.9 days |" in text


def test_an_organisation_that_never_deployed_has_no_report(tmp_path):
    project = published(tmp_path, tables={})

    with pytest.raises(DrumbeatError, match="no production deployment is known"):
        weekly.write(project, None, tmp_path, ["md"])


def test_made_up_data_says_so_on_top_in_pictures_and_in_the_small_print(project, tmp_path):
    file = publishing.current(project.serving)
    copied = tmp_path / "data" / "serving" / file.name
    copied.parent.mkdir(parents=True)
    copied.write_bytes(file.read_bytes())
    (copied.parent / publishing.POINTER).write_text(file.name)
    with duckdb.connect(copied) as con:
        con.execute("update config.run set is_demo = true")
    page, text = reported(support.project(tmp_path), tmp_path)

    assert "> **Demo: made-up data, ending Mon 23 Nov, 11:00.**" in text
    assert "its data ends on 23 November 2026" in text
    assert '<div class="watermark" aria-hidden="true">demo</div>' in page
    assert ">d&#160;e&#160;m&#160;o</text></svg>" in page


def test_on_plain_git_tags_are_releases_and_failures_are_inferred(tmp_path):
    made = git_repository.make(tmp_path / "shop")
    for tag in ("v1.0.0", "v1.0.1"):
        made.commit("a change", "file")
        made.git("tag", tag)
    sources = [{"kind": "git", "name": "shop", "location": str(made.path)}]
    project = support.project(tmp_path, organisation="Shop", sources=sources)
    support.refresh(project, at("2023-11-20 10:00"))
    page, text = reported(project, tmp_path)

    assert "Shop released **twice** in week 46" in text
    assert cells(text, "Release frequency")[1] == "2"
    assert cells(text, "Change fail rate, inferred")[1] == "50 %"
    assert "## Failures of the week, inferred" in text
    assert "hotfix, inferred, 0.6" in text
    assert "**What plain git cannot see.** Tags are counted as releases" in text
    assert "deployment" not in Page(page).text.replace("deployment_frequency@", "")


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2026-W47", date(2026, 11, 16)),
        ("2026-w01", date(2025, 12, 29)),
        (" 2020-W53 ", date(2020, 12, 28)),
    ],
)
def test_a_week_is_read_by_iso_year_and_number(text, monday):
    assert windows.parse_week(text) == monday


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-47", "2026-W4", "47", "2026-11-16", "2026-W\u0664\u0667"]
)
def test_what_is_not_a_week_is_refused_with_the_form_that_is(text):
    with pytest.raises(DrumbeatError, match="as in 2026-W47"):
        windows.parse_week(text)


@pytest.mark.parametrize("text", ["2025-W53", "2026-W00", "2026-W54", "0000-W01"])
def test_a_week_that_its_year_does_not_have_is_refused(text):
    with pytest.raises(DrumbeatError, match="has no week"):
        windows.parse_week(text)
