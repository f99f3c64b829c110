"""The rate limit of the made-up GitHub, hour by hour of its own clock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.hosts.github_state import State, Token
from tests.hosts.serving import Answer

HOUR = timedelta(hours=1)


@dataclass
class Window:
    """What has been used of an hour."""

    used: int
    resets_at: datetime


@dataclass
class Quota:
    """How much each token has left; set ``limits`` to make it short."""

    state: State
    limits: dict[str, int] = field(default_factory=lambda: {"core": 5000, "graphql": 5000})
    windows: dict[tuple[int, str], Window] = field(default_factory=dict)

    def window(self, token: Token, resource: str) -> Window:
        """Return the hour that is running."""
        key = (id(token), resource)
        window = self.windows.get(key)
        if window is None or window.resets_at <= self.state.now:
            window = self.windows[key] = Window(0, self.state.now + HOUR)
        return window

    def spend(self, token: Token, resource: str, points: int = 1) -> None:
        """Use some of it."""
        self.window(token, resource).used += points

    def is_spent(self, token: Token, resource: str) -> bool:
        """Return whether nothing is left."""
        return self.window(token, resource).used >= self.limits[resource]

    def told(self, token: Token, resource: str) -> dict[str, Any]:
        """Return it as GraphQL's ``rateLimit`` has it."""
        window, limit = self.window(token, resource), self.limits[resource]
        left = max(0, limit - window.used)
        told = {"limit": limit, "remaining": left, "used": window.used}
        return {**told, "resetAt": window.resets_at, "cost": 1, "nodeCount": 0}

    def headers(self, token: Token, resource: str) -> dict[str, str]:
        """Return it as headers."""
        told = self.told(token, resource)
        return {
            "X-RateLimit-Limit": str(told["limit"]),
            "X-RateLimit-Remaining": str(told["remaining"]),
            "X-RateLimit-Used": str(told["used"]),
            "X-RateLimit-Reset": str(int(told["resetAt"].timestamp())),
            "X-RateLimit-Resource": resource,
        }

    def overview(self, token: Token) -> dict[str, Any]:
        """Return it as ``/rate_limit`` does, which costs nothing."""
        resources = {}
        for name in self.limits:
            told = self.told(token, name)
            reset = int(told["resetAt"].timestamp())
            resources[name] = {key: told[key] for key in ("limit", "remaining", "used")}
            resources[name]["reset"] = reset
        return {"resources": resources, "rate": resources["core"]}

    def refusal(self, token: Token, resource: str) -> Answer:
        """Return what is said when nothing is left: GraphQL says it with 200."""
        headers = self.headers(token, resource)
        words = (
            f"API rate limit exceeded for user ID {self.state.account(token.login).database_id}."
        )
        if resource == "graphql":
            error = {"type": "RATE_LIMITED", "code": "graphql_rate_limit", "message": words}
            return Answer(200, {"errors": [error]}, headers)
        return Answer(403, {"message": words, "documentation_url": ""}, headers)
