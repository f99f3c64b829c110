"""The receiver's addresses for programs: OpenAPI, made from the models that check the bodies."""

from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from connectors.events.plain import MODELS as PLAIN
from pipelines.receiving import openapi_reading
from pipelines.receiving.answers import Accepted, Problem
from pipelines.receiving.examples import CDEVENT, PLAIN_EXAMPLES, WEBHOOKS

Node = dict[str, Any]
REFUSALS = {
    400: "The body is not what it should be; the field is named.",
    401: "The sender is not known.",
    403: "The token does not speak for that service or format.",
    408: "The body came too slowly.",
    413: "The body is too large, or holds too many events.",
    415: "The body does not say that it is JSON.",
    429: "Too many events; wait as long as Retry-After says.",
    503: "The events could not be stored; send them again.",
}
MODELS: tuple[type[BaseModel], ...] = (*PLAIN.values(), Accepted, Problem)
REFERENCE = "#/components/schemas/{model}"
CLOUDEVENT: Node = {"type": "object", "required": ["specversion", "id", "source", "type"]}
EVENTS: Node = {
    "application/cloudevents+json": {"schema": CLOUDEVENT, "example": CDEVENT},
    "application/cloudevents-batch+json": {"schema": {"type": "array", "items": CLOUDEVENT}},
    "application/json": {"schema": {"type": "object"}},
}
KEY: Node = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "An id of the event, unlike that of any other; sent again, it is known by it.",
    "schema": {"type": "string"},
}
NAME: Node = {
    "name": "name",
    "in": "path",
    "required": True,
    "description": "A configured source that has webhook_secrets, or a sender's format.",
    "schema": {"type": "string"},
}
PROOFS: Node = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic", "description": "The token as the password."},
    "header": {"type": "apiKey", "in": "header", "name": "X-Drumbeat-Token"},
}


@cache
def document() -> Node:
    """Return the whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Drumbeat's event receiver",
            "version": version("drumbeat"),
            "description": "202 means that the events are on disk. They may be sent twice, late "
            "and in any order.",
        },
        "paths": {
            **{f"/events/{kind}": plain(kind, model) for kind, model in PLAIN.items()},
            "/events": post("events", "CloudEvents: CDEvents, one or a batch.", EVENTS),
            "/webhooks/{name}": webhooks(),
            **to_read(),
        },
        "components": {"schemas": schemas(), "securitySchemes": PROOFS},
    }


@cache
def of_readers() -> Node:
    """Return the document of a server that only reads."""
    whole = document()
    told = {
        "title": "Drumbeat's numbers",
        "version": version("drumbeat"),
        "description": "The published metrics, to read only.",
    }
    return {**whole, "info": told, "paths": to_read()}


def to_read() -> Node:
    """Describe every address that only reads."""
    return {
        **openapi_reading.paths([{proof: []} for proof in PROOFS]),
        "/health": get("health", "Whether the receiver lives.", "application/json"),
        "/openapi.json": get("openapi", "This document.", "application/json"),
        "/docs": get("docs", "Every address, with examples.", "text/html"),
        "/": get("start", "Where to go.", "text/html"),
    }


def plain(kind: str, model: type[BaseModel]) -> Node:
    """Describe the address of one kind of plain event."""
    body = {"schema": reference(model), "example": PLAIN_EXAMPLES[kind]}
    found = post(kind, f"One {kind}.", {"application/json": body})
    found["post"]["parameters"] = [KEY]
    return found


def webhooks() -> Node:
    """Describe the address of webhooks."""
    found = post("webhook", "What a sender's webhook posts.", {"application/json": {}})
    found["post"] |= {"parameters": [NAME], "description": " ".join(WEBHOOKS.values())}
    found["post"]["responses"]["404"] = answer("There is no sender of that name.", Problem)
    return found


def post(name: str, summary: str, content: Node) -> Node:
    """Describe an address that takes events."""
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "security": [{proof: []} for proof in PROOFS],
            "requestBody": {"required": True, "content": content},
            "responses": {
                "202": answer("The events are on disk.", Accepted),
                **{str(status): answer(said, Problem) for status, said in REFUSALS.items()},
            },
        }
    }


def get(name: str, summary: str, content: str) -> Node:
    """Describe an address to look at."""
    found = {"description": "Here it is.", "content": {content: {}}}
    return {"get": {"operationId": name, "summary": summary, "responses": {"200": found}}}


def answer(said: str, model: type[BaseModel]) -> Node:
    """Describe an answer."""
    content = {"application/json": {"schema": reference(model)}}
    return {"description": said, "content": content}


def reference(model: type[BaseModel]) -> Node:
    """Point to the schema of a model."""
    return {"$ref": REFERENCE.format(model=model.__name__)}


def schemas() -> Node:
    """Return the schemas of all models."""
    _, found = models_json_schema(
        [(model, "validation") for model in MODELS], ref_template=REFERENCE
    )
    return {**found["$defs"], **openapi_reading.MODELS}
