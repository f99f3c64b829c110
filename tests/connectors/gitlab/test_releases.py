"""Releases as they land."""

from tests.connectors.gitlab.collecting import collect
from tests.hosts.gitlab_state import sha


def releases(gitlab, landed=None, **told):
    landed = collect(gitlab, landed, entities=("repositories", "releases"), **told)
    assert landed.failures == []
    return landed.of("releases")


def test_a_release_lands_under_its_tag(gitlab, shop):
    shop.release("v1.0", name="First", released_at="2025-03-02T09:00:00.000+02:00")

    assert releases(gitlab) == {
        "v1.0": {
            "tag": "v1.0",
            "name": "First",
            "sha": sha("tag", "v1.0"),
            "is_draft": False,
            "is_pre_release": False,
            "author": "ann",
            "is_bot": False,
            "created_at": "2025-03-01T10:00:00Z",
            "published_at": "2025-03-02T07:00:00Z",
            "url": f"{gitlab.url}/acme/shop/-/releases/v1.0",
        }
    }


def test_an_announced_release_does_not_hide_later_ones(gitlab, shop):
    shop.release("v2.0", released_at="2030-01-01T00:00:00.000Z")
    landed = collect(gitlab, entities=("repositories", "releases"))
    gitlab.state.wait(days=1)
    shop.release("v1.1")

    assert sorted(releases(gitlab, landed)) == ["v1.1", "v2.0"]


def test_releases_are_read_to_the_last(gitlab, shop):
    for number in range(230):
        gitlab.state.wait(hours=1)
        shop.release(f"v1.{number}")

    assert len(releases(gitlab)) == 230
