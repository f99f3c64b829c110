"""The first deployment of every commit, against git itself and against plain sets."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.analysis.first_deployments import Graph, first_carriers, main_line

Parents = list[list[int]]


@st.composite
def histories(draw: st.DrawFn, most: int = 25) -> Parents:
    """Draw commits in any topology: each has none to four parents among the earlier ones."""
    parents: Parents = []
    for commit in range(draw(st.integers(1, most))):
        width = draw(st.sampled_from([1, 1, 1, 1, 1, 2, 2, 0, 3, 4]))
        earlier = st.integers(max(0, commit - 6), commit - 1) if commit else st.nothing()
        wanted = min(width, commit, 6)
        parents.append(draw(st.lists(earlier, min_size=wanted, max_size=wanted, unique=True)))
    return parents


@st.composite
def deployed(draw: st.DrawFn, most: int = 25) -> tuple[Parents, list[int]]:
    """Draw a history and what was deployed of it in turn: -1 for a commit nobody knows.

    Nothing holds the order back, so there are rollbacks, redeployments, deployments of an older
    commit after a newer one, and of commits that no branch leads to.
    """
    parents = draw(histories(most))
    return parents, draw(st.lists(st.integers(-1, len(parents) - 1), max_size=12))


@given(deployed(most=60))
@settings(max_examples=400, deadline=None)
def test_a_commit_belongs_to_the_first_deployment_that_reaches_it(
    case: tuple[Parents, list[int]],
) -> None:
    parents, tips = case

    assert first_carriers(Graph.of_parents(parents), tips).tolist() == by_sets(parents, tips)


@given(deployed(most=40), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_numbers_that_commits_get_do_not_matter(
    case: tuple[Parents, list[int]], chance: np.random.RandomState
) -> None:
    parents, tips = case
    places = list(range(len(parents)))
    chance.shuffle(places)
    moved: Parents = [[] for _ in parents]
    for commit, found in enumerate(parents):
        moved[places[commit]] = [places[parent] for parent in found]

    answer = first_carriers(
        Graph.of_parents(moved), [places[tip] if tip >= 0 else -1 for tip in tips]
    )

    assert [int(answer[place]) for place in places] == by_sets(parents, tips)


@given(case=deployed())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_git_rev_list_says_the_same(
    case: tuple[Parents, list[int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    parents, tips = case
    repository = tmp_path_factory.mktemp("history")
    shas = built(repository, parents)

    answer = first_carriers(Graph.of_parents(parents), tips)

    earlier: list[str] = []
    for position, tip in enumerate(tips):
        new = git(
            repository,
            "rev-list",
            "--stdin",
            stdin=listed([shas[tip]], earlier) if tip >= 0 else "",
        )
        assert {shas[commit] for commit in np.flatnonzero(answer == position)} == set(new.split())
        earlier += [shas[tip]] if tip >= 0 else []


@given(histories())
@settings(max_examples=15, deadline=None)
def test_the_main_line_is_the_chain_of_first_parents(
    tmp_path_factory: pytest.TempPathFactory, parents: Parents
) -> None:
    repository = tmp_path_factory.mktemp("main-line")
    shas = built(repository, parents)
    head = len(parents) - 1

    line = main_line(Graph.of_parents(parents), head)

    said = git(repository, "rev-list", "--first-parent", "--reverse", shas[head]).split()
    assert [shas[commit] for commit in line] == said


def test_nothing_deployed_carries_nothing() -> None:
    assert first_carriers(Graph.of_parents([[], [0]]), []).tolist() == [-1, -1]


def test_no_commits_have_no_first_deployment() -> None:
    assert first_carriers(Graph.of_parents([]), [-1]).tolist() == []


def test_a_squash_merge_carries_only_itself_and_what_it_stands_on() -> None:
    main, topic, squashed = 0, 1, 2
    graph = Graph.of_parents([[], [main], [main]])

    carriers = first_carriers(graph, [main, squashed])

    assert carriers[squashed] == 1
    assert carriers[topic] == -1


def test_a_rollback_and_a_redeployment_carry_nothing_new() -> None:
    carriers = first_carriers(Graph.of_parents([[], [0], [1]]), [0, 1, 0, 1, 2])

    assert carriers.tolist() == [0, 1, 4]


def test_a_deployment_out_of_order_carries_only_what_is_left() -> None:
    carriers = first_carriers(Graph.of_parents([[], [0], [1], [2]]), [2, 1, 3])

    assert carriers.tolist() == [0, 0, 0, 2]


def test_an_unknown_commit_carries_nothing_and_stops_nothing() -> None:
    carriers = first_carriers(Graph.of_parents([[], [0]]), [-1, 1, -1])

    assert carriers.tolist() == [1, 1]


def test_a_parent_that_the_clone_lacks_ends_the_walk() -> None:
    graph = Graph.of_parents([[-1], [-1, 0], [0, -1]])

    assert first_carriers(graph, [1, 2]).tolist() == [0, 0, 1]
    assert main_line(graph, 1) == [1]
    assert main_line(graph, 2) == [0, 2]


def test_the_commit_that_landed_a_topic_is_its_merge() -> None:
    # 0 - 1 ----- 4 - 5, with 2 and 3 beside, merged in 4.
    graph = Graph.of_parents([[], [0], [0], [2], [1, 3], [4]])

    line = main_line(graph, 5)
    landed = [line[position] for position in first_carriers(graph, line)]

    assert line == [0, 1, 4, 5]
    assert landed == [0, 1, 4, 4, 4, 5]


def test_edges_of_any_integer_type_make_the_same_graph() -> None:
    children, parents = [1, 2, 3, 3, 3], [0, 0, 1, 2, -1]

    graph = Graph.of_edges(np.array(children, np.int32), np.array(parents, np.int32), 4)

    assert graph == Graph.of_parents([[], [0], [0], [1, 2, -1]])


def test_a_history_longer_than_any_stack_is_walked() -> None:
    count = 200_000
    graph = Graph.of_edges(np.arange(1, count), np.arange(count - 1), count)

    assert set(first_carriers(graph, [count - 1]).tolist()) == {0}
    assert len(main_line(graph, count - 1)) == count


def by_sets(parents: Parents, tips: Sequence[int]) -> list[int]:
    """Say the rule in the slowest, plainest way."""
    carried: set[int] = set()
    answer = [-1] * len(parents)
    for position, tip in enumerate(tips):
        reached = ancestors(parents, tip) if tip >= 0 else set()
        for commit in reached - carried:
            answer[commit] = position
        carried |= reached
    return answer


def ancestors(parents: Parents, tip: int) -> set[int]:
    """Return ``tip`` and all that leads to it."""
    found = {tip}
    for commit in range(tip, -1, -1):
        if commit in found:
            found.update(parents[commit])
    return found


def listed(wanted: Sequence[str], unwanted: Sequence[str]) -> str:
    """Return revisions as git reads them from stdin."""
    return "".join([f"{sha}\n" for sha in wanted] + [f"^{sha}\n" for sha in unwanted])


def built(repository: Path, parents: Parents) -> list[str]:
    """Make the history with git and return the shas; no branch leads to most of them."""
    git(repository, "init", "--quiet", "--bare", ".")
    lines = []
    for commit, found in enumerate(parents):
        lines += ["commit refs/heads/all", f"mark :{commit + 1}"]
        lines += [f"committer A <someone@example.invalid> {1_700_000_000 + commit * 60} +0000"]
        lines += [f"data {len(str(commit))}", str(commit)]
        lines += ["from " + (f":{found[0] + 1}" if found else "0" * 40)]
        lines += [f"merge :{parent + 1}" for parent in found[1:]]
    marks = repository / "marks"
    importing = ("fast-import", "--quiet", "--force", f"--export-marks={marks}")
    git(repository, *importing, stdin="\n".join(lines) + "\n")
    shas = dict(line.split() for line in marks.read_text().splitlines())
    return [shas[f":{commit + 1}"] for commit in range(len(parents))]


def git(repository: Path, *arguments: str, stdin: str = "") -> str:
    """Run git in ``repository`` and return what it prints."""
    return subprocess.run(
        ["git", "-C", str(repository), *arguments],
        input=stdin,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
