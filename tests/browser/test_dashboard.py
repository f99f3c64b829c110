"""The dashboard as a reader meets it: a real server, a real Chromium."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser


def sentence(page):
    return page.locator("h1.sentence").inner_text()


def pick(page, key, option):
    page.locator(f".st-key-{key} input").click()
    page.get_by_role("option", name=option, exact=True).click()


def drawn(page, *keys):
    """Wait until the pictures of these keys are drawn and stand still."""
    for key in keys:
        page.locator(f".st-key-{key} .js-plotly-plot .main-svg").first.wait_for()
    page.wait_for_function("!document.querySelector('[data-stale=true]')")


def test_sentence_and_text_stand_in_the_fonts_that_are_served(visit):
    page = visit("/")

    faces = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
    )
    assert {"Source Serif", "Source Sans"} <= {face.strip('"') for face in faces}
    family = page.evaluate("getComputedStyle(document.querySelector('h1.sentence')).fontFamily")
    assert family.startswith('"Source Serif"')


def test_a_filter_changes_the_page_and_the_url_and_survives_a_reload(visit):
    page = visit("/")
    assert sentence(page).startswith("The organisation shipped")

    pick(page, "team", "Logistics")
    page.wait_for_url(re.compile("team=Logistics"))
    page.get_by_role("heading", name=re.compile("^Logistics shipped")).wait_for()
    page.reload()
    page.get_by_role("heading", name=re.compile("^Logistics shipped")).wait_for()
    page.locator(".note").wait_for()

    assert page.locator("table.services tbody tr").count() == 3


def test_a_deep_link_restores_service_and_choices(visit):
    page = visit("/service?service=web-shop&period=3+months&by=monthly")

    assert sentence(page).startswith("Web-shop shipped")
    assert page.locator(".st-key-period").inner_text().strip() in ("", "3 months")
    assert "last month" in page.locator(".metric").first.inner_text()


def test_a_services_name_leads_to_its_page_without_a_reload_and_the_period_is_kept(visit):
    page = visit("/?period=6+months")
    page.evaluate("window.isTheSame = true")

    page.locator("table.services a", has_text="stock").click()
    page.locator(".st-key-weeks").wait_for()

    assert sentence(page).startswith("Stock ")
    page.wait_for_url(re.compile("service=stock"))
    assert "6" in page.url
    assert page.evaluate("window.isTheSame") is True


def test_three_clicks_lead_from_the_overview_to_the_change_that_made_last_week_worse(visit):
    page = visit("/")

    page.get_by_role("link", name=re.compile("failed last week")).click()
    failed = page.locator("table.failures tbody tr").first
    failed.wait_for()
    change = failed.locator("a[href*='/pull/']").first
    # The host of the demo is made up, so the browser opens a page and finds nobody there.
    with page.expect_popup():
        change.click()

    assert re.search(r"/[\w-]+/pull/\d+$", change.get_attribute("href") or "")


def test_choices_made_on_flow_are_kept_but_hide_nothing_that_a_link_to_it_speaks_of(visit):
    page = visit("/flow?service=search&environment=staging&period=6+months")
    page.get_by_text("Deployments listed: staging, by people and bots.").wait_for()

    page.get_by_role("link", name="Service", exact=True).click()
    page.wait_for_url(re.compile("/service.*environment=staging"))
    page.get_by_role("heading", name=re.compile("^Search ")).wait_for()
    page.get_by_role("link", name="Overview", exact=True).click()
    page.get_by_role("link", name=re.compile("failed last week")).click()
    page.locator("table.failures tbody tr").first.wait_for()

    assert page.get_by_text("Deployments listed:").count() == 0
    assert "search" not in page.url
    assert "period=6" in page.url


def click_point(page, key, trace, point):
    """Click a point of a picture, as Plotly itself says where it is drawn."""
    x, y = page.evaluate(
        """([key, trace, point]) => {
            const plot = document.querySelector(`.st-key-${key} .js-plotly-plot`);
            plot.scrollIntoView({block: 'center'});
            const {xaxis, yaxis, _size} = plot._fullLayout;
            const {x, y} = plot.calcdata.at(trace).at(point);
            const box = plot.getBoundingClientRect();
            return [box.left + _size.l + xaxis.c2p(x), box.top + _size.t + yaxis.c2p(y)];
        }""",
        [key, trace, point],
    )
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    page.wait_for_timeout(100)
    page.mouse.click(x, y)


def test_a_point_of_the_trend_leads_to_its_week_and_one_of_the_timeline_to_its_source(visit):
    page = visit("/?team=Storefront")
    drawn(page, "change-fail-rate")
    line = page.evaluate(
        "document.querySelector('.st-key-change-fail-rate .js-plotly-plot').data"
        ".findIndex(trace => trace.ids?.length > 9)"
    )

    click_point(page, "change-fail-rate", line, -6)
    page.wait_for_url(re.compile("/flow.*week=2026-W"))
    page.locator("table.failures").wait_for()
    assert "team=Storefront" in page.url
    drawn(page, "timeline")
    # The host is made up, so what counts is that the new page asks for it.
    is_source = re.compile(r"^https://git\.example\.invalid/").match
    with page.context.expect_event("request", lambda asked: bool(is_source(asked.url))):
        click_point(page, "timeline", -1, 0)


def test_choices_are_kept_when_moving_between_pages(visit):
    page = visit("/?team=Payments&period=6+months")

    page.get_by_role("link", name="Service", exact=True).click()
    page.wait_for_url(re.compile("/service.*period=6"))
    page.get_by_role("heading", name=re.compile("^Which service")).wait_for()
    page.locator('[data-test-script-state="notRunning"]').first.wait_for()
    page.get_by_role("link", name="Overview", exact=True).click()
    page.get_by_role("heading", name=re.compile("^Payments shipped")).wait_for()

    # The address follows the page.
    page.wait_for_url(re.compile("team=Payments"))


def test_a_second_click_on_a_page_that_still_loads_loses_no_choice(visit):
    page = visit("/?team=Payments")
    page.get_by_role("link", name="Service", exact=True).wait_for()

    for name in ("Service", "Data", "Overview"):
        page.get_by_role("link", name=name, exact=True).click(no_wait_after=True)

    page.get_by_role("heading", name=re.compile("^Payments shipped")).wait_for()


def test_a_picture_is_saved_with_its_title_and_its_rows_as_csv(visit):
    page = visit("/service?service=checkout")
    drawn(page, "weeks")

    with page.expect_download() as saved:
        page.locator(".st-key-weeks a.png").click()
    picture = Path(saved.value.path()).read_bytes()
    with page.expect_download() as saved:
        page.locator(".st-key-under-weeks button").click()

    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000
    assert Path(saved.value.path()).read_text().startswith("scope,name,metric")


def test_a_service_that_does_not_exist_is_said_and_the_known_ones_are_offered(visit):
    page = visit("/service?service=nonsense")

    assert "No service is called nonsense" in page.locator(".overline").inner_text()
    assert page.locator("table.services a").count() == 12


def test_hostile_titles_are_shown_as_text(visit):
    page = visit("/service?service=checkout")

    assert page.get_by_text("<script>alert('title')</script>").first.is_visible()
    assert page.locator('a[href^="javascript"]').count() == 0


def test_an_analysts_query_is_answered_and_a_hostile_one_refused(visit):
    page = visit("/data")
    editor = page.locator("textarea")

    editor.fill("select count(*) as n from marts.beats")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("heading", name="1 row", exact=True).wait_for()
    editor.fill("select * from read_csv('/etc/passwd')")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("heading", name="Not run").wait_for()

    assert "no other files" in page.locator("code").first.inner_text()


def test_every_picture_says_what_it_shows(visit):
    from playwright.sync_api import expect

    page = visit("/")
    expect(page.get_by_role("figure")).to_have_count(5)
    drawn(page)

    unnamed = page.evaluate(
        "[...document.querySelectorAll('svg[role=img]')].filter(e => !e.getAttribute('aria-label'))"
        ".length"
    )
    assert unnamed == 0
    assert page.locator("svg.strip").count() >= 12
