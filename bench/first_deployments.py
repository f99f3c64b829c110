"""How fast the first deployment of every commit is found: a million commits, 10,000 deployments."""

import json
import time

import numpy as np
from numpy.typing import NDArray

from pipelines.analysis.differences import Differences
from pipelines.analysis.first_deployments import Graph, first_carriers

COMMITS = 1_000_000
DEPLOYMENTS = 10_000


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(measure(), indent=2))


def measure(
    commits: int = COMMITS, deployments: int = DEPLOYMENTS, rounds: int = 3
) -> dict[str, float]:
    """Time the walk from edge arrays, as the database gives them, to the answer; best of rounds."""
    children, parents = history(commits)
    tips = np.sort(np.random.default_rng(7).integers(0, commits, deployments)).tolist()
    # One in twenty goes back to an earlier commit.
    tips[20::20] = tips[10:-10:20][: len(tips[20::20])]
    best, building, listing = float("inf"), float("inf"), float("inf")
    for _ in range(rounds):
        begun = time.perf_counter()
        graph = Graph.of_edges(children, parents, commits)
        built = time.perf_counter()
        carriers = first_carriers(graph, tips)
        ended = time.perf_counter()
        Differences(graph).listed(tips, has_lost=True)
        listing = min(listing, time.perf_counter() - ended)
        best, building = min(best, ended - begun), min(building, built - begun)
    return {
        "commits": commits,
        "deployments": deployments,
        "seconds": round(best, 3),
        "of_which_building_the_graph": round(building, 3),
        "with_what_was_taken_back": round(building + listing, 3),
        "deployed_commits": int((carriers >= 0).sum()),
    }


def history(commits: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return edges, by child, of a main line with a topic branch merged every tenth commit."""
    edges = []
    topic = -1
    for commit in range(1, commits):
        place = commit % 10
        if place == 6:
            topic, parent = commit, commit - 5
        elif place == 7:
            topic, parent = commit, topic
        elif place == 8:
            parent = commit - 3
        else:
            parent = commit - 1
        edges.append((commit, max(parent, 0)))
        if place == 0:
            edges.append((commit, topic))
    children, parents = np.array(edges, dtype=np.int64).T
    return np.ascontiguousarray(children), np.ascontiguousarray(parents)


if __name__ == "__main__":
    main()
