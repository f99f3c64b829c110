"""Print how fast the pages are as JSON: ``python -m bench.dashboard [FOLDER]``."""

import json
import os
import sys
from pathlib import Path

import duckdb

from bench.dashboard import browsing, tables


def main() -> None:
    """Make the file where it is missing, serve it, and read it in a browser."""
    cache = Path(sys.argv[1] if len(sys.argv) > 1 else ".bench").absolute()
    data = tables.published(cache)
    with duckdb.connect(data / "serving" / "drumbeat-1.duckdb", read_only=True) as con:
        counts = {
            name: con.sql(f"select count(*) from {table}").fetchall()[0][0]
            for name, table in (
                ("services", "marts.service_overview"),
                ("deployments", "facts.deployments"),
                ("rollouts", "facts.rollouts"),
                ("metrics", "marts.metrics"),
            )
        }
    machine = {"cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 1)}
    figures = {"machine": machine, "rows": counts, **browsing.measure(data)}
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
