"""Merge requests as they land."""

from tests.connectors.gitlab.collecting import collect
from tests.hosts.gitlab_state import sha, stamp, user


def changes(gitlab, **told):
    landed = collect(gitlab, entities=("changes",), **told)
    assert landed.failures == []
    return landed.of("changes")


def test_a_merged_request_lands_with_all_that_is_known_of_it(gitlab, shop):
    gitlab.state.at("2025-03-01 10:00")
    opened = shop.merge_request(
        "Add a till", commits=2, labels=["till", "new"], description="Fixes #7, see v1.2.3"
    )
    gitlab.state.at("2025-03-01 11:00")
    shop.note(opened, "why?", by="bea")
    gitlab.state.at("2025-03-01 12:00")
    shop.note(opened, "approved this merge request", by="bea", system=True)
    gitlab.state.at("2025-03-01 13:00")
    shop.merge(opened)

    assert changes(gitlab)["1"] == {
        "number": 1,
        "title": "Add a till",
        "author": "ann",
        "is_bot": False,
        "state": "merged",
        "is_draft": False,
        "opened_at": "2025-03-01T10:00:00Z",
        "reviews": "commented@2025-03-01T11:00:00Z@bea approved@2025-03-01T12:00:00Z@bea",
        "merged_at": "2025-03-01T13:00:00Z",
        "merge_sha": sha("merge", opened["id"]),
        "branch": "feature-1",
        "base_branch": "main",
        "is_from_fork": False,
        "labels": "till;new",
        "commit_count": 2,
        "commit_shas": f"{sha(1, 1, 0)} {sha(1, 1, 1)}",
        "commit_authored_ats": "2025-03-01T09:00:00Z 2025-03-01T09:01:00Z",
        "merge_method": "merge",
        "mentions": "#7 v1.2.3",
        "url": f"{gitlab.url}/acme/shop/-/merge_requests/1",
    }


def test_the_merge_sha_is_the_commit_on_the_target_branch_however_it_was_merged(gitlab, shop):
    for how in ("merge", "squash and merge", "squash", "fast-forward"):
        shop.merge(shop.merge_request(how), how)

    told = {
        one["title"]: (one["merge_method"], one["merge_sha"]) for one in changes(gitlab).values()
    }

    ids = {one["title"]: one["id"] for one in shop.merge_requests}
    assert told == {
        "merge": ("merge", sha("merge", ids["merge"])),
        "squash and merge": ("squash", sha("merge", ids["squash and merge"])),
        "squash": ("squash", sha("squash", ids["squash"])),
        "fast-forward": ("rebase", sha(shop.id, 4, 0)),
    }


def test_an_open_or_closed_request_has_no_merge_sha(gitlab, shop):
    shop.merge_request("open")
    closed = shop.merge_request("closed")
    shop.touch(closed, state="closed", closed_at=stamp(gitlab.state.now))
    shop.merge_request("being merged", state="locked")

    told = changes(gitlab)

    assert [told[number]["state"] for number in ("1", "2", "3")] == ["open", "closed", "open"]
    assert all("merge_sha" not in one and "merge_method" not in one for one in told.values())
    assert told["2"]["closed_at"] == "2025-03-01T10:00:00Z"


def test_drafts_tell_when_they_became_ready(gitlab, shop):
    opened = shop.merge_request("Draft: till", draft=True)
    gitlab.state.wait(hours=1)
    shop.note(opened, "marked this merge request as **ready**", by="ann", system=True)
    gitlab.state.wait(hours=1)
    shop.note(opened, "marked this merge request as **draft**", by="ann", system=True)
    old = shop.merge_request("WIP: shelf")
    gitlab.state.wait(hours=1)
    shop.note(old, "unmarked as a **Work In Progress**", by="ann", system=True)

    told = changes(gitlab)

    assert told["1"]["ready_events"] == "ready@2025-03-01T11:00:00Z draft@2025-03-01T12:00:00Z"
    assert told["1"]["is_draft"] is True
    assert told["2"]["ready_events"] == "ready@2025-03-01T13:00:00Z"
    assert "reviews" not in told["1"]


def test_what_a_person_writes_is_never_taken_for_gitlabs_own_note(gitlab, shop):
    opened = shop.merge_request()
    shop.note(opened, "approved this merge request", by="bea")

    assert changes(gitlab)["1"]["reviews"] == "commented@2025-03-01T10:00:00Z@bea"


def test_approvals_taken_back_and_requested_changes_are_told(gitlab, shop):
    opened = shop.merge_request()
    for text in ("approved", "unapproved"):
        gitlab.state.wait(minutes=1)
        shop.note(opened, f"{text} this merge request", by="bea", system=True)
    gitlab.state.wait(minutes=1)
    shop.note(opened, "requested changes", by="cy", system=True)

    assert changes(gitlab)["1"]["reviews"].split() == [
        "approved@2025-03-01T10:01:00Z@bea",
        "dismissed@2025-03-01T10:02:00Z@bea",
        "changes_requested@2025-03-01T10:03:00Z@cy",
    ]


def test_bots_are_told_as_gitlab_says_or_by_their_tokens_names(gitlab, shop):
    gitlab.state.bots |= {"duo"}
    opened = shop.merge_request(by="project_12_bot_0a1b2c")
    shop.note(opened, "nice", by="duo")
    shop.note(opened, "fine", by="group_3_bot1")
    shop.note(opened, "good", by="robot")

    told = changes(gitlab)["1"]

    assert told["is_bot"] is True
    who = [review.rpartition("@")[2] for review in told["reviews"].split()]
    assert who == ["duo[bot]", "group_3_bot1[bot]", "robot"]


def test_requests_from_forks_are_marked(gitlab, shop):
    shop.merge_request(source_project_id=77)
    shop.merge_request(source_project_id=None)

    assert [one["is_from_fork"] for one in changes(gitlab).values()] == [True, True]


def test_reverts_are_found_in_the_description(gitlab, shop):
    undone = "0123456789abcdef0123456789abcdef01234567"
    shop.merge_request(
        'Revert "Add a till"',
        description=f"This reverts merge request !12\n\nThis reverts commit {undone}",
    )

    told = changes(gitlab)["1"]

    assert (told["reverts"], told["reverts_numbers"]) == (undone, "12")


def test_many_commits_and_notes_are_read_to_the_last(gitlab, shop):
    opened = shop.merge_request(commits=230)
    for number in range(250):
        shop.note(opened, "hm", by=f"user{number}")

    told = changes(gitlab)["1"]

    assert told["commit_count"] == 230
    assert told["commit_shas"].split() == [sha(shop.id, 1, place) for place in range(230)]
    assert len(told["commit_authored_ats"].split()) == 230
    assert len(told["reviews"].split()) == 250


def test_commits_without_a_time_leave_the_times_out(gitlab, shop):
    opened = shop.merge_request(commits=2)
    opened["_commits"][0]["authoredDate"] = None

    told = changes(gitlab)["1"]

    assert len(told["commit_shas"].split()) == 2
    assert "commit_authored_ats" not in told


def test_addresses_and_bodies_do_not_land(gitlab, shop):
    shop.merge_request("Ask ann@example.com", description="secret words to bea@example.com")

    told = str(changes(gitlab))

    assert "example.com" not in told
    assert "secret" not in told


def test_what_is_too_much_at_once_is_asked_for_in_parts(gitlab, shop):
    for _ in range(30):
        shop.merge_request()
    gitlab.too_many = 10

    assert len(changes(gitlab)) == 30
    # 30 and 15 are too many, 7 are not: four times, and the last two.
    asked = [call.status for call in gitlab.calls if call.operation == "Changes"]
    assert asked == [503, 503, 200, 200, 200, 200, 200]


def test_a_change_edited_after_its_merge_lands_again(gitlab, shop):
    opened = shop.merge_request("Add a till")
    shop.merge(opened)
    landed = collect(gitlab, entities=("changes",))
    gitlab.state.wait(days=2)
    shop.touch(opened, labels=["late"])

    collect(gitlab, landed, entities=("changes",))

    assert landed.of("changes")["1"]["labels"] == "late"


def test_a_closed_request_that_is_opened_again_is_open(gitlab, shop):
    opened = shop.merge_request()
    shop.touch(opened, state="closed", closed_at=stamp(gitlab.state.now))
    landed = collect(gitlab, entities=("changes",))
    gitlab.state.wait(days=1)
    shop.touch(opened, state="opened", closed_at=None)

    collect(gitlab, landed, entities=("changes",))

    assert landed.of("changes")["1"]["state"] == "open"
    assert "closed_at" not in landed.of("changes")["1"]


def test_a_stacked_request_keeps_the_branch_that_it_was_merged_into(gitlab, shop):
    shop.merge(shop.merge_request(target_branch="feature-9", author=user("bea")))

    assert changes(gitlab)["1"]["base_branch"] == "feature-9"
