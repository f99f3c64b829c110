"""Tells the receiver of one event: what waits goes first, what can not go waits."""

from collections.abc import Callable, Mapping

from pipelines.errors import DrumbeatError
from pipelines.telling.sending import Sender, Told, address
from pipelines.telling.spool import Spool, spool

Say = Callable[[str], None]


def reach(to: str | None, environment: Mapping[str, str]) -> tuple[Sender, Spool]:
    """Return the receiver and the spool that the environment names."""
    url = to or environment.get("DRUMBEAT_URL")
    if not url:
        raise DrumbeatError(
            "nothing says where the receiver is; set DRUMBEAT_URL or --to, "
            "such as https://drumbeat.example.org"
        )
    token = environment.get("DRUMBEAT_TOKEN", "").strip()
    if not (token.isascii() and token.isprintable()):
        raise DrumbeatError("DRUMBEAT_TOKEN is no token: one line of ASCII without blanks")
    return Sender(address(url), token), spool(environment)


def tell(sender: Sender, waiting: Spool, event: Told, say: Say) -> bool:
    """Send an event, and return whether it went or waits; raises DrumbeatError where refused."""
    is_up, _ = flush(sender, waiting, say)
    if is_up:
        outcome = sender.send(event)
        if outcome.fate == "accepted":
            return True
        if outcome.fate != "unreachable":
            raise DrumbeatError(outcome.said)
        say(outcome.said)
    kept = waiting.add(sender.url, event)
    say(f"The event waits in {kept} and goes with the next one, or with `drumbeat event flush`.")
    return False


def flush(sender: Sender, waiting: Spool, say: Say) -> tuple[bool, int]:
    """Send what waits; return whether the receiver is up, and how many events did not go."""
    accepted = left = 0
    is_up = True
    for found, outcome in waiting.flush(sender):
        is_up = outcome.fate != "unreachable"
        accepted += outcome.fate == "accepted"
        if outcome.fate != "accepted":
            left += 1
            say(f"{found.path.name}: {outcome.said}")
    if accepted:
        say(f"Sent {accepted} events that were waiting.")
    return is_up, left
