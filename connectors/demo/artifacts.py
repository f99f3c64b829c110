"""What runs where, by its digest: built once, built again for each place, or nobody knows."""

from hashlib import sha256

from connectors.demo.things import Rollout, Run

# Built once and carried from place to place.
ONCE = frozenset({"checkout", "payments", "web-shop"})
# Built anew for each environment, or for each deployment: the same version, another artifact.
EACH_PLACE = frozenset({"identity"})
EACH_TIME = frozenset({"catalogue"})


def digest(rollout: Rollout, run: Run) -> str | None:
    """Return the digest of what one run deploys; null where the service has none."""
    if rollout.is_without_sha or not rollout.sha:
        return None
    name = f"{rollout.service}@{rollout.sha}"
    if rollout.service in EACH_PLACE:
        name += f"@{run.environment}"
    elif rollout.service in EACH_TIME:
        name += f"@{rollout.number}"
    elif rollout.service not in ONCE:
        return None
    return f"sha256:{sha256(name.encode()).hexdigest()}"
