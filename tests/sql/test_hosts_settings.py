"""Settings of a host: traced to a merged, reviewed change, or not, or nobody knows."""

import pytest

from tests.sql.hosts import CodeHost, organisation, sha, words
from tests.support import rows

HUB = CodeHost()
SERVICES = [{"name": "shop", "repository": "acme/shop"}, {"name": "web", "repository": "acme/web"}]


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    with organisation(tmp_path_factory.mktemp("settings"), HUB, services=SERVICES) as found:
        yield found


def setting(scope, kind, name, at, action="changed", **more):
    HUB.tell(
        "settings", scope, f"{kind}/{name}@{at}", kind=kind, name=name, action=action,
        changed_at=at, **more,
    )  # fmt: skip


for scope in ("acme/shop", "acme/web"):
    HUB.repository(scope)
HUB.commit("acme/shop", "root", "1 08:00")
HUB.commit("acme/shop", "reviewed", "2 09:00", "root", paths=[".github/workflows/ci.yml"])
HUB.commit("acme/shop", "alone", "3 09:00", "reviewed", paths=[".gitlab-ci.yml"])
HUB.commit("acme/shop", "code", "4 09:00", "alone", paths=["src/main.py"])
HUB.head("acme/shop", "code")
for number, (name, at, reviews) in enumerate(
    [
        ("reviewed", "2 09:00", words("approved 2 08:30 bob")),
        ("alone", "3 09:00", ""),
        ("code", "4 09:00", words("approved 4 08:30 bob")),
    ]
):
    fields = {"opened_at": f"{at[0]} 08:00", "merged_at": at, "merge_sha": sha(name)}
    HUB.change("acme/shop", number, reviews=reviews, **fields)
# An hour after the merge is not its doing any more; its own moment is.
setting("acme/shop", "secret", "AT_ONCE", "2 09:00")
setting("acme/shop", "secret", "WITHIN", "2 09:59")
setting("acme/shop", "secret", "AFTER", "2 10:00")
setting("acme/shop", "environment", "production", "3 09:10")
setting("acme/shop", "variable", "CODE", "4 09:10")
# What is dated by the look that saw it may have been before the merge.
setting("acme/shop", "variable", "SEEN", "2 09:30", "made", is_sampled=True, unchanged_at="1 09:00")
setting("acme/shop", "environment_secret", "KEY in eu", "2 09:40", "removed", is_sampled=True)
setting("acme/shop", "bypass", "main", "2 09:10", "bypassed", sha=sha("alone"))
setting("acme/shop", "secret", "LATER", "28 09:00")
setting("acme/web", "ruleset", "main", "2 09:10")
for kind in ("secret", "organisation_secret"):
    HUB.tell("settings", "acme/web", kind, kind=kind, action="hidden")
HUB.tell("settings", "acme/web", "variable", kind="variable", action="seen")


def test_each_setting_is_traced_to_what_was_merged_within_the_hour_before(con):
    found = rows(
        con,
        "select what, thing, is_reviewed from marts.architecture_recovery_path "
        "where service = 'shop' and thing in ('setting', 'bypass') order by happened_at, what",
    )

    assert found == [
        ("secret AT_ONCE changed", "setting", "yes"),
        ("main", "bypass", "no"),
        ("variable SEEN made, first seen then", "setting", "unknown"),
        ("environment secret KEY in eu removed, first seen then", "setting", "unknown"),
        ("secret WITHIN changed", "setting", "yes"),
        ("secret AFTER changed", "setting", "no"),
        ("environment production changed", "setting", "no"),
        ("variable CODE changed", "setting", "no"),
    ]


def test_what_has_no_time_lies_between_two_looks(con):
    found = rows(
        con,
        "select name, extract('day' from unchanged_at) from facts.setting_changes "
        "where is_sampled order by name",
    )

    assert found == [("KEY in eu", None), ("SEEN", 1)]


def test_without_records_of_changes_and_without_sight_nothing_is_known(con):
    found = rows(
        con,
        "select thing, what, is_reviewed from marts.architecture_recovery_path "
        "where service = 'web' order by thing",
    )

    assert found == [
        ("hidden_settings", "organisation secret, secret", "unknown"),
        ("setting", "ruleset main changed", "unknown"),
    ]
