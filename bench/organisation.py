"""How long a whole organisation takes: 50 repositories, 100,000 deployments, 200,000 requests."""

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from bench.git_history import synthetic_clone

SERVICES = 50
COMMITS = 20_000
DEPLOYMENTS, REQUESTS, INCIDENTS = 2_000, 4_000, 100
EVERY = 2_365
"""Seconds from commit to commit, so that 20,000 of them make 18 months."""
AS_OF = datetime(2015, 11, 20, 12, tzinfo=UTC)


def main() -> None:
    """Print the figures as JSON; the one argument is the folder that keeps the input."""
    print(json.dumps(measure(Path(sys.argv[1])), indent=2))


def measure(cache: Path) -> dict[str, object]:
    """Time first refresh, rebuild from landing, and a refresh that finds nothing new."""
    folder = organisation(cache / "organisation")
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    return {
        "first_refresh": timed("refresh", folder, data, AS_OF),
        "rebuild": timed("rebuild", folder, data, AS_OF),
        "refresh_without_changes": timed("refresh", folder, data, AS_OF + timedelta(hours=1)),
    }


def timed(command: str, folder: Path, data: Path, as_of: datetime) -> dict[str, float]:
    """Run one command in its own process; return its seconds and its peak memory."""
    words = ["-m", "pipelines", command, "--config", str(folder / "drumbeat.yaml")]
    words += ["--data-dir", str(data), "--as-of", as_of.isoformat()]
    begun = time.perf_counter()
    process = os.posix_spawn(sys.executable, [sys.executable, *words], os.environ)
    _, status, used = os.wait4(process, 0)
    if status:
        raise SystemExit(f"drumbeat {command} failed")
    return {
        "seconds": round(time.perf_counter() - begun, 2),
        "peak_memory_mb": used.ru_maxrss // 1024,
    }


def organisation(folder: Path) -> Path:
    """Make (or find again) the clones, tables and configuration of the organisation."""
    if (folder / "drumbeat.yaml").exists():
        return folder
    clones = [
        synthetic_clone(folder / "clones", COMMITS + n, EVERY, cycle=5) for n in range(SERVICES)
    ]
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    frames = [service(number, clone) for number, clone in enumerate(clones)]
    for place, table in enumerate(("deployments", "changes", "incidents")):
        pl.concat([parts[place] for parts in frames]).write_parquet(tables / f"{table}.parquet")
    (folder / "drumbeat.yaml").write_text(configuration(clones))
    return folder


def configuration(clones: list[Path]) -> str:
    """Return the configuration: the tables tell deployments, each clone tells commits."""
    sources = [{"kind": "files", "name": "tables", "path": "tables"}]
    services = []
    for number, clone in enumerate(clones):
        name = f"service-{number}"
        sources.append({"kind": "git", "location": str(clone), "repository": name, "name": name})
        services.append(
            {
                "name": name,
                "team": f"team-{number % 8}",
                "repository": name,
                "deployments": {"source": "tables"},
            }
        )
    return json.dumps({"sources": sources, "services": services}, indent=1)


def service(number: int, clone: Path) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return deployments, requests and incidents of one service along its main line."""
    name = f"service-{number}"
    log = ["git", "-C", str(clone), "log", "--first-parent", "--reverse", "--format=%H %ct", "main"]
    told = subprocess.run(log, check=True, capture_output=True, text=True).stdout
    commits = pl.DataFrame(
        [row.split() for row in told.splitlines()], schema=["sha", "at"], orient="row"
    ).with_columns(pl.from_epoch(pl.col("at").cast(pl.Int64)).dt.replace_time_zone("UTC"))
    deployed = spread(commits, DEPLOYMENTS)
    merged = spread(commits, REQUESTS)
    broken = spread(deployed, INCIDENTS)
    deployments = deployed.select(
        deployment_id=pl.format("{}-d{}", pl.lit(name), "row"),
        service=pl.lit(name),
        started_at=pl.col("at") + pl.duration(minutes=20),
        finished_at=pl.col("at") + pl.duration(minutes=30),
        repository=pl.lit(name),
        sha="sha",
    )
    changes = merged.select(
        change_id=pl.format("{}!{}", pl.lit(name), "row"),
        repository=pl.lit(name),
        opened_at=pl.col("at") - pl.duration(hours=5),
        first_review_at=pl.col("at") - pl.duration(hours=3),
        approved_at=pl.col("at") - pl.duration(hours=1),
        merged_at="at",
        merge_sha="sha",
        title=pl.format("Change {} of the basket and its totals", "row"),
        author=pl.lit("someone"),
    )
    incidents = broken.select(
        incident_id=pl.format("{}-i{}", pl.lit(name), "row"),
        service=pl.lit(name),
        started_at=pl.col("at") + pl.duration(hours=1),
        resolved_at=pl.col("at") + pl.duration(hours=3),
        title=pl.lit("Checkout answers slowly"),
    )
    return deployments, changes, incidents


def spread(rows: pl.DataFrame, count: int) -> pl.DataFrame:
    """Return ``count`` rows, evenly from the first to the last, numbered."""
    places = pl.int_range(count, eager=True) * (len(rows) - 1) // (count - 1)
    return rows.select("sha", "at")[places].with_row_index("row")


if __name__ == "__main__":
    main()
