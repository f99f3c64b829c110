"""Releases as flat payloads, drafts and old lines included."""


def test_a_release_tells_its_tag_and_the_commit_behind_it(github, shop, site):
    sha = shop.commit("Ready")
    release = shop.release("v1.2.3", name="Spring", is_pre_release=True)

    site.refresh("releases")

    assert list(site.of("releases")) == [str(release.database_id)]
    assert site.the("releases") == {
        "tag": "v1.2.3",
        "name": "Spring",
        "sha": sha,
        "is_draft": False,
        "is_pre_release": True,
        "author": "ada",
        "is_bot": False,
        "created_at": "2025-03-03T09:00:00Z",
        "published_at": "2025-03-03T09:00:00Z",
        "url": f"{github.url}/acme/shop/releases/tag/v1.2.3",
    }


def test_a_draft_is_asked_for_again_until_it_is_published(github, shop, site):
    draft = shop.release("v2.0.0", is_draft=True)
    github.at("2025-03-04 09:00")
    for number in range(4):
        shop.commit()
        shop.release(f"v1.{number}.0")
    site.refresh("releases")
    assert site.of("releases")[str(draft.database_id)]["is_draft"] is True

    github.at("2025-03-10 09:00")
    draft.publish()
    site.refresh("releases")

    told = site.of("releases")[str(draft.database_id)]
    assert (told["is_draft"], told["published_at"]) == (False, "2025-03-10T09:00:00Z")


def test_a_release_of_an_older_commit_is_seen_though_it_is_not_the_newest(github, shop, site):
    old = shop.commit("Line 1")
    github.at("2025-03-20 09:00")
    shop.commit("Line 2")
    for number in range(4):
        shop.release(f"v2.{number}.0")
    github.at("2025-03-21 09:00")
    site.refresh("releases")

    shop.release("v1.0.1", sha=old)
    site.refresh("releases")

    assert "v1.0.1" in {one["tag"] for one in site.of("releases").values()}


def test_without_a_new_release_nothing_is_asked(github, shop, site):
    shop.release("v1.0.0")
    github.at("2025-03-04 09:00")
    site.refresh("releases")
    github.calls.clear()

    site.refresh("releases")

    assert github.count("Releases") == 0
