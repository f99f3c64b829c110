"""Plain events: small JSON that any script can post, documented by these models."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from connectors.events.event import Delivery, Event, delivery, fingerprint, told
from connectors.events.reading import Part, Untranslatable, header, whole

FORMAT = "plain"
LONGEST = 200


def read(value: Any) -> datetime | None:
    """Return a time that is RFC 3339 with an offset, or whole seconds since 1970."""
    try:
        return Part({"time": value}).epoch("time")
    except Untranslatable as error:
        raise ValueError(error.reason) from error


Moment = Annotated[
    datetime,
    BeforeValidator(read),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date-time"},
                {"type": "integer", "description": "seconds since 1970"},
            ],
            "examples": ["2026-11-23T10:40:00Z"],
        }
    ),
]
# One line, and not only blanks.
TEXT = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
Name = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=TEXT)]
Sha = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{7,64}$")]
Url = Annotated[str, Field(max_length=2000, pattern=r"^https?://")]


class Plain(BaseModel):
    """What every plain event has."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    service: Name = Field(description="The service, by its name or an alias in drumbeat.yaml.")
    environment: Name = Field("production", description="Where it happened.")
    id: Name | None = Field(
        None,
        description="Your own id of it. Events of one id tell of one thing, so an id may not be "
        "used for another service or environment.",
    )
    url: Url | None = Field(None, description="Where people can read more.")


class Deployment(Plain):
    """A deployment that started, or ended."""

    status: Literal["success", "failure", "cancelled", "started"] = "success"
    sha: Sha | None = Field(None, description="The commit that runs now.")
    version: Name | None = Field(None, description="The version that runs now.")
    repository: Name | None = Field(None, description="owner/name of the commit's repository.")
    started_at: Moment | None = None
    finished_at: Moment | None = Field(None, description="Left out: when the event arrives.")
    trigger: Literal["manual", "automatic"] | None = None
    strategy: Literal["rolling", "blue_green", "canary", "recreate", "unknown"] | None = None
    rolls_back_to: Name | None = Field(
        None, description="The earlier deployment, version or commit that runs again."
    )

    def run(self) -> str | None:
        """Return which deployment it is, as far as its fields tell; null without a time."""
        at = self.started_at or self.finished_at
        parts = (self.service, self.environment, self.sha or self.version, at and at.isoformat())
        return fingerprint(parts) if at else None


class Rollback(Deployment):
    """A deployment of something that ran before."""

    @model_validator(mode="after")
    def goes_back_to_something(self) -> "Rollback":
        """Refuse a rollback that does not say to what."""
        if not (self.rolls_back_to or self.sha or self.version):
            raise ValueError("rolls_back_to, sha or version must say what runs again")
        return self


class Incident(Plain):
    """An incident that began, was acknowledged, or was resolved."""

    environment: Name | None = Field(None, description="Where it happens.")  # type: ignore[assignment]
    status: Literal["opened", "acknowledged", "resolved", "reopened"] | None = Field(
        None, description="Left out: what the times say."
    )
    title: Annotated[str, Field(min_length=1, max_length=1000, pattern=TEXT)] | None = None
    severity: Name | None = None
    started_at: Moment | None = Field(None, description="Left out: when the first event arrives.")
    acknowledged_at: Moment | None = None
    resolved_at: Moment | None = None
    deployment_id: Name | None = Field(None, description="The deployment that caused it, if known.")

    @model_validator(mode="after")
    def can_be_known_again(self) -> "Incident":
        """Refuse an incident without an id and a title."""
        if not (self.id or self.title):
            raise ValueError("id or title must be given")
        return self


class Annotation(Plain):
    """Something that happened, to be seen on charts."""

    service: Name | None = Field(None, description="The service that it is about. Left out: all.")  # type: ignore[assignment]
    text: Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=TEXT)] = Field(
        description="What happened, in a few words."
    )
    started_at: Moment | None = Field(None, description="Left out: when the event arrives.")
    finished_at: Moment | None = Field(None, description="Its end, if it lasted.")
    freeze: bool = Field(
        False,
        description="True: a declared freeze, in which nobody is expected to deploy; it wants "
        "finished_at. Its days, the last included, count as those of `calendar.freezes`.",
    )

    @model_validator(mode="after")
    def ends_if_it_is_a_freeze(self) -> "Annotation":
        """Refuse a freeze without an end, which would silence for ever."""
        if self.freeze and self.finished_at is None:
            raise ValueError("finished_at must say when the freeze ends")
        return self


MODELS: Mapping[str, type[Plain]] = {
    "annotation": Annotation,
    "deployment": Deployment,
    "incident": Incident,
    "rollback": Rollback,
}


def translate(
    headers: Mapping[str, str],
    body: Any,
    *,
    host: str,
    kind: str,
    received_at: datetime | None = None,
) -> list[Event]:
    """Return the event that a body of one ``kind`` (a key of MODELS) tells."""
    found = whole(body)
    try:
        model = MODELS[kind].model_validate(dict(found.found))
    except ValidationError as error:
        raise refused(error) from error
    key = header(headers, "Idempotency-Key")
    come = delivery(FORMAT, Part({"kind": kind, **found.found}), host, received_at, key)
    if isinstance(model, Annotation):
        return [annotation(come, model)]
    return [incident(come, model) if isinstance(model, Incident) else deployment(come, kind, model)]


def refused(error: ValidationError) -> Untranslatable:
    """Return what is wrong first, by the name of its field."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    names = [str(name) for name in first["loc"] if not str(name).startswith("function-")]
    reason = "is missing" if first["type"] == "missing" else first["msg"]
    if first["type"] == "extra_forbidden":
        reason = "is no field of this event"
    return Untranslatable(names[0][:LONGEST] if names else "body", reason)


def timed(come: Delivery, model: Plain, *times: datetime | None) -> Delivery:
    """Return the delivery with an id of its own where nothing in the body tells it from others.

    The same service can be deployed in the same words again, so without an id and without a time
    two posts are two events; with either, the second is a repetition.
    """
    if come.id or model.id or any(times):
        return come
    found = {**come.body.found, "received_at": come.received_at.isoformat()}
    return Delivery(come.format, Part(found), come.host, come.received_at)


def deployment(come: Delivery, kind: str, model: Plain) -> Event:
    """Return a deployment; what the sender does not time happened when it was received."""
    assert isinstance(model, Deployment)
    come = timed(come, model, model.started_at, model.finished_at)
    is_over = model.status != "started"
    finished_at = (model.finished_at or come.received_at) if is_over else model.finished_at
    started_at = model.started_at if is_over else model.started_at or come.received_at
    sha = model.sha.lower() if model.sha else None
    back_to = model.rolls_back_to or (model.version or sha if kind == "rollback" else None)
    known = {
        "subject_id": model.id or model.run() or fingerprint(come.body.found),
        "state": model.status,
        "service": model.service,
        "environment": model.environment,
        "repository": model.repository,
        "sha": sha,
        "version": model.version,
        "trigger": model.trigger,
        "strategy": model.strategy,
        "rolls_back_to": back_to,
        "started_at": started_at,
        "finished_at": finished_at,
        "url": model.url,
    }
    return come.event(kind, "deployment", finished_at if is_over else started_at, **known)


def incident(come: Delivery, model: Incident) -> Event:
    """Return an incident as far as it is told; a time that is told later comes on top."""
    times = [model.started_at, model.acknowledged_at, model.resolved_at]
    come = timed(come, model, *times)
    state = model.status or stated(model)
    same = (model.service, model.title, model.started_at and model.started_at.isoformat())
    known = {
        "subject_id": model.id or fingerprint(same if model.started_at else come.body.found),
        "state": state,
        "service": model.service,
        "environment": model.environment,
        "severity": model.severity,
        "deployment_id": model.deployment_id,
        "started_at": model.started_at,
        "acknowledged_at": model.acknowledged_at,
        "resolved_at": model.resolved_at,
        "url": model.url,
        **told(model.title, None),
    }
    field = {"opened": "started_at"}.get(state, f"{state}_at")
    if field in known:
        known[field] = known[field] or come.received_at
    return come.event(
        "incident", "incident", known.get(field) or max(filter(None, times), default=None), **known
    )


def annotation(come: Delivery, model: Annotation) -> Event:
    """Return what is to be remembered; told again under its own id it is changed."""
    come = timed(come, model, model.started_at, model.finished_at)
    started_at = model.started_at or model.finished_at or come.received_at
    known = {
        "subject_id": model.id or fingerprint(come.body.found),
        "state": "freeze" if model.freeze else None,
        "service": model.service,
        "environment": model.environment,
        "started_at": started_at,
        "finished_at": model.finished_at,
        "title": model.text,
        "url": model.url,
    }
    # At its arrival, so that of several of one id the last is the last that was told.
    return come.event("annotation", "annotation", come.received_at, **known)


def stated(model: Incident) -> str:
    """Return the state that the times of an incident imply."""
    if model.resolved_at:
        return "resolved"
    return "acknowledged" if model.acknowledged_at else "opened"
