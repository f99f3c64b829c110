"""What each page says and does."""

import json
import re

import duckdb
import plotly.graph_objects as go
import pytest

from tests.dashboard import organisation


def page(app):
    assert not app.exception, app.exception
    said = (element.value for element in app.markdown)
    text = "\n".join(value for value in said if not value.startswith("<style>"))
    assert "This page could not be drawn" not in text
    return text


@pytest.fixture(scope="module")
def git_only(tmp_path_factory):
    folder = tmp_path_factory.mktemp("git")
    organisation.build(folder, is_git_only=True)
    return folder


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    organisation.build(folder, is_demo=True)
    return folder


@pytest.fixture(scope="module")
def early(tmp_path_factory):
    folder = tmp_path_factory.mktemp("early")
    organisation.build(folder, is_early=True)
    return folder


def test_without_data_the_page_says_how_to_get_some(opened, tmp_path):
    said = page(opened(tmp_path))

    assert "Nothing has been" in said
    assert "drumbeat refresh" in said
    assert "drumbeat demo" in said


def test_the_overview_opens_with_what_shipped_and_who_is_stalled(shown, published):
    said = page(shown(published))

    assert "Week 47, 16 to 22 November 2026" in said
    assert 'The organisation shipped <b class="strong">93 times</b> last week, within' in said
    assert "Invoicing is stalled" in said
    assert "with 11 changes waiting, and" in said
    assert "stock is slowing" in said


def test_the_overview_says_what_moved_since_it_was_reported(shown, published):
    said = page(shown(published))

    assert "Since it was reported: Week 47: change fail rate 1.0&nbsp;% is now" in said
    assert '<b class="strong">5.0&nbsp;%</b>, two incidents linked later.' in said
    assert '<a href="data" target="_self">marts.restatements</a>' in said


def test_a_team_whose_numbers_held_is_told_of_no_restatement(opened, published):
    app = opened(published)
    app.selectbox(key="team").select("Logistics").run()

    assert "Since it was reported" not in page(app)


def test_the_overview_shows_five_metrics_each_with_interval_and_n(opened, published):
    app = opened(published)
    said = page(app)

    assert len(app.get("plotly_chart")) == 5
    for fact in ("usual 76 to 94", "so far this week", "middle half", "95 % interval", "n = "):
        assert fact in said
    assert "4 weeks" in said
    assert "12 weeks" in said


def test_services_come_most_in_need_first_and_retired_last(shown, published):
    table = next(e.value for e in shown(published).markdown if "services blocks" in e.value)

    order = [table.index(f">{name}</a>") for name in ("invoicing", "loyalty", "web-shop", "labels")]
    assert order == sorted(order)
    assert table.index(">returns</a>") == max(
        table.index(f">{s.name}</a>") for s in organisation.SERVICES
    )


def test_a_team_filters_sentence_metrics_and_services(opened, published):
    app = opened(published)
    app.selectbox(key="team").select("Logistics").run()
    said = page(app)

    assert "Logistics shipped" in said
    assert ">stock</a>" in said
    assert ">checkout</a>" not in said


def test_the_url_sets_the_filters(opened, published):
    app = opened(published, team="Payments", period="3 months", by="monthly")

    assert "Payments shipped" in page(app)
    assert "Five metrics, 3 months" in page(app)
    assert "last month" in page(app)
    assert "&amp;period=3%20months&amp;by=monthly" in page(app)


def test_a_silent_source_says_on_the_pages_it_touches_what_that_may_hide(shown, published, demo):
    late = "shop has told of no incidents since Tue 1 Sep: the newest fail rates"

    assert late in page(shown(published))
    assert late in page(shown(published, "service"))
    assert late not in page(shown(demo))


def test_my_services_start_the_overview_and_are_kept_in_the_url(opened, published):
    app = opened(published, mine=["stock", "checkout"])
    said = page(app)

    assert app.multiselect(key="mine").value == ["stock", "checkout"]
    assert "Your two services shipped" in said
    assert "what is usual" not in said
    assert "stock is slowing" in said.lower()
    table = next(e.value for e in app.markdown if "services blocks" in e.value)
    assert table.index(">stock</a>") < table.index(">checkout</a>")
    assert ">web-shop</a>" not in said
    assert "medians and rates of several services" in said
    assert len(app.get("plotly_chart")) == 0


def test_one_service_of_mine_has_its_five_metrics_and_an_unknown_one_is_said(opened, published):
    app = opened(published, mine=["checkout", "nonsense"])
    said = page(app)

    assert "Checkout shipped" in said
    assert "is called nonsense" in said
    assert len(app.get("plotly_chart")) == 5


def test_the_clock_of_working_hours_is_told_wherever_lead_time_is(opened, shown, published):
    overview = opened(published, clock="working hours")
    head = next(e.value for e in overview.markdown if "Change lead time" in e.value)
    defined = next(e.value for e in shown(published).markdown if "Change lead time" in e.value)

    assert "in working hours" in head
    assert "in working hours" not in defined
    assert value(defined) == pytest.approx(4 * value(head), rel=0.05)
    assert "&amp;clock=working%20hours" in page(overview)
    said = page(shown(published, "flow", clock="working hours"))
    assert '<b class="strong">Wait</b> is the longest stage.' in said
    assert "first commit, in working hours" in said


def value(head):
    return float(head.partition('<p class="value">')[2].partition(" ")[0])


@pytest.mark.parametrize("name", ["cadence", "data"])
def test_a_page_without_lead_time_offers_no_clock(opened, published, name):
    assert "clock" not in {found.key for found in opened(published, name).selectbox}


def test_lists_of_deployments_follow_environment_and_bots_and_say_so(opened, published):
    app = opened(published, service="checkout", environment="staging", bots="by people")
    app.switch_page("views/service.py").run()
    said, found = page(app), app.dataframe[0].value

    assert "Deployments listed: staging, by people. Metrics, waits" in said
    assert set(found["environment"]) == {"staging"}
    assert not found["is_bot"].any()
    # In this organisation what carries five changes goes to staging, and bots deploy four.
    assert carried(said) == {"5"}
    app.selectbox(key="bots").select("by bots").run()
    app.selectbox(key="environment").select("counted production").run()
    assert carried(page(app)) == {"4"}
    app.selectbox(key="bots").select("by people and bots").run()
    assert len(carried(page(app))) > 2
    assert "Deployments listed" not in page(app)


def carried(said):
    rows = said.partition('<table class="t latest blocks">')[2].partition("</table>")[0]
    return set(re.findall(r'<td class="num">([0-9]+)</td>', rows))


def test_failures_of_flow_follow_bots_and_its_fail_rates_do_not(opened, published):
    app, whole = opened(published, "flow", bots="by bots"), opened(published, "flow")
    failed = [page(found).count("<b><a href=") for found in (app, whole)]

    assert 0 < failed[0] < failed[1]
    assert "Deployments listed: counted production, by bots." in page(app)
    assert rates(app) == rates(whole)


def rates(app):
    figure = next(one for one in app.get("plotly_chart") if "rates" in one.proto.id)
    return figure.proto.spec.replace("?bots=by%20bots&", "?").replace("&bots=by%20bots", "")


@pytest.mark.parametrize(
    ("name", "query", "count"),
    [("", {}, 5), ("flow", {}, 5), ("service", {"service": "stock"}, 8), ("cadence", {}, 1)],
)
def test_every_picture_is_one_that_plotly_takes(opened, published, name, query, count):
    pictures = opened(published, name, **query).get("plotly_chart")

    assert len(pictures) >= count
    for picture in pictures:
        drawn = json.loads(picture.proto.spec)
        go.Figure(drawn)
        # Plotly would draw it twice.
        assert "template" not in drawn["layout"]
        assert drawn["layout"]["font"]["family"].startswith('"Source Sans"')


def test_a_page_without_lists_of_deployments_says_that_environment_does_not_narrow_it(
    opened, published
):
    app = opened(published, environment="staging")

    assert "environment" not in {found.key for found in app.selectbox}
    assert "Environment and deployed by do not narrow this page: it counts production" in page(app)


@pytest.mark.parametrize(
    ("name", "step", "evidence"),
    [
        ("checkout", "review them together.</b> Review took 35", 'href="https://git.example.inv'),
        (
            "invoicing",
            "Ship what waits, or confirm the silence.</b> 11 changes wait",
            "0123456789ab.",
        ),
        ("labels", "One next step.</b> No step stands out", ""),
    ],
)
def test_a_service_has_one_next_step_with_its_evidence(opened, published, name, step, evidence):
    app = opened(published, "service")
    app.selectbox(key="service").select(name).run()
    said = next(e.value for e in app.markdown if 'class="step"' in e.value)

    assert step in said.replace("\N{NO-BREAK SPACE}", " ")
    assert evidence in said
    assert ("Its largest stage is review" in said) is (name == "invoicing")
    assert "<script>" not in said
    assert "javascript:" not in said.replace("(javascript:alert(1))", "")


def test_a_week_in_the_url_shows_what_happened_in_it(shown, published):
    said = page(shown(published, "flow", week="2026-W43"))

    assert "Week 43, 19 to 25 October 2026" in said
    assert "over the 4 weeks to 25 October 2026" in said
    assert "What failed in the two weeks to 25 October 2026" in said
    assert "Oct, " in said.partition("What failed in")[2]
    assert "Nov, " not in said.partition("What failed in")[2].partition("Data as of")[0]
    assert "95 % Wilson interval, 12 weeks to 25 October 2026;" in said
    assert said.count("up to now, not of the chosen week") == 3


def test_a_week_whose_deployments_are_too_old_says_how_to_see_them(shown, published):
    said = page(shown(published, "flow", week="2026-W20"))

    assert "drumbeat explain change_fail_rate --week 2026-W20" in said


def test_nonsense_in_the_url_is_ignored(opened, published):
    app = opened(published, team="<script>alert(1)</script>", period="-1")

    assert "The organisation shipped" in page(app)
    assert "No team is called &lt;script&gt;alert(1)&lt;/script&gt;" in page(app)


def test_no_performance_bands_and_no_praise_are_shown(shown, published, demo):
    for folder in (published, demo):
        said = page(shown(folder)).lower()
        for word in ("elite", "high performer", "low performer", "insight", "!"):
            assert word not in said


def test_on_plain_git_tags_are_releases_and_what_git_cannot_see_is_said(shown, git_only):
    said = page(shown(git_only))

    assert "The organisation released" in said
    assert "Release frequency" in said
    assert "Change fail rate, inferred" in said
    assert "Recovery time, inferred" in said
    assert "What plain git cannot see." in said
    assert "each tick a release" in said
    assert "deployment" not in said.lower().replace("deployment_", "")


def test_on_plain_git_the_service_page_speaks_of_releases_too(opened, git_only):
    app = opened(git_only, "service")
    app.selectbox(key="service").select("checkout").run()
    said = page(app)

    assert "Latest releases" in said
    assert "What plain git cannot see." in said
    assert "to be released" in said


@pytest.mark.parametrize("name", ["", "service", "data"])
def test_every_page_of_the_demo_says_that_its_data_is_made_up_and_where_it_ends(shown, demo, name):
    said = page(shown(demo, name))

    assert "Demo: made-up data, ending 23 November 2026" in said


@pytest.mark.parametrize("name", ["", "service"])
def test_a_page_of_numbers_that_lack_early_history_says_since_when_it_is_read(
    shown, early, published, name
):
    said = page(shown(early, name))

    # In Berlin it is the first of March already.
    assert "GitHub: history since 1 March 2026, more is being read" in said
    assert "pay &lt;b&gt;: history since 1 March 2026" in said
    assert "history since" not in page(shown(published, name))


def test_real_data_is_never_called_made_up(shown, published):
    assert "made" not in page(shown(published)).replace("made_", "")


def test_the_service_in_the_url_is_shown(opened, published):
    app = opened(published, "service")
    app.selectbox(key="service").select("stock").run()
    said = page(app)

    assert "Logistics" in said
    assert "tier 2" in said
    assert "shop/stock" in said
    assert 'Stock <b class="strong">shipped nothing</b> last week' in said
    assert "The last 4 deploy-days took 28 working days, usually 9" in said
    assert len(app.get("plotly_chart")) == 8


def test_the_service_page_lists_what_waits_against_the_usual_wait(opened, published):
    app = opened(published, "service")
    app.selectbox(key="service").select("checkout").run()

    assert "usual wait 9.0 h, 2 of 2 past it" in page(app)
    assert "checkout!4102" in page(app)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("labels", "has never been deployed."),
        ("returns", "is retired; it last went out on 14 April 2026."),
        ("loyalty", "It is too new for a rhythm of its own: learning, 3 of 5."),
    ],
)
def test_a_service_without_a_rhythm_says_why(opened, published, name, words):
    app = opened(published, "service")
    app.selectbox(key="service").select(name).run()

    assert words in page(app)


def test_titles_and_links_from_outside_are_harmless(opened, published):
    app = opened(published, "service")
    app.selectbox(key="service").select("checkout").run()
    said = page(app)

    assert "<script>" not in said
    assert "&lt;script&gt;" in said
    assert 'href="javascript' not in said
    assert 'href="https://git.example.invalid/checkout' in said


def test_a_failure_says_how_it_ended_and_how_it_is_known(opened, published):
    app = opened(published, "service")
    app.selectbox(key="service").select("web-shop").run()
    said = page(app)

    assert "▲ failed" in said
    assert "rollback after" in said
    assert "known by explicit reference (1)" in said
    assert "known by service and time (0.4)" in said


def test_a_first_run_that_found_nothing_still_has_pages(shown, emptied):
    assert "No service is known yet" in page(shown(emptied))
    assert "no history yet" in page(shown(emptied))
    assert "No service is known yet" in page(shown(emptied, "service"))
    assert page(shown(emptied, "data"))


@pytest.mark.parametrize(
    ("lacks", "name"),
    [
        ("drop table marts.metrics", "overview"),
        ("alter table config.run drop column organisation", "overview"),
        # No query names these: one is read out of a row, the other filters rows.
        ("alter table marts.service_overview drop column tier", "overview"),
        ("alter table marts.weekdays drop column is_avoided", "cadence"),
    ],
)
def test_a_file_of_an_earlier_version_is_an_explanation_not_a_trace(opened, tmp_path, lacks, name):
    path = organisation.build(tmp_path)
    with duckdb.connect(path) as con:
        con.execute(lacks)

    said = page(opened(tmp_path, name))

    assert 'was <b class="strong">published by an earlier version</b> of Drumbeat' in said
    assert "drumbeat refresh" in said


def test_what_fails_over_a_file_that_lacks_nothing_is_not_laid_on_an_earlier_version(
    opened, tmp_path
):
    path = organisation.build(tmp_path)
    with duckdb.connect(path) as con:
        con.execute("delete from config.run")

    said = "\n".join(element.value for element in opened(tmp_path).markdown)

    assert "This page could not be drawn" in said
    assert "earlier version" not in said


def test_flow_says_what_failed_how_fast_it_was_mended_and_the_longest_stage(shown, published):
    said = page(shown(published, "flow"))

    assert "in 100</b> deployments needed intervention" in said
    assert "half of what failed was mended within" in said
    assert '<b class="strong">Review</b> is the longest stage.' in said


def test_flow_says_how_spread_lead_time_is_or_that_nothing_was_delivered(opened, published):
    app = opened(published, "flow", clock="working hours")
    said = page(app)

    assert "Half of the changes take under" in said
    assert "in working hours, 24 a day; each bar reaches twice" in said
    assert "n = 186 changes" in said
    app.selectbox(key="service").select("labels").run()
    assert "No change was delivered in the last four whole weeks." in page(app)


def test_flow_says_how_long_what_is_merged_waits_and_when_half_is_not_reached(opened, published):
    app = opened(published, "flow")
    said = page(app)

    assert "Merged in the week of 16 November 2026: half wait" in said
    assert ", Kaplan-Meier, n = " in said
    assert ", 3 not out yet" in said
    app.selectbox(key="service").select("search").run()
    assert "half wait more than 2.5 days" in page(app)


def test_that_recovery_changed_is_told_by_the_test_of_the_trend(opened, published):
    app = opened(published, "flow")

    assert "Recovery has not changed beyond chance" in page(app)
    app.selectbox(key="service").select("checkout").run()
    assert "Recovery: too few to tell, n = " in page(app)


def test_a_failure_leads_to_the_change_that_it_carried(shown, published):
    said = page(shown(published, "flow"))

    assert "What failed in the last two weeks, and how we know" in said
    assert 'href="https://git.example.invalid/shop/web-shop/pull/' in said
    assert "sev2" in said
    assert "javascript" not in said.replace("[x](javascript:alert(1))", "")


def test_flow_of_one_service_shows_no_other(opened, published):
    app = opened(published, "flow")
    app.selectbox(key="service").select("search").run()

    assert ">web-shop</a>" not in page(app)


def test_a_first_run_has_no_failures_and_says_what_to_add(shown, emptied):
    said = page(shown(emptied, "flow"))

    assert "No failure is known, so recovery can&#x27;t be counted." in said
    assert "No deployment is known yet that could have failed." in said
