"""From one deployment, change or incident to what it counts in and why, and to what was landed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from connectors.mentions import MASK
from pipelines import counting, counting_deployments, payloads
from pipelines.counting import rows
from pipelines.errors import DrumbeatError
from pipelines.forgotten import Forgotten
from pipelines.printing import aligned, printable, told

Row = dict[str, Any]
SHOWN = 20
COMMIT = 40
TABLES: Mapping[str, tuple[str, str, str]] = {
    "deployment": ("facts.deployments", "deployment_id", "finished_at"),
    "change": ("facts.changes", "change_id", "merged_at"),
    "incident": ("facts.incidents", "incident_id", "started_at"),
}
"""What can be traced: its table, its id, and the time by which several are told apart."""
ENTITIES: Mapping[str, tuple[str, ...]] = {
    "deployment": ("deployments", "runs", "releases", "tags", "events"),
    "change": ("changes", "commits", "events"),
    "incident": ("incidents", "issues", "events"),
}
COUNTED: Mapping[str, Callable[[duckdb.DuckDBPyConnection, str, list[Row]], counting.Found]] = {
    "deployment": counting_deployments.deployment,
    "change": counting.change,
    "incident": counting.incident,
}
MATCHES = """
select distinct {id} as id from {table}
where {id} = $1 or starts_with({id}, $1) or url = $1
    or ends_with({id}, concat('/', $1)) or ends_with({id}, concat('#', $1))
    or ends_with({id}, concat('!', $1)) or ends_with({id}, concat(':', $1))
    or ends_with({id}, concat('@', $1))
    or (ends_with({id}, $1) and left($1, 1) in ('#', '!'))
order by {id} <> $1, id
"""


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing: its rows in facts, what it counts in, what leads to and from it, as landed."""

    kind: str
    id: str
    facts: list[Row]
    counts: list[Row]
    links: Mapping[str, list[Row]]
    landed: list[Row] = field(default_factory=list)

    @property
    def url(self) -> str | None:
        """Its page at the source."""
        return next((row["url"] for row in self.facts if row["url"]), None)

    def as_json(self) -> str:
        """Return all of it as JSON."""
        parts = {"kind": self.kind, "id": self.id, "url": self.url, "facts": self.facts}
        more = {"counts": self.counts, "links": self.links, "landed": self.landed}
        return json.dumps(parts | more, indent=1, default=str)

    def as_text(self) -> str:
        """Return all of it as text."""
        parts = [f"{self.kind} {printable(self.id)}"]
        parts += [listed(row) for row in self.facts]
        parts += ["What it counts in:", table(self.counts)]
        for name, linked in self.links.items():
            if linked:
                parts += [f"{name}:", table(linked)]
        parts += [version(one) for one in self.landed] or ["Nothing of it is in the landing zone."]
        if self.url:
            parts.append(f"At the source: {printable(self.url)}")
        return "\n\n".join(parts)


def trace(con: duckdb.DuckDBPyConnection, data_dir: Path, kind: str, asked: str) -> Trace:
    """Trace what has an id, a beginning of one, the source's own id, or an address."""
    id = found(con, kind, asked)
    name = TABLES[kind][1]
    facts = rows(con, f"select * from {TABLES[kind][0]} where {name} = $1 order by service", id)
    known = dict(
        con.execute("select source, host from config.sources order by position").fetchall()
    )
    named = {row["source"] for row in facts if row.get("source")}
    hosts = {source: host for source, host in known.items() if source in (named or known)}
    landed, persons = payloads.landed(data_dir, ids(facts, id, named), ENTITIES[kind], hosts)
    hide(landed, facts)
    counts, links = COUNTED[kind](con, id, facts)
    return Trace(
        kind,
        id,
        without(facts, persons),
        counts,
        {name: without(linked, persons) for name, linked in links.items()},
        landed,
    )


def hide(landed: list[Row], facts: list[Row]) -> None:
    """Put the title that is told in place of what was landed, where it names somebody less."""
    titles = [row["title"] for row in facts if MASK in (row.get("title") or "")]
    for one in landed if titles else ():
        payload = one["payload"] or {}
        payload |= {name: titles[0] for name in ("title", "subject") if name in payload}


def without(found: list[Row], persons: Forgotten) -> list[Row]:
    """Return rows whose titles name none of the persons that the payloads tell of."""
    return [
        {**row, "title": persons.text(row["title"])} if row.get("title") else row for row in found
    ]


def found(con: duckdb.DuckDBPyConnection, kind: str, asked: str) -> str:
    """Return the one id that is meant; raises DrumbeatError with those that may be."""
    facts, name, at = TABLES[kind]
    query = MATCHES.format(table=facts, id=name)
    fitting = [id for (id,) in con.execute(query, [asked]).fetchall()]
    if asked in fitting or len(fitting) == 1:
        return str(fitting[0])
    if not fitting:
        raise DrumbeatError(
            f'no {kind} has or begins with {asked!r}; `drumbeat sql "from {facts}"` lists them'
        )
    listing = rows(
        con,
        f"select {name}, service, {at}, url from {facts} where list_contains($1, {name}) "
        f"order by {at} desc, {name}, service limit {SHOWN}",
        fitting,
    )
    more = f"\nand {len(fitting) - SHOWN:,} more" if len(fitting) > SHOWN else ""
    raise DrumbeatError(
        f"{len(fitting):,} {kind}s may be meant by {asked!r}; say more of the id:\n"
        f"{table(listing)}{more}"
    )


def ids(facts: list[Row], id: str, sources: set[str]) -> list[str]:
    """Return the ids by which landing may know it: without what facts put before or behind."""
    plain = {id, *(id.removeprefix(f"{source}:") for source in sources)}
    for row in facts:
        ending = f"@{row['service']}"
        plain |= {one.removesuffix(ending) for one in plain}
        # A tag that is a release is called after its service.
        plain |= {one.removeprefix(f"{row['service']}@") for one in plain}
        repository = row.get("repository")
        if repository and len(id) >= COMMIT:
            plain.add(f"{repository}@{id}")
    return sorted(plain)


def listed(row: Row) -> str:
    """Draw one row, a line for each column that says anything."""
    said = [(name, cell(value)) for name, value in row.items() if value not in (None, "")]
    return aligned([("", ""), *said]).lstrip("\n")


def table(found: list[Row]) -> str:
    """Draw rows, without the columns that say nothing."""
    names = [name for name in found[0] if any(row[name] is not None for row in found)]
    return aligned([names, *([cell(row[name]) for name in names] for row in found)])


def cell(value: Any) -> str:
    """Return one value; times to the second, numbers to four digits."""
    if isinstance(value, float):
        return f"{value:.4g}"
    return told(f"{value:%Y-%m-%d %H:%M:%S}" if hasattr(value, "hour") else value)


def version(one: Row) -> str:
    """Draw one landed version."""
    head = f"Landed {cell(one['fetched_at'])} UTC by {one['source']}, as {one['entity']}"
    scope = f" of {one['scope']}" if one["scope"] else ""
    if one["is_deleted"]:
        return f"{head}{scope}: gone from the source."
    payload = json.dumps(one["payload"], indent=1, ensure_ascii=False, default=cell)
    return printed(f"{head}{scope}:\n{payload}")


def printed(text: str) -> str:
    """Return lines without what a terminal would obey."""
    return "\n".join(map(printable, text.split("\n")))
