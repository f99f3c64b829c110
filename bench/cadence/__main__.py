"""Print how well silence is told from chance, as a table and as JSON: ``make bench-cadence``."""

import argparse
import json
import sys

from bench.cadence import live
from bench.cadence.measuring import measure
from bench.cadence.tables import written

SERVICES = 800
SEED = 6


def main() -> None:
    """Print the table to standard error and the JSON to standard output."""
    asked = argparse.ArgumentParser(prog="python -m bench.cadence")
    asked.add_argument("--services", type=int, default=SERVICES, help="five series each")
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--live", type=int, default=live.SERVICES, help="services told at once")
    words = asked.parse_args()
    found = measure(words.services, words.seed, words.processes)
    found["live"] = live.measure(words.live)
    print(written(found), file=sys.stderr)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
