"""What the receiver answers: the shapes of its documents, and refusals as an error to raise."""

from collections.abc import Mapping

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response


class Accepted(BaseModel):
    """The events are on disk."""

    accepted: int = Field(description="How many events the request told.")
    ids: list[str] = Field(description="Their ids, by which an event that comes again is known.")


class Problem(BaseModel):
    """Nothing of the request was kept."""

    error: str = Field(description="What is wrong, and what would be right.")
    field: str | None = Field(default=None, description="Where in the body, if it is there.")


class Refused(Exception):
    """The request is answered with an error; ``reason`` is for the receiver's own messages."""

    def __init__(
        self,
        status: int,
        said: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
        reason: str = "",
    ) -> None:
        super().__init__(said)
        self.status = status
        self.said = said
        self.field = field
        self.headers = dict(headers or {})
        self.reason = reason or said

    def response(self) -> Response:
        """Return the answer."""
        problem = Problem(error=self.said, field=self.field)
        return JSONResponse(problem.model_dump(exclude_none=True), self.status, self.headers)


def stranger(reason: str) -> Refused:
    """Return the one answer to all whom the receiver does not know, whatever the reason."""
    return Refused(401, "not authorised", headers={"WWW-Authenticate": "Bearer"}, reason=reason)
