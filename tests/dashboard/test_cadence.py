"""The cadence page: who is on rhythm, when they ship, what waits, and where a change is."""

from tests.dashboard.test_pages import page


def test_the_sentence_says_who_is_on_rhythm_who_is_not_and_what_is_avoided(shown, published):
    said = page(shown(published, "cadence"))

    assert "Seven of ten services are on their own rhythm." in said
    assert '<b class="stall">Invoicing is stalled</b>' in said
    assert '<b class="slow">stock is slowing</b>' in said
    assert "Fridays are avoided." in said


def test_strips_say_the_state_in_words_with_past_alarms_and_the_window_ahead(shown, published):
    said = page(shown(published, "cadence"))

    assert "silent 21 working days, usually 2; by itself about once in 48 years" in said
    assert "learning, 3 of 5" in said
    assert "next deployment expected 25 to 27 November 2026" in said
    assert "labels: 0 in 12 weeks; never deployed" in said
    assert "returns: " not in said
    # A past alarm of checkout, and the days ahead of it.
    (strip,) = [one for one in said.split("<svg") if "checkout: " in one and "strip" in one]
    assert 'fill="var(--slowtint)"' in strip
    assert 'fill="var(--band)"' in strip


def test_titles_claim_what_the_intervals_bear(shown, published):
    said = page(shown(published, "cadence"))

    assert "Friday carries 50 % of a usual day and holds back 42 change-days a year" in said
    assert "Thursdays fail more often" in said
    assert "Batches of 7 to 10 fail more often" in said
    assert "Checkout fails more often" in said
    assert "1 metric with no change beyond chance and 1 with too few to tell." in said


def test_what_waits_is_told_oldest_first_with_what_holds_it(shown, published):
    said = page(shown(published, "cadence"))
    waits = said[said.index("What waits") :]

    assert waits.index("invoicing") < waits.index("stock") < waits.index("web-shop")
    assert '<span class="chip stalled">' in waits
    assert "Missed days: 15 of 250 working days (6.0 %) of services in 12 months" in waits


def test_a_team_with_few_authors_has_no_hours_and_too_few_weekdays_claim_nothing(shown, published):
    said = page(shown(published, "cadence", team="Logistics"))

    assert "hours are not shown" in said
    assert "are avoided" not in said
