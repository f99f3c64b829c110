"""Nothing that a source says can do anything in a report but be read."""

import json
import re
import shutil
import subprocess

import pytest

from pipelines.delivering import packing
from pipelines.reports import digest, formats, html, mailing, markdown, outside, teams, weekly
from pipelines.reports.choosing import EVERY
from pipelines.reports.reading import WHOLE, Scope
from tests.reports.telling import Page, acme, deployed, published

SCRIPT = "<script>alert(1)</script>"
TERMINAL = "\x1b[31mred\x1b[0m \x1b]0;title\x07bell\x07"
TURNED = "safe\u202egnp.exe\u2066"
MARKDOWN = (
    "a|b `c` [d](https://evil.example) ![e](x) **f** @ada www.evil.example https://evil.example"
)
LONG = "very long title " * 40


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The reports of the organisation and of every service, by scope."""
    tables = acme()
    thursday = tables["deployments"][-10]
    thursday["version"] = "=HYPERLINK(1)"
    thursday["url"] = 'https://git.example/a b")|<x>(y)'
    tables["incidents"][0]["url"] = "data:text/html,alert(1)"
    waiting = tables["changes"].pop()
    names = ("books", f"{SCRIPT}", "=cmd|' /C calc'!A0", f"{TERMINAL}", "عربي")
    # Each is deployed once, so that it has a report of its own.
    tables["deployments"] += [
        deployed(name, "2026-10-01 12:00", deployment_id=f"hostile-{place}")
        for place, name in enumerate(names[1:])
    ]
    titles = (MARKDOWN, SCRIPT, "=HYPERLINK(1)", LONG, TURNED)
    urls = ("javascript:alert(1)", "JAVASCRIPT:alert(1)", None, "//evil.example", " ")
    tables["changes"] += [
        waiting | {"service": name, "title": title, "change_id": f"change-{place}", "url": url}
        for place, (name, title, url) in enumerate(zip(names, titles, urls, strict=True))
    ]
    folder = tmp_path_factory.mktemp("hostile")
    found = published(folder, tables=tables, organisation=f"1. {SCRIPT} & Co")
    return weekly.read(found.serving, None, [WHOLE, Scope("service", EVERY)])[0]


@pytest.fixture(scope="module")
def written(reports):
    return html.render(reports[WHOLE]), markdown.render(reports[WHOLE])


@pytest.fixture(scope="module")
def page(written):
    return Page(written[0])


def test_markup_from_outside_is_shown_not_obeyed(page):
    assert "script" not in page.tags
    assert f"1. {SCRIPT} & Co shipped 3 times" in page.text
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_only_web_addresses_become_links(written, page):
    assert all(re.match(r"https?://", href) for href in page.all("href"))
    assert "javascript:" not in written[0] + written[1]
    assert "data:text" not in written[0] + written[1]


def test_an_address_cannot_leave_its_attribute_or_its_brackets(written, page):
    assert "https://git.example/a%20b%22%29%7C%3Cx%3E%28y%29" in page.all("href")
    assert "](https://git.example/a%20b%22%29%7C%3Cx%3E%28y%29)" in written[1]


def test_no_control_characters_and_nothing_that_turns_the_text_reach_a_report(written):
    for text in written:
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
        assert outside.TURNING.isdisjoint(text)
        assert "red bell" in text
        assert "[31m" not in text


def test_text_of_another_direction_is_kept_apart_in_html(written):
    assert "<bdi>عربي</bdi>" in written[0]


def test_no_cell_begins_like_a_formula(written, page):
    assert not re.search(r"<bdi>[=+@-]", written[0])
    assert "'=HYPERLINK(1)" in page.text
    for line in written[1].splitlines():
        if line.startswith("| ") and not line.startswith("| -"):
            assert not re.search(r"\| +(\*\*)?\[?[=+@]", line), line


def test_markdown_from_outside_means_nothing(written):
    text = written[1]

    assert "<script" not in text
    assert "[d](" not in text
    assert "@ada" not in text
    assert not re.search(r"(?<!\()https?://evil", text)
    assert not re.search(r"(?<!\\)www\.", text)
    assert "\n1. " not in text
    assert "![" not in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head(written):
    tables = re.findall(r"(?:^\|.*\n?)+", written[1], flags=re.MULTILINE)
    assert len(tables) >= 5
    for table in tables:
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(counts) == 1, table


def test_very_long_titles_are_cut(page):
    assert "very long title very long title" in page.text
    assert LONG.strip() not in page.text
    assert "…" in page.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\r\n c", "ab c"),
        ("\x1b[2J\x1b[1;31mred", "red"),
        ("cut \x1b", "cut"),
        ("-1+2", "'-1+2"),
        ("\u200f=1", "'=1"),
        ("Zürich 日本", "Zürich 日本"),
    ],
)
def test_plain_text_keeps_what_is_read_and_drops_what_acts(text, shown):
    assert outside.plain(text) == shown


def test_a_number_at_the_beginning_is_no_list_and_inside_stays_as_it_is():
    assert markdown.escape("1. shop 1.2") == "1\\. shop 1.2"
    assert markdown.escape("9.9 days") == "9.9 days"


def texts(found):
    """Yield every text in what is posted, with the key that it stands under."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield from [(key, value)] if isinstance(value, str) else texts(value)
    if isinstance(found, list | tuple):
        for value in found:
            yield from texts(value)


def test_slack_reads_no_markup_and_follows_only_web_addresses(reports):
    for report in reports.values():
        told = json.loads(formats.made(report, "slack"))

        kinds = {value for key, value in texts(told) if key == "type"}
        # Not in one of these does Slack read mentions, links or bold marks.
        assert kinds <= {
            "header", "plain_text", "context", "rich_text", "rich_text_section", "rich_text_list",
            "text", "link",
        }  # fmt: skip
        assert "<" not in told["text"].replace("&lt;", "")
        assert told["mrkdwn"] is False
        for key, value in texts(told):
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", value)
            assert outside.TURNING.isdisjoint(value)
            if key == "url":
                assert re.match(r"https?://", value)


def test_teams_reads_no_markdown_and_follows_only_web_addresses(reports):
    told = teams.message(digest.digest(reports[WHOLE]))

    assert "TextBlock" not in {value for key, value in texts(told) if key == "type"} - {
        "RichTextBlock"
    }
    urls = [
        value for key, value in texts(told["attachments"][0]["content"]["body"]) if key == "url"
    ]
    assert urls
    assert all(re.match(r"https?://", url) for url in urls)


def test_mail_shows_markup_and_obeys_none(reports):
    said = []
    letter = mailing.letter(reports[WHOLE], 'https://drumbeat.invalid/"><script>', said.append)
    page = Page(letter["html"])

    assert "script" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert f"1. {SCRIPT} & Co shipped 3 times" in page.text
    assert "\n" not in letter["subject"]


def test_json_keeps_the_words_and_no_sign_that_a_terminal_obeys(reports):
    text = formats.made(reports[WHOLE], "json").decode()

    assert json.loads(text)["organisation"] == f"1. {SCRIPT} & Co"
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)


def test_pdf_shows_markup_as_text_and_has_no_script(reports, tmp_path):
    pytest.importorskip("weasyprint")
    made = formats.made(reports[WHOLE], "pdf")

    assert made.startswith(b"%PDF-")
    assert b"/JavaScript" not in made
    assert b"javascript:" not in made
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext on the PATH")
    (tmp_path / "report.pdf").write_bytes(made)
    told = subprocess.run(
        ["pdftotext", "-layout", "report.pdf", "-"], cwd=tmp_path, capture_output=True, check=True
    )
    assert "<script>alert(1)</script> & Co" in " ".join(told.stdout.decode().split())


def test_the_names_of_files_hold_nothing_that_a_shell_or_a_path_would_obey(reports):
    names = [report.name for report in reports.values()]

    assert len(set(names)) == len(names) == 7
    for name in names:
        assert re.fullmatch(r"drumbeat-2026-W47[A-Za-z0-9._-]*", name)


def test_an_issue_says_what_markdown_says(reports):
    text = packing.issue(reports[WHOLE], "")

    assert text == markdown.render(reports[WHOLE])
