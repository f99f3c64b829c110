"""The bench of the stall detector: what it makes up is what it says, and chance earns nothing."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.cadence import measuring, rules, scoring, simulator, tables
from bench.cadence.calendars import holidays_of, weekdays

ROOT = Path(__file__).parents[2]
SEED = 3


@pytest.fixture(scope="module")
def services():
    return [simulator.make(number, SEED) for number in range(48)]


@pytest.fixture(scope="module")
def found():
    return measuring.measure(24, SEED)


def ordinary(service):
    """Days that say something about a service's pace: no freeze, and before anything changes."""
    return (np.arange(simulator.LENGTH) < service.onset) & ~service.freeze


# The simulator


def test_every_rhythm_comes_with_every_process(services):
    kinds = {(service.rhythm, service.process) for service in services[:24]}

    assert len(kinds) == len(simulator.RHYTHMS) * len(simulator.PROCESSES) == 24


def test_the_same_seed_makes_the_same_service():
    one, again, other = (simulator.make(9, seed) for seed in (1, 1, 2))

    assert (one.counts("half") == again.counts("half")).all()
    assert not (one.counts() == other.counts()).all()


@pytest.mark.parametrize("process", simulator.PROCESSES)
def test_as_much_is_deployed_as_the_days_are_good_for(services, process):
    made = [service for service in services if service.process == process]
    for service in made:
        expected = service.intensity.sum()

        # Two to a gap for clusters: five standard deviations.
        assert abs(service.counts().sum() - expected) < 5 * np.sqrt(2 * expected) + 3


@pytest.mark.parametrize("change", simulator.CHANGES)
def test_a_change_leaves_the_past_as_it_was(services, change):
    for service in services:
        before = slice(service.onset)

        assert (service.counts(change)[before] == service.counts()[before]).all()


@pytest.mark.parametrize(("change", "share"), [("stop", 0), ("quarter", 0.25), ("half", 0.5)])
def test_a_change_leaves_its_share(services, change, share):
    fast = [service for service in services if service.rhythm in ("50 a day", "5 a day")]
    after = sum(service.counts(change)[service.onset :].sum() for service in fast)
    null = sum(service.counts()[service.onset :].sum() for service in fast)

    assert after == pytest.approx(share * null, rel=0.03)


def test_a_fade_falls_to_nothing_before_the_horizon_ends(services):
    for service in services:
        left = service.left("fade")
        gap = simulator.own_gap(service.counts(), service.clock, service.onset)
        since = service.clock - service.clock[service.onset - 1]

        assert (np.diff(left) <= 0).all()
        assert left[since > simulator.horizon_days(gap)].max() == 0
        middle = np.abs(since - 0.375 * simulator.horizon_days(gap)).argmin()
        assert left[middle] == pytest.approx(0.5, abs=0.1)


def test_every_horizon_fits_into_the_series(services):
    for service in services:
        assert service.clock[-1] - service.clock[service.onset] > simulator.HORIZON_DAYS


def test_processes_differ_in_how_evenly_they_deploy():
    chance = np.random.default_rng(5)

    def dispersion(process):
        points = simulator.points(process, 0.2, 20_000, chance)
        counts = np.bincount((points / 50).astype(int), minlength=400)[:400]
        return counts.var() / counts.mean()

    assert dispersion("regular") < 0.5 < 0.8 < dispersion("poisson") < 1.3
    assert dispersion("clustered") > 1.7


def test_a_mood_is_one_on_average_and_remembers_yesterday():
    chance = np.random.default_rng(5)
    moods = np.array([simulator.modulation(chance) for _ in range(200)])

    assert moods.mean() == pytest.approx(1, abs=0.03)
    assert np.corrcoef(np.log(moods[:, :-1]).ravel(), np.log(moods[:, 1:]).ravel())[0, 1] > 0.8


def test_little_is_deployed_on_weekends_holidays_and_in_freezes():
    fast = [simulator.make(number, SEED) for number in range(0, 96, 6)]
    perday = {"work": [], "weekend": [], "holiday": [], "freeze": []}
    for service in fast:
        weekend = weekdays(service.days) >= 5
        counts = service.counts()
        perday["work"].append(counts[~weekend & ~service.holiday & ~service.freeze].mean())
        perday["weekend"].append(counts[weekend & ~service.freeze].mean())
        perday["holiday"].append(counts[service.holiday & ~weekend & ~service.freeze].mean())
        perday["freeze"].append(counts[service.freeze].mean() if service.freeze.any() else 0)

    assert {service.rhythm for service in fast} == {"50 a day"}
    usual = np.mean(perday["work"])
    assert np.mean(perday["weekend"]) < 0.25 * usual
    assert np.mean(perday["holiday"]) < 0.1 * usual
    assert 0 < np.mean(perday["freeze"]) < 0.05 * usual


def test_three_countries_keep_their_own_holidays():
    days = np.arange("2024-01-01", "2025-01-01", dtype="datetime64[D]")
    found = {country: holidays_of(country, days) for country in ("US", "DE", "JP")}

    assert found["US"][days == np.datetime64("2024-07-04")].all()
    assert found["DE"][days == np.datetime64("2024-10-03")].all()
    assert found["JP"][days == np.datetime64("2024-05-03")].all()
    assert not (found["US"] & found["DE"] & found["JP"])[10:].any()


def test_bots_deploy_through_a_stop_and_are_in_no_counts(services):
    with_bots = [service for service in services if service.bots.any()]

    assert 0 < len(with_bots) < len(services)
    for service in with_bots:
        assert service.bots[service.onset :].any()
        assert not service.counts("stop")[service.onset :].any()


# The rules beside


def test_a_silence_counts_days_since_the_last_deployment():
    assert rules.silence(np.array([0, 2, 0, 0, 1, 0])).tolist() == [0, 0, 1, 2, 0, 1]


def test_the_ratio_asks_for_medians_of_the_gaps_so_far():
    counts = np.zeros(simulator.LENGTH, dtype=int)
    counts[[0, 2, 4, 6, 16]] = 1

    # Gaps 2, 2, 2 and 10: the median is 2, and nothing is said before the fifth deploy-day.
    score = rules.ratio(None, counts)
    assert score[15] == 0
    assert score[20] == pytest.approx(4 / 2)


def test_a_week_without_deployments_is_low_against_the_weeks_before():
    counts = np.zeros(simulator.LENGTH, dtype=int)
    counts[0:400:7], counts[1:400:14] = 2, 2

    score = rules.z_score(None, counts)
    assert (score[:189] == 0).all()
    # Weeks of 4 and 2 in turn: mean 3, standard deviation 1.02.
    assert score[[391, 398]].round(1).tolist() == [1.0, -1.0]
    assert score[412] == pytest.approx(2.9, abs=0.2)


# The scoring


@pytest.fixture
def steady():
    """One deployment a week, on a calendar in which every day is good for the same."""
    service = simulator.make(3, SEED)
    counts = np.zeros(simulator.LENGTH, dtype=int)
    counts[::7] = 1
    plain = {name: getattr(service, name) for name in service.__slots__}
    plain |= {"clock": np.arange(1.0, simulator.LENGTH + 1), "onset": 910}
    return simulator.Service(**plain), counts


def scores(days, length=simulator.LENGTH):
    score = np.zeros(length)
    score[list(days)] = 5
    return score


def examined(steady, **days):
    service, counts = steady
    told = {change: scores(days.get(change, [])) for change in ("null", *simulator.CHANGES)}
    return scoring.examine(service, counts, told, np.array([2.0]))


def test_spells_within_a_week_are_one_alarm():
    begun = scoring.starts(scores([10, 11, 18, 27], 40), np.array([2.0]))

    # After the 11th six quiet days, after the 18th eight.
    assert np.flatnonzero(begun[0]).tolist() == [10, 27]


def test_false_alarms_count_from_the_fifth_deploy_day(steady):
    found = examined(steady, null=[10, 20, 100, 101, 500])

    assert found.alarms.tolist() == [[2]]
    assert found.years[0] == pytest.approx((simulator.LENGTH - 28) / 365.25)


def test_a_delay_is_told_in_own_gaps(steady):
    found = examined(steady, stop=[910 + 14])

    # 130 deploy-days in 910 days: a gap is 7. Since the first evening 14 days have gone.
    assert found.delays[0, 0, 0] == pytest.approx(2)


def test_an_alarm_that_stands_at_the_onset_is_no_detection(steady):
    standing = examined(steady, stop=range(905, 1200))
    back = examined(steady, stop=[*range(905, 911), *range(913, 1200)])
    new = examined(steady, stop=[*range(895, 900), *range(913, 1200)])

    assert np.isnan(standing.delays[0, 0, 0])
    assert np.isnan(back.delays[0, 0, 0])
    assert new.delays[0, 0, 0] == pytest.approx(3 / 7)


def test_an_alarm_beyond_the_horizon_is_none(steady):
    inside, beyond = (examined(steady, half=[910 + after]) for after in (140, 141))

    assert inside.delays[0, 2, 0] == pytest.approx(20)
    assert np.isnan(beyond.delays[0, 2, 0])


def test_a_placebo_onset_is_hit_by_an_alarm_within_its_horizon(steady):
    # Placebos are 28 days apart from 728 on, the horizon is 140 days: 812 to 924 have it in theirs.
    found = examined(steady, null=[930])

    assert found.chance.tolist() == [[5 / 13]]


def test_excess_recall_is_what_chance_would_not_have_flagged():
    assert scoring.excess(0.9, 0.5) == pytest.approx(0.8)
    assert scoring.excess(0.5, 0.5) == 0
    assert scoring.excess(0.2, 0.5) == pytest.approx(-0.6)
    assert scoring.excess(1.0, 1.0) == 0


def test_a_detector_that_tosses_coins_sees_nothing():
    chance = np.random.default_rng(8)
    services = [simulator.make(number, SEED) for number in range(96)]
    coins = [
        scoring.examine(
            service,
            service.counts(),
            {
                change: np.where(chance.random(simulator.LENGTH) < 0.003, 5.0, 0.0)
                for change in ("null", *simulator.CHANGES)
            },
            np.array([2.0]),
        )
        for service in services * 6
    ]

    found = scoring.figures(scoring.Evidence.pooled(coins), 0)
    assert found["false_alarms_per_year"] == pytest.approx(0.003 * 365, rel=0.1)
    assert found["chance_recall"] > 0.1
    recalls = [found[f"{change}_excess"] for change in simulator.CHANGES]
    assert np.mean(recalls) == pytest.approx(0, abs=0.05)


def test_an_oracle_sees_all_and_makes_no_false_alarm(services):
    sights = []
    for service in services:
        told = {change: scores([service.onset]) for change in simulator.CHANGES}
        told["null"] = scores([])
        sights.append(scoring.examine(service, service.counts(), told, np.array([2.0])))

    found = scoring.figures(scoring.Evidence.pooled(sights), 0)
    assert found["false_alarms_per_year"] == found["chance_recall"] == 0
    assert [found[f"{change}_excess"] for change in simulator.CHANGES] == [1, 1, 1, 1]
    assert found["stop_delay_gaps"] == 0


def test_a_rule_is_compared_at_the_price_of_ours():
    evidence = scoring.Evidence(
        alarms=np.array([[9.0, 4.0, 1.0]]),
        years=np.array([10.0]),
        chance=np.zeros((1, 3)),
        delays=np.zeros((1, 4, 3)),
        asked=np.array([True]),
    )

    assert scoring.at_price(evidence, 0.5) == 1
    assert scoring.at_price(evidence, 0.05) == 2


def test_a_target_missed_is_called_missed():
    told = {f"{change}_excess": 0.5 for change in simulator.CHANGES}
    told |= {f"{change}_delay_gaps": None for change in simulator.CHANGES}
    told |= {"false_alarms_per_year": 0.3, "rhythm": "daily", "process": "poisson"}
    targets = tables.against_targets(
        {"rules": {rules.OURS: told}, "classes": [told]}, tables.TARGETS["10"]
    )

    met = {one["what"]: one["is_met"] for one in targets}
    assert met["half: excess recall"]
    assert not met["stop: excess recall"]
    assert not met["stop: median delay in own gaps"]
    assert not met["false alarms a year, pooled"]


# The bench


@pytest.mark.parametrize("years", ["2", "10"])
def test_the_detector_beats_the_usual_rules_at_their_price(found, years):
    told = found["nominal"][years]["rules"]
    ours = told[rules.OURS]

    assert ours["stop_excess"] > 0.85
    for other in (told["fixed limit"], told["ratio"], told["weekly z-score"]):
        assert other["false_alarms_per_year"] <= ours["false_alarms_per_year"]
        for change in ("quarter", "half", "fade"):
            assert ours[f"{change}_excess"] > other[f"{change}_excess"]


def test_a_return_time_of_two_years_makes_at_most_an_alarm_in_two(found):
    assert found["nominal"]["2"]["rules"][rules.OURS]["false_alarms_per_year"] < 0.5
    assert found["nominal"]["10"]["rules"][rules.OURS]["false_alarms_per_year"] < 0.2


def test_bots_left_in_hide_stops(found):
    told = found["nominal"]["2"]["rules"]

    assert told[rules.WITH_BOTS]["stop_excess"] < told[rules.OURS]["stop_excess"]


def test_the_bench_prints_a_table_and_json_and_two_processes_find_the_same(found):
    words = ["-m", "bench.cadence", "--services", "24", "--seed", str(SEED), "--live", "30"]
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    told = json.loads(done.stdout)
    assert told["nominal"] == json.loads(json.dumps(found["nominal"]))
    assert told["live"]["services"] == 30
    assert "weekly z-score" in done.stderr
    assert "stop: excess recall" in done.stderr
