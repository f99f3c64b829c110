import hashlib
import json
import os
import subprocess
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from connectors.demo import AS_OF, ORGANISATION, SINCE, TIME_ZONE, Demo, configuration
from connectors.demo.everything import commits as grow
from connectors.demo.everything import played
from connectors.demo.history import Simulation
from connectors.demo.organisation import SERVICES

REQUIRED = {
    "deployments": {"deployment_id", "service", "finished_at"},
    "changes": {"change_id", "repository", "merged_at"},
    "commits": {"repository", "sha", "authored_at"},
    "incidents": {"incident_id", "started_at"},
    "progressive_rollouts": {"rollout_id", "service", "started_at"},
    "analyses": {"analysis_id", "rollout_id", "metric"},
    "traffic_weights": {"weight_id", "rollout_id", "changed_at", "weight"},
    "agent_syncs": {"sync_id", "service", "changed_at", "state"},
    "shadows": {"shadow_id", "service", "started_at"},
    "changed_files": {"repository", "sha", "path"},
    "flags": {"flag_id", "flag_key"},
    "flag_states": {"flag_id", "environment", "is_enabled"},
    "flag_references": {"repository", "flag_key", "path"},
    "flag_events": {"flag_event_id", "flag_key", "happened_at", "does"},
    "heads": {"sha", "is_default"},
    "head_files": {"path"},
    "branches": {"sha"},
    "runs": {"name", "sha", "state", "created_at"},
    "settings": {"kind", "action"},
}
DIGEST = """
import hashlib
from connectors.demo import Demo
seen = hashlib.sha256()
for entity in Demo.entities:
    for batch in Demo().collect(entity, {}):
        seen.update(batch.rows.write_ndjson().encode())
print(seen.hexdigest())
"""


@pytest.fixture(scope="module")
def frames():
    return {entity: pl.concat(map(keyed, Demo().collect(entity, {}))) for entity in Demo.entities}


def keyed(batch):
    return batch.rows.with_columns(record_id=pl.lit(batch.scope) + pl.col("record_id"))


@pytest.fixture(scope="module")
def records(frames):
    return {entity: list(map(json.loads, frame["payload"])) for entity, frame in frames.items()}


@pytest.fixture(scope="module")
def histories():
    histories = played(7)
    grow(histories, 7)
    return histories


def moment(text):
    return datetime.fromisoformat(text)


def live(records, service, environments=("production", "production-eu")):
    found = [
        each
        for each in records["deployments"]
        if each["service"] == service
        and each["environment"] in environments
        and each.get("status") == "success"
    ]
    return sorted(found, key=lambda each: each["finished_at"])


def waiting(records, service, repository=None):
    parents = {each["sha"]: each.get("parents", "").split() for each in records["commits"]}
    carried, ahead = set(), [each["sha"] for each in live(records, service) if "sha" in each]
    while ahead:
        sha = ahead.pop()
        if sha in parents and sha not in carried:
            carried.add(sha)
            ahead += parents[sha]
    paths = {each["sha"]: each.get("paths", service) for each in records["commits"]}
    return [
        each
        for each in records["changes"]
        if each["repository"] == (repository or service)
        and each["merge_sha"] not in carried
        and (repository is None or service in paths[each["merge_sha"]])
    ]


@pytest.mark.slow
def test_the_same_seed_makes_the_same_bytes_whatever_the_hash_seed_and_the_clock_of_the_machine():
    places = [{"PYTHONHASHSEED": "1", "TZ": "UTC"}, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo"}]
    digests = [
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, **place},
            cwd=Path(__file__).parents[2],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for place in places
    ]
    own = hashlib.sha256()
    for entity in Demo.entities:
        for batch in Demo().collect(entity, {}):
            own.update(batch.rows.write_ndjson().encode())

    assert digests == [own.hexdigest() + "\n"] * 2


def test_another_seed_makes_another_history():
    first, second = (next(Demo(seed).collect("incidents", {})).rows for seed in (7, 8))

    assert not first.equals(second)


def test_another_seed_has_the_same_cast():
    rollouts = {name: len(history.rollouts) for name, history in played(3).items()}

    assert rollouts["loyalty"] == 3
    assert rollouts["returns"] < rollouts["invoicing"] < rollouts["checkout"]
    assert rollouts["web-shop"] > 1500


def test_one_service_does_not_disturb_another(histories):
    alone = Simulation(next(each for each in SERVICES if each.name == "invoicing"), 7).play()

    assert [rollout.finished_at for rollout in histories["invoicing"].rollouts] == sorted(
        rollout.finished_at for rollout in alone.rollouts
    )


def test_what_is_landed_already_is_not_yielded_again(frames):
    batch = next(Demo().collect("changes", {}))

    assert batch.is_whole
    assert batch.scope == ""
    assert list(Demo().collect("changes", {"": batch.cursor})) == []
    assert len(list(Demo(8).collect("changes", {"": batch.cursor}))) == 1


def test_it_is_small_enough_to_play_with(frames):
    assert sum(frame.height for frame in frames.values()) < 55_000


def test_frames_have_the_columns_of_a_batch(frames):
    for frame in frames.values():
        assert frame.columns == ["record_id", "updated_at", "payload"]
        assert str(frame.schema["updated_at"]) == "Datetime(time_unit='us', time_zone='UTC')"
        assert frame["record_id"].is_unique().all()
        assert frame.null_count().sum_horizontal().item() == 0


def test_every_row_has_what_its_table_requires_and_only_text(records):
    for entity, rows in records.items():
        for row in rows:
            assert REQUIRED[entity] <= row.keys()
            assert all(isinstance(value, str) and value for value in row.values())


def test_record_ids_follow_the_key_of_each_entity(frames, records):
    keys = {
        "deployments": lambda row: row["deployment_id"],
        "changes": lambda row: row["change_id"],
        "commits": lambda row: f"{row['repository']}@{row['sha']}",
        "incidents": lambda row: row["incident_id"],
        "progressive_rollouts": lambda row: row["rollout_id"],
        "analyses": lambda row: row["analysis_id"],
        "traffic_weights": lambda row: row["weight_id"],
        "agent_syncs": lambda row: row["sync_id"],
        "shadows": lambda row: row["shadow_id"],
    }
    for entity, key in keys.items():
        assert frames[entity]["record_id"].to_list() == [key(row) for row in records[entity]]


def test_times_are_whole_seconds_in_utc_and_none_is_after_the_as_of_moment(frames, records):
    for entity, rows in records.items():
        for row in rows:
            for name, value in row.items():
                if name.endswith("_at"):
                    assert (
                        datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) <= AS_OF
                    )
        assert frames[entity]["updated_at"].max() <= AS_OF


def test_nothing_reads_like_a_mail_address_and_addresses_lead_nowhere(records):
    for entity, rows in records.items():
        for row in rows:
            assert not any("@" in value for value in row.values())
            url = row.get("url", "https://git.example/")
            host = "pager" if entity == "incidents" else "git"
            host = "flags" if entity in ("flags", "flag_events") else host
            if entity not in ("progressive_rollouts", "analyses", "agent_syncs", "shadows"):
                assert url.startswith(f"https://{host}.example/") or "url" not in row
            assert url.split("/")[2].endswith(".example")


def test_authors_are_invented_handles(records):
    handles = {row["author"] for rows in records.values() for row in rows if "author" in row}

    assert all(
        handle in {"renovate[bot]", "ci-bot"} or handle.startswith("dev-") for handle in handles
    )


def test_every_parent_exists_and_is_not_younger_than_its_child(records):
    written = {(row["repository"], row["sha"]): row["committed_at"] for row in records["commits"]}
    for row in records["commits"]:
        for parent in row.get("parents", "").split():
            assert written[row["repository"], parent] <= row["committed_at"]


def test_every_repository_has_one_root(records):
    roots = Counter(row["repository"] for row in records["commits"] if "parents" not in row)

    assert set(roots) == {row["repository"] for row in records["commits"]}
    assert set(roots.values()) == {1}


def test_every_sha_is_known_but_one_deployment_of_a_commit_that_no_clone_has(records):
    known = {(row["repository"], row["sha"]) for row in records["commits"]}
    lost = [
        row
        for row in records["deployments"]
        if "sha" in row and (row["repository"], row["sha"]) not in known
    ]

    assert [row["service"] for row in lost] == ["search"]
    assert all((row["repository"], row["merge_sha"]) in known for row in records["changes"])
    reverted = [row for row in records["commits"] if "reverts" in row]
    assert all((row["repository"], row["reverts"]) in known for row in reverted)


def test_one_deployment_has_no_sha_but_a_version(records):
    bare = [row for row in records["deployments"] if "sha" not in row]

    assert [row["service"] for row in bare] == ["stock"]
    assert bare[0]["version"]


def test_times_of_changes_are_in_order_but_for_one_clock_that_runs_ahead(records):
    names = ["first_commit_at", "opened_at", "first_review_at", "approved_at", "merged_at"]
    wrong = []
    for row in records["changes"]:
        times = [row[name] for name in names if name in row]
        if times != sorted(times):
            wrong.append(row)

    assert [row["repository"] for row in wrong] == ["shipping"]
    assert wrong[0]["first_commit_at"] > wrong[0]["merged_at"]


def test_times_of_deployments_and_incidents_are_in_order(records):
    assert all(row["started_at"] < row["finished_at"] for row in records["deployments"])
    for row in records["incidents"]:
        times = [
            row[name] for name in ("started_at", "acknowledged_at", "resolved_at") if name in row
        ]
        assert times == sorted(times)


def test_a_service_has_one_deployment_at_a_time_in_an_environment(records):
    for service in {row["service"] for row in records["deployments"]}:
        for environment in ("production", "production-eu", "production-us"):
            runs = live(records, service, (environment,))
            for earlier, later in pairwise(runs):
                assert earlier["finished_at"] <= later["started_at"]


def test_a_planned_deployment_carries_the_tip_of_main_when_it_was_cut(records, histories):
    merged = defaultdict(list)
    for row in records["changes"]:
        if row["base_branch"] == "main":
            merged[row["repository"]].append((row["merged_at"], row["merge_sha"]))
    ahead = {row["sha"]: row.get("parents", "").split() for row in records["commits"]}
    for service in ("web-shop", "checkout", "invoicing"):
        pulls = sorted(merged[service])
        for rollout in histories[service].rollouts:
            if rollout.kind == "planned":
                cut = datetime.fromtimestamp(rollout.cut_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                latest = pulls[bisect_right(pulls, (cut, "~")) - 1][1]
                assert rollout.sha == latest
                assert len(ahead[latest]) == 1


def test_merge_shas_follow_the_style_of_each_repository(records):
    parents = {row["sha"]: row.get("parents", "").split() for row in records["commits"]}
    counts = defaultdict(Counter)
    for row in records["changes"]:
        counts[row["repository"]][len(parents[row["merge_sha"]])] += 1

    for repository in ("identity", "stock"):
        assert set(counts[repository]) == {2}
    # The change of the release branch never came to main.
    assert counts["payments"][1] == 1
    for repository in ("web-shop", "checkout", "storefront", "shipping", "notifications"):
        assert set(counts[repository]) == {1}


def test_the_commits_of_a_branch_precede_its_merge(records):
    by_sha = {row["sha"]: row for row in records["commits"]}
    merges = [row for row in records["changes"] if row["repository"] == "identity"]
    for row in merges:
        _, branch = by_sha[row["merge_sha"]]["parents"].split()
        assert by_sha[branch]["authored_at"] <= row["merged_at"]
        assert by_sha[branch]["author"] == row["author"]


def test_the_organisation_ships_seventy_to_a_hundred_times_in_most_weeks(records):
    weeks = Counter()
    for service in configuration()["services"]:
        for row in live(records, service["name"]):
            weeks[(AS_OF - moment(row["finished_at"])) // timedelta(days=7)] += 1
    usual = sorted(weeks.values())

    assert 75 <= usual[len(usual) // 2] <= 95
    assert usual[len(usual) // 10] >= 60
    assert usual[-len(usual) // 10] <= 110


def test_eight_to_twelve_of_a_hundred_rollouts_need_intervention(histories):
    rollouts = [
        rollout
        for history in histories.values()
        for rollout in history.rollouts
        if rollout.kind != "failed"
    ]
    repairs = [rollout for rollout in rollouts if rollout.kind in {"hotfix", "revert"}]

    assert 0.07 < sum(rollout.is_failure for rollout in rollouts) / len(rollouts) < 0.12
    assert 0.015 < len(repairs) / len(rollouts) < 0.05


def test_recovery_takes_about_an_hour(histories):
    hours = sorted(
        (incident.resolved_at - incident.rollout.finished_at) / 3600
        for history in histories.values()
        for incident in history.incidents
        if incident.rollout and incident.resolved_at
    )

    assert 0.7 < hours[len(hours) // 2] < 1.4


def test_web_shop_fails_more_lately(histories):
    def rate(rollouts):
        return sum(rollout.is_failure for rollout in rollouts) / len(rollouts)

    edge = (AS_OF - timedelta(weeks=10)).timestamp()
    rollouts = [each for each in histories["web-shop"].rollouts if each.kind == "planned"]

    assert rate([each for each in rollouts if each.finished_at > edge]) > 1.2 * rate(
        [each for each in rollouts if each.finished_at <= edge]
    )


def test_lead_time_falls_over_the_year(records):
    def hours(first, last):
        spans = sorted(
            moment(row["merged_at"]) - moment(row["first_commit_at"])
            for row in records["changes"]
            if first <= row["merged_at"][:7] <= last and "labels" not in row
        )
        return spans[3 * len(spans) // 4]

    assert hours("2026-09", "2026-11") < 0.9 * hours("2025-06", "2025-09")


def test_invoicing_is_silent_for_22_working_days_with_11_changes_waiting(records):
    last = moment(live(records, "invoicing")[-1]["finished_at"]).date()
    days = (AS_OF.date() - last).days
    silent = [last + timedelta(days=count) for count in range(1, days + 1)]

    assert sum(day.weekday() < 5 for day in silent) == 22
    assert len(waiting(records, "invoicing")) == 11


def test_stock_took_28_working_days_for_four_gaps_and_9_changes_wait(records):
    days = sorted({moment(row["finished_at"]).date() for row in live(records, "stock")})[-5:]
    span = [days[0] + timedelta(days=count) for count in range(1, (days[-1] - days[0]).days + 1)]

    assert sum(day.weekday() < 5 for day in span) == 28
    assert len(waiting(records, "stock")) == 9


def test_returns_is_dormant_for_half_a_year(records):
    assert AS_OF - moment(live(records, "returns")[-1]["finished_at"]) > timedelta(days=183)
    assert waiting(records, "returns") == []


def test_notifications_keeps_a_freeze_that_is_running_while_14_changes_wait(records):
    freeze = next(
        freeze for freeze in configuration()["calendar"]["freezes"] if "services" in freeze
    )

    assert freeze["services"] == ["notifications"]
    assert freeze["from"] < AS_OF.date().isoformat() < freeze["to"]
    assert live(records, "notifications")[-1]["finished_at"] < freeze["from"]
    assert len(waiting(records, "notifications")) == 14


def test_loyalty_is_too_new_with_three_deployments(records):
    assert len(live(records, "loyalty")) == 3
    assert len(waiting(records, "loyalty")) == 2


@pytest.mark.parametrize(
    ("service", "count"),
    [("web-shop", 6), ("checkout", 3), ("payments", 4), ("identity", 2), ("shipping", 5)],
)
def test_a_few_changes_wait_everywhere(records, service, count):
    assert len(waiting(records, service)) == count


def test_nobody_deploys_in_the_christmas_freeze(records):
    freeze = next(
        freeze for freeze in configuration()["calendar"]["freezes"] if "services" not in freeze
    )
    held = [
        row
        for row in records["deployments"]
        if freeze["from"] <= row["finished_at"][:10] <= freeze["to"]
    ]

    assert (freeze["from"], freeze["to"]) == ("2025-12-23", "2026-01-02")
    assert held == []


def test_regions_deploy_the_same_sha_minutes_apart(records):
    for service in ("checkout", "payments"):
        first = live(records, service, ("production-eu",))
        second = live(records, service, ("production-us",))
        # One version never came to the second region of payments.
        reached = {row["sha"] for row in second}
        left = {row["sha"] for row in first} - reached
        assert len(left) == (service == "payments")
        first = [row for row in first if row["sha"] in reached]
        assert [row["sha"] for row in first] == [row["sha"] for row in second]
        gaps = [
            moment(later["started_at"]) - moment(earlier["finished_at"])
            for earlier, later in zip(first, second, strict=True)
        ]
        assert timedelta(0) < min(gaps)
        assert max(gaps) < timedelta(minutes=30)


def test_staging_comes_before_production(records):
    for service in ("checkout", "payments", "identity"):
        staged = live(records, service, ("staging",))
        # A drill takes staging back, to what was in production long ago.
        tried = {row["sha"]: row for row in staged if "rolls_back_to" not in row}
        planned = [row for row in live(records, service) if row["sha"] in tried]
        assert len(planned) > 300
        assert all(tried[row["sha"]]["finished_at"] <= row["started_at"] for row in planned)


def test_rollbacks_deploy_an_earlier_version_again(records, histories):
    kinds = Counter(rollout.kind for rollout in histories["web-shop"].rollouts)
    shas = [row["sha"] for row in live(records, "web-shop")]
    back = [sha for place, sha in enumerate(shas) if sha in shas[:place] and sha != shas[place - 1]]

    assert len(back) == kinds["rollback"] > 20
    assert kinds["redeployment"] > 5
    known = {row["deployment_id"] for row in records["deployments"]}
    stated = [row["rolls_back_to"] for row in records["deployments"] if "rolls_back_to" in row]
    assert len(stated) > 20
    assert set(stated) <= known


def test_hotfixes_and_reverts_say_so(records):
    hotfixes = [row for row in records["changes"] if row["branch"].startswith("hotfix/")]
    reverts = [row for row in records["changes"] if "reverts" in row]

    assert len(hotfixes) > 50
    assert all(row["labels"] == "hotfix" for row in hotfixes)
    assert len(reverts) > 20
    assert all(row["title"].startswith('Revert "') for row in reverts)
    assert sum(row.get("subject", "").startswith('Revert "') for row in records["commits"]) > 20


def test_one_hotfix_lives_on_a_release_branch_only(records):
    aside = [row for row in records["changes"] if row["base_branch"] != "main"]
    shas = {row["merge_sha"] for row in aside}

    assert [row["repository"] for row in aside] == ["payments"]
    assert not any(shas & set(row.get("parents", "").split()) for row in records["commits"])
    carried = [row for row in records["deployments"] if row.get("sha") in shas]
    assert [row["environment"] for row in carried] == ["production-eu", "production-us"]


def test_incidents_name_deployments_in_every_way(records):
    incidents = records["incidents"]
    known = {row["deployment_id"] for row in records["deployments"]}
    explicit = [row for row in incidents if "deployment_id" in row]
    by_sha = [row for row in incidents if " since " in row["title"]]

    assert len(explicit) > 100
    assert all(row["deployment_id"] in known for row in explicit)
    assert len(by_sha) > 30
    versions = {row["version"] for row in records["deployments"]}
    assert (
        sum(any(word.rstrip(":") in versions for word in row["title"].split()) for row in incidents)
        > 30
    )
    assert sum("service" not in row for row in incidents) == 1
    assert {row["severity"] for row in incidents} == {"sev1", "sev2", "sev3", "sev4"}


def test_two_incidents_are_open(records):
    still = [row["service"] for row in records["incidents"] if "resolved_at" not in row]

    assert sorted(still) == ["shipping", "web-shop"]


def test_pipelines_fail_and_are_cancelled(records):
    statuses = Counter(row["status"] for row in records["deployments"])

    assert statuses["failure"] > 50
    assert statuses["cancelled"] > 10
    assert statuses["success"] > 8000


def test_bots_change_and_deploy(records):
    assert sum(row["author"] == "renovate[bot]" for row in records["changes"]) > 200
    assert {row["trigger"] for row in records["deployments"] if row["author"] == "ci-bot"} == {
        "automatic"
    }


def test_the_shared_repository_tells_its_services_apart_by_path(records):
    globs = {each["name"]: each["paths"] for each in configuration()["services"] if "paths" in each}
    merged = {row["merge_sha"] for row in records["changes"] if row["repository"] == "storefront"}
    owners = Counter()
    for row in records["commits"]:
        if row["sha"] in merged:
            paths = row["paths"].split(";")
            owners[tuple(n for n, g in globs.items() if any(fnmatch(p, g[0]) for p in paths))] += 1

    assert set(globs) == {"catalogue", "search"}
    assert set(owners) == {("search",), ("catalogue",), ("search", "catalogue")}
    assert owners["search", "catalogue"] == 1


def test_hostile_titles_are_recent(records):
    recent = (AS_OF - timedelta(days=14)).isoformat()
    titles = {row["title"] for row in records["changes"] if row["merged_at"] > recent}
    troubles = {row["title"] for row in records["incidents"] if row["started_at"] > recent}

    assert "<script>alert(1)</script> in title" in titles
    assert any(title.startswith("=HYPERLINK(") for title in titles)
    assert any("javascript:" in title for title in titles)
    assert any("onerror=" in title for title in troubles)


def test_commits_straight_to_main_belong_to_no_request(records):
    parents = {row["sha"]: row.get("parents", "").split() for row in records["commits"]}
    merges = {row["merge_sha"] for row in records["changes"] if row["repository"] == "stock"}
    branch = {parents[sha][1] for sha in merges}
    first = next(
        sha
        for sha in (
            row["sha"] for row in reversed(records["commits"]) if row["repository"] == "stock"
        )
        if sha in merges
    )
    straight, sha = 0, first
    while parents[sha]:
        straight += sha not in merges and sha not in branch
        sha = parents[sha][0]

    assert straight > 5


def test_it_says_what_a_configuration_needs():
    stated = configuration()

    assert len(stated["services"]) == 12
    assert len({each["team"] for each in stated["services"]}) == 4
    assert all({"name", "team", "tier", "repository"} <= each.keys() for each in stated["services"])
    assert stated["calendar"]["time_zone"] == TIME_ZONE == "Europe/Berlin"
    assert stated["calendar"]["country"] == "DE"
    assert AS_OF.isoformat() == "2026-11-23T10:40:00+00:00"
    assert SINCE.isoformat() == "2025-05-25"
    assert "demo" in ORGANISATION


def test_flags_come_in_every_kind_and_with_everything_that_can_be_wrong(records):
    kinds = {each["kind"] for each in records["flags"]}
    live = [each for each in records["flags"] if "archived_at" not in each]
    today = AS_OF.date().isoformat()
    seen = {each["flag_id"]: each.get("evaluated_at", "") for each in records["flag_states"]}

    assert kinds == {"release", "experiment", "ops", "permission"}
    assert any(each.get("removal_on", today) < today for each in live)
    assert any("team" not in each for each in live)
    assert any(each["is_stale"] == "true" and seen[each["flag_id"]] for each in live)
    assert any(not seen[each["flag_id"]] for each in live)
    archived = {each["flag_key"] for each in records["flags"] if "archived_at" in each}
    assert archived & {each["flag_key"] for each in records["flag_references"]}


def test_flags_are_raised_apart_from_deployments_by_some_and_with_them_by_others(records):
    near = Counter()
    for event in records["flag_events"]:
        if event["does"] == "raised":
            at = moment(event["happened_at"])
            gaps = [
                abs(at - moment(each["finished_at"])) < timedelta(minutes=30)
                for each in records["deployments"]
                if each["service"] == event["service"]
            ]
            near[event["service"], any(gaps)] += 1

    assert near["checkout", True] == 0
    assert near["checkout", False] >= 15
    assert near["shipping", True] >= 15


def test_some_incidents_are_flags_that_were_turned(records):
    incidents = [each for each in records["incidents"] if "resolved_at" in each]
    lowered = [each for each in records["flag_events"] if each["does"] == "lowered"]

    assert len(lowered) >= 5
    for event in lowered:
        at = event["happened_at"]
        assert any(
            each.get("service") == event["service"] and each["started_at"] <= at
            and at <= each["resolved_at"]
            for each in incidents
        )  # fmt: skip


def test_versions_are_rolled_out_in_every_way_and_some_are_aborted(records):
    rollouts = records["progressive_rollouts"]
    assert {row["strategy"] for row in rollouts} == {"canary", "blue_green", "rolling"}
    deployed = {row.get("sha") for row in records["deployments"]}
    aborted = [row for row in rollouts if row["status"] == "aborted"]
    bad = {row["service"] for row in aborted if row["sha"] not in deployed}
    good = {row["service"] for row in aborted if row["sha"] in deployed}
    assert (bad, good) == ({"checkout"}, {"payments"})
    failed = {row["rollout_id"] for row in records["analyses"] if row["verdict"] == "failed"}
    assert failed == {row["rollout_id"] for row in aborted}


def test_digests_tell_what_is_built_once_and_what_is_built_again(records):
    digests = defaultdict(set)
    for row in records["deployments"]:
        if "artifact_digest" in row:
            digests[row["service"], row["sha"]].add(row["artifact_digest"])
    most = defaultdict(int)
    for (service, _), found in digests.items():
        most[service] = max(most[service], len(found))
    assert most["checkout"] == most["payments"] == most["web-shop"] == 1
    assert most["identity"] > 1
    assert most["catalogue"] > 1
