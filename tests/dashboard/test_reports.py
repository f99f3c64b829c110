"""The archive of weekly reports."""

import html

import pytest

from tests.dashboard import organisation

HOSTILE = "<script>parent.document.title = 'taken'</script>"


@pytest.fixture(scope="module")
def archived(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archived")
    organisation.build(folder)
    reports = folder / "reports"
    reports.mkdir()
    for name in (
        "drumbeat-2026-W46",
        "drumbeat-2026-W47",
        "drumbeat-2026-W47-team-Shops",
        "drumbeat-2025-W52",
        "other",
    ):
        (reports / f"{name}.html").write_text(f"<title>{name}</title>\n\n{HOSTILE}")
    (reports / "drumbeat-2026-W47.pdf").write_bytes(b"%PDF-")
    return folder


def shown(app):
    assert not app.exception, app.exception
    (frame,) = (one.value for one in app.markdown if "<iframe" in one.value)
    # A document of an origin of its own that runs nothing, whatever it holds.
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame
    assert HOSTILE not in frame
    assert "\n" not in frame
    return html.unescape(frame.partition('srcdoc="')[2].partition('"')[0])


def test_the_latest_report_of_the_organisation_is_shown_first(opened, archived):
    app = opened(archived, "reports")

    assert "<title>drumbeat-2026-W47</title>" in shown(app)
    assert any("Reports of" in one.value and "3 weeks" in one.value for one in app.markdown)


def test_the_address_names_the_report(opened, archived):
    app = opened(archived, "reports", report="drumbeat-2026-W46")

    assert "<title>drumbeat-2026-W46</title>" in shown(app)


def test_only_reports_can_be_chosen_the_latest_week_first(opened, archived):
    app = opened(archived, "reports")

    (chosen,) = [one for one in app.selectbox if one.key == "report"]
    assert chosen.options == [
        "drumbeat-2026-W47",
        "drumbeat-2026-W47-team-Shops",
        "drumbeat-2026-W46",
        "drumbeat-2025-W52",
    ]


def test_a_name_that_leads_elsewhere_is_not_followed(opened, archived):
    app = opened(archived, "reports", report="../../etc/passwd")

    assert "<title>drumbeat-2026-W47</title>" in shown(app)


def test_without_a_report_the_page_says_how_to_write_one(opened, published):
    app = opened(published, "reports")

    assert not app.exception
    assert any("drumbeat report" in one.value for one in app.markdown)
