"""Pull requests as flat payloads."""


def test_a_merged_pull_request_tells_commits_reviews_and_merge(github, shop, site):
    pull = shop.pull(
        "Baskets (ask ada@example.com)",
        branch="baskets",
        commits=["2025-03-01 15:00", "2025-03-02 16:00"],
        labels=["feature", "size/S"],
        body="For v1.2.3, see #7.",
    )
    github.at("2025-03-04 10:00")
    pull.review("changes_requested", by="bo")
    github.at("2025-03-04 12:00")
    pull.review("approved", by="linter[bot]")
    github.at("2025-03-04 13:00")
    sha = pull.merge("squash")

    site.refresh("changes")

    first, second = pull.commit_oids
    assert site.the("changes") == {
        "number": 1,
        "title": "Baskets (ask ***)",
        "author": "ada",
        "is_bot": False,
        "state": "merged",
        "is_draft": False,
        "opened_at": "2025-03-03T09:00:00Z",
        "reviews": "changes_requested@2025-03-04T10:00:00Z@bo "
        "approved@2025-03-04T12:00:00Z@linter[bot]",
        "merged_at": "2025-03-04T13:00:00Z",
        "closed_at": "2025-03-04T13:00:00Z",
        "merge_sha": sha,
        "branch": "baskets",
        "base_branch": "main",
        "is_from_fork": False,
        "labels": "feature;size/S",
        "commit_count": 2,
        "commit_shas": f"{first} {second}",
        "commit_authored_ats": "2025-03-01T15:00:00Z 2025-03-02T16:00:00Z",
        "merge_method": "squash",
        "mentions": "v1.2.3 #7",
        "url": f"{github.url}/acme/shop/pull/1",
    }


def test_the_merge_method_is_told_by_the_commit_that_it_made(github, shop, site):
    for method in ("merge", "squash", "rebase"):
        github.at("2025-03-03 09:00")
        pull = shop.pull(commits=["2025-03-01 15:00", "2025-03-02 16:00"])
        github.at("2025-03-04 09:00")
        pull.merge(method)

    site.refresh("changes")

    told = [one["merge_method"] for one in site.of("changes").values()]
    assert sorted(told) == ["merge", "rebase", "squash"]
    assert site.of("changes")["1"]["merge_method"] == "merge"


def test_a_single_commit_squashed_at_the_second_it_was_made_is_no_rebase(github, shop, site):
    shop.pull(commits=1).merge("squash")

    site.refresh("changes")

    assert site.the("changes")["merge_method"] == "squash"


def test_drafts_are_told_with_every_turn_that_they_took(github, shop, site):
    pull = shop.pull(is_draft=True)
    github.at("2025-03-03 10:00")
    pull.ready()
    github.at("2025-03-03 11:00")
    pull.draft()
    github.at("2025-03-03 12:00")
    pull.ready()

    site.refresh("changes")

    change = site.the("changes")
    assert change["is_draft"] is False
    assert change["ready_events"] == (
        "ready@2025-03-03T10:00:00Z draft@2025-03-03T11:00:00Z ready@2025-03-03T12:00:00Z"
    )


def test_more_commits_reviews_and_events_than_fit_are_paged_and_none_is_lost(github, shop, site):
    hours = [f"2025-02-{day:02d} {hour:02d}:00" for day in range(1, 11) for hour in range(13)]
    pull = shop.pull(commits=hours)
    for minute in range(60):
        github.at(f"2025-03-04 10:{minute:02d}")
        pull.review("commented", by=f"person-{minute}")
    for minute in range(30):
        github.at(f"2025-03-04 11:{minute:02d}")
        (pull.draft if minute % 2 else pull.ready)()
    pull.label(*(f"label-{number:02d}" for number in range(30)))

    site.refresh("changes")

    change = site.the("changes")
    assert change["commit_count"] == 130
    assert change["commit_shas"].split() == pull.commit_oids
    assert len(change["commit_authored_ats"].split()) == 130
    assert len(set(change["reviews"].split())) == 60
    assert len(set(change["ready_events"].split())) == 30
    assert len(set(change["labels"].split(";"))) == 30
    assert github.count("Changes") == 1
    assert github.count("MoreOfChange") == 2


def test_bots_are_told_as_bots_and_accounts_that_are_gone_have_no_name(github, shop, site):
    shop.pull(author="dependabot[bot]")
    shop.pull(author=None).review("approved", by=None)

    site.refresh("changes")

    bot, ghost = site.of("changes")["1"], site.of("changes")["2"]
    assert (bot["author"], bot["is_bot"]) == ("dependabot[bot]", True)
    assert "author" not in ghost
    assert ghost["is_bot"] is False
    assert ghost["reviews"] == "approved@2025-03-03T09:00:00Z@ghost"


def test_a_review_that_is_not_submitted_is_none(shop, site):
    shop.pull().review("pending")

    site.refresh("changes")

    assert "reviews" not in site.the("changes")


def test_pull_requests_from_forks_and_into_intermediate_branches_say_so(shop, site):
    shop.pull(is_from_fork=True, branch="patch-1")
    shop.pull(branch="top", base="stack/bottom")

    site.refresh("changes")

    fork, stacked = site.of("changes")["1"], site.of("changes")["2"]
    assert (fork["is_from_fork"], fork["branch"]) == (True, "patch-1")
    assert (stacked["is_from_fork"], stacked["base_branch"]) == (False, "stack/bottom")


def test_a_merge_queue_lands_as_the_merge_that_it_makes(github, shop, site):
    pull = shop.pull()
    github.at("2025-03-03 10:00")
    pull.enqueue()
    site.refresh("changes")
    assert site.the("changes")["state"] == "open"
    assert "merge_sha" not in site.the("changes")

    github.at("2025-03-03 10:30")
    sha = pull.merge("squash")
    site.refresh("changes")

    assert (site.the("changes")["state"], site.the("changes")["merge_sha"]) == ("merged", sha)


def test_closed_and_reopened_and_closed_again_ends_as_what_it_is_now(github, shop, site):
    pull = shop.pull()
    pull.close()
    site.refresh("changes")
    assert (site.the("changes")["state"], site.the("changes")["closed_at"]) == (
        "closed",
        "2025-03-03T09:00:00Z",
    )

    github.at("2025-03-05 10:00")
    pull.reopen()
    site.refresh("changes")

    assert site.the("changes")["state"] == "open"
    assert "closed_at" not in site.the("changes")


def test_a_pull_request_edited_after_its_merge_is_told_again(github, shop, site):
    pull = shop.pull("Baskets")
    pull.merge()
    site.refresh("changes")

    github.at("2025-03-20 10:00")
    pull.label("hotfix")
    site.refresh("changes")

    assert site.the("changes")["labels"] == "hotfix"


def test_reverts_are_found_in_words_and_in_the_branch(shop, site):
    sha = "0123abc" + "4" * 33
    shop.pull("Revert", body=f"This reverts commit {sha}.")
    shop.pull("Revert", body="Reverts acme/shop#1")
    shop.pull("Undo", branch="revert-2-change-2", body="")

    site.refresh("changes")

    found = site.of("changes")
    assert found["1"]["reverts"] == sha
    assert found["2"]["reverts_numbers"] == "1"
    assert found["3"]["reverts_numbers"] == "2"


def test_what_is_older_than_the_first_day_is_left_out(github, shop, site):
    github.at("2023-12-31 09:00")
    shop.pull("Old").merge()
    github.at("2025-03-03 09:00")
    shop.pull("New").merge()

    site.refresh("changes")

    assert list(site.of("changes")) == ["2"]


def test_a_force_push_replaces_the_commits_and_a_deleted_branch_keeps_its_name(github, shop, site):
    pull = shop.pull(branch="baskets", commits=2)
    site.refresh("changes")

    github.at("2025-03-05 10:00")
    (only,) = pull.force_push("2025-03-05 09:00")
    pull.merge("squash")
    shop.push("baskets", None)
    site.refresh("changes")

    change = site.the("changes")
    assert (change["commit_count"], change["commit_shas"]) == (1, only)
    assert change["branch"] == "baskets"
