"""When workflow runs ended, by the last of their jobs; and which changed since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.github import queries
from connectors.github.answering import Answer
from connectors.github.answers import Node, check, database_id, nodes, time
from connectors.github.client import Client
from connectors.github.troubles import Broken
from connectors.hosts.api import Repository
from connectors.hosts.walking import parsed, stamp

AT_ONCE = 100


@dataclass(slots=True)
class Ends:
    """Asks for the runs of one repository, a hundred at once where the token may."""

    client: Client
    repository: Repository
    is_one_by_one: bool = field(default=False, init=False)

    def of(self, runs: Sequence[Node]) -> dict[str, str | None]:
        """Return the latest end of each run's jobs, by the run's node id."""
        found: dict[str, str | None] = {}
        for start in range(0, len(runs), AT_ONCE):
            some = runs[start : start + AT_ONCE]
            if not self.is_one_by_one:
                found |= self._together([run["node_id"] for run in some])
            # Fine-grained tokens may read jobs, but not the checks that tell of them all at once.
            for run in some:
                if run["node_id"] not in found:
                    found[run["node_id"]] = self._alone(run)
        return found

    def changed(self, known: Mapping[str, str]) -> dict[str, str | None]:
        """Return the numbers of runs that were updated since; null for those that are gone."""
        changed: dict[str, str | None] = {}
        ids = list(known)
        for start in range(0, len(ids), AT_ONCE):
            asked = ids[start : start + AT_ONCE]
            answer = self._nodes(queries.RUNS_AGAIN, asked)
            for id in asked:
                run = answer.get(id)
                if run is None:
                    changed[id] = None
                elif time(run["updatedAt"]) != time(known[id]):
                    changed[id] = database_id(run)
        return changed

    def _together(self, ids: Sequence[str]) -> dict[str, str | None]:
        answer = self._nodes(queries.RUN_ENDS, ids)
        self.is_one_by_one = not answer
        found = {}
        for id, run in answer.items():
            jobs = (run["checkSuite"] or {}).get("checkRuns")
            if jobs and jobs["totalCount"] <= len(jobs["nodes"]):
                found[id] = latest(job["completedAt"] for job in nodes(jobs))
        return found

    def _nodes(self, document: str, ids: Sequence[str]) -> dict[str, Node]:
        """Return the nodes that may be seen, by id."""

        def read(answer: Answer) -> dict[str, Node]:
            unknown = [
                error
                for error in answer.errors
                if error.get("type") not in {"NOT_FOUND", "FORBIDDEN"}
            ]
            if unknown:
                raise self.client.refused(unknown, self._said)
            found = {node["id"]: node for node in answer.data["nodes"] if node}
            for node in found.values():
                if suite := node.get("checkSuite"):
                    check(suite["repository"]["databaseId"], self.repository)
            if not set(found) <= set(ids):
                raise Broken("it answered with other runs")
            return found

        return self.client.graphql(document, {"ids": [*ids]}, self._said, self._owner, read)

    def _alone(self, run: Node) -> str | None:
        path = f"/repos/{self.repository.full_name}/actions/runs/{run['id']}/jobs"
        ended: list[str | None] = []
        page: int | None = 1
        while page:
            parameters = {"per_page": 100, "page": page}

            def read(answer: Answer) -> tuple[list[Any], bool]:
                jobs = (answer.data or {"jobs": []})["jobs"]
                if any(job["run_id"] != run["id"] for job in jobs):
                    raise Broken("it answered with another run's jobs")
                return jobs, bool(jobs) and 'rel="next"' in answer.headers.get("link", "")

            jobs, is_more = self.client.rest(
                path, parameters, self._said, self._owner, read, missing={404}
            )
            ended += [job["completed_at"] for job in jobs]
            page = page + 1 if is_more else None
        return latest(ended)

    @property
    def _owner(self) -> str:
        return self.repository.full_name.partition("/")[0]

    @property
    def _said(self) -> str:
        return f"jobs of workflow runs of {self.repository.full_name}"


def latest(times: Iterable[str | None]) -> str | None:
    """Return the latest of some times, as payloads have it."""
    moments = [moment for text in times if (moment := parsed(text))]
    return stamp(max(moments)) if moments else None
