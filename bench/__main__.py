"""Run every part and print one JSON object: ``python -m bench [FOLDER]``."""

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import first_deployments, git_history, host_calls, organisation, receiver


def main() -> None:
    """Print all figures, with the machine that they were made on."""
    cache = Path(sys.argv[1] if len(sys.argv) > 1 else ".bench").absolute()
    figures = {
        "machine": {
            "date": datetime.now(UTC).date().isoformat(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "load": round(os.getloadavg()[0], 1),
        },
        "git_ingest": git_history.measure(git_history.synthetic_clone(cache)),
        "first_deployments": first_deployments.measure(),
        "host_calls": host_calls.measure(),
        "organisation": organisation.measure(cache),
        "receiver": receiver.measure(),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
