"""Events that wait on this machine for a receiver that was down, as one file each."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.telling.sending import Outcome, Sender, Told

REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One event on file."""

    path: Path
    url: str
    event: Told


@dataclass(frozen=True, slots=True)
class Spool:
    """The folder of waiting events; holds no token."""

    folder: Path

    def add(self, url: str, event: Told) -> Path:
        """Keep an event; it is on disk when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{event.id}"
        partial, path = self.folder / f".{name}", self.folder / f"{name}.json"
        with partial.open("x", encoding="utf-8") as opened:
            json.dump({"url": url, **asdict(event)}, opened, sort_keys=True)
            opened.flush()
            os.fsync(opened.fileno())
        partial.replace(path)
        return path

    def waiting(self, url: str) -> Iterator[Waiting]:
        """Yield what waits for the receiver at ``url``, oldest first."""
        for path in sorted(self.folder.glob("*.json")):
            try:
                told = json.loads(path.read_bytes())
                event = Told(told["path"], told["body"], told["id"])
                found = Waiting(path, told["url"], event)
            except FileNotFoundError:
                # Another job sends the same spool just now.
                continue
            except (ValueError, LookupError, TypeError):
                self.refuse(path)
                continue
            if found.url == url:
                yield found

    def refuse(self, path: Path) -> None:
        """Put aside what no receiver will ever take."""
        (self.folder / REFUSED).mkdir(exist_ok=True)
        path.replace(self.folder / REFUSED / path.name)

    def flush(self, sender: Sender) -> Iterator[tuple[Waiting, Outcome]]:
        """Send what waits; stop at the first that finds the receiver down.

        Ids are as they were, so what was accepted without our knowing is not told twice. An
        event of another sender on this machine stays for that one's token.
        """
        for found in self.waiting(sender.url):
            outcome = sender.send(found.event)
            yield found, outcome
            if outcome.fate == "unreachable":
                return
            if outcome.fate == "accepted":
                found.path.unlink(missing_ok=True)
            elif outcome.fate == "refused":
                self.refuse(found.path)


def spool(environment: Mapping[str, str]) -> Spool:
    """Return the spool that the environment names."""
    named = environment.get("DRUMBEAT_SPOOL")
    if named:
        return Spool(Path(named))
    state = environment.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Spool(Path(state) / "drumbeat" / "spool")
