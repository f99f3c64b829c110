"""What stands beside a number: warnings, levels or why there is none, what is hidden or amiss."""

import pytest

from sql import bands


def said(app):
    assert not app.exception, app.exception
    return "\n".join(element.value for element in app.markdown)


@pytest.fixture
def service(opened, published):
    def page(name):
        app = opened(published, "service")
        app.selectbox(key="service").select(name).run()
        return app

    return page


def test_a_warning_stands_beside_its_number_and_nowhere_else(service):
    words = "shop tells of incidents since 1 September 2026 &lt;b&gt;"

    assert said(service("checkout")).count(words) == 1
    assert words not in said(service("search"))


def test_levels_stand_behind_the_picture_with_all_that_belongs_beside_them(service):
    app = service("checkout")
    text = said(app)

    assert "DORA's levels and scores, and why they are no grade" in {e.label for e in app.expander}
    assert text.count("high (day to week)") == 32
    assert "2023, second-hand" in text
    assert "6.0 of 10" in text
    assert "everybody 5.5 (sd 2.4), retail 5.9" in text
    for line in bands.BESIDE:
        assert line in text


def test_a_refused_level_says_why_and_shows_none(service):
    text = said(service("search"))

    assert "No level and no score: shop has told of no incidents since 1 September 2026." in text
    assert "(day to week)" not in text
    assert "not a ladder" in text


def test_no_level_is_shown_of_a_team_or_the_organisation(opened, published):
    app = opened(published)
    app.selectbox(key="team").select("Payments").run()

    assert "ladder" not in said(app)
    assert "of 10" not in said(app)


def test_stages_say_that_reviews_are_hidden_where_few_wrote(service):
    words = "pickup and review are hidden: fewer than 3 authors"

    assert words in said(service("search"))
    assert words not in said(service("checkout"))


def test_the_data_page_says_who_is_silent_and_what_to_mend_with_its_metrics(opened, published):
    text = said(opened(published, "data"))

    assert "2 findings" in text
    assert "shop (incidents) has fallen silent" in text
    assert "Its changes have no lead time. Fetch the branch." in text
    assert "Change fail rate, Recovery time, Rework rate" in text
    assert "Ask the &lt;b&gt;tool&lt;/b&gt;." in text
    assert "90 %" in text


def test_the_data_page_of_a_first_run_says_that_nothing_was_told(opened, emptied):
    assert "No source has told anything yet." in said(opened(emptied, "data"))


def test_services_that_need_nobody_stand_by_name_and_not_by_a_metric(shown, published):
    table = next(e.value for e in shown(published).markdown if "services blocks" in e.value)
    calm = ("catalogue", "checkout", "identity", "payments", "search", "shipping", "web-shop")
    waiting_long = [name for name in calm if f">{name}</a>" in table]
    places = [table.index(f">{name}</a>") for name in waiting_long]

    assert table.index(">invoicing</a>") < min(places)
    # What never deployed has no rhythm to leave.
    assert table.index(">labels</a>") > max(places)
    assert [name for _, name in sorted(zip(places, waiting_long, strict=True))][-1] == "web-shop"
