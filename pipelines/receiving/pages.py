"""The receiver's pages for people: style inline, nothing fetched, no script."""

import json
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipelines.receiving.asked import PARAMETERS
from pipelines.receiving.examples import CDEVENT, PLAIN_EXAMPLES, WEBHOOKS
from pipelines.receiving.openapi import REFUSALS, document
from pipelines.receiving.openapi_reading import READERS


@cache
def start() -> str:
    """Write the page at the root."""
    return environment().get_template("start.html").render()


@cache
def reading() -> str:
    """Write the page of what there is to read."""
    return environment().get_template("reading.html").render(**to_read())


def to_read() -> dict[str, object]:
    """Return what pages say of reading."""
    return {"parameters": PARAMETERS, "readers": READERS}


@cache
def docs() -> str:
    """Write the page of all addresses."""
    schemas = document()["components"]["schemas"]
    plain = [
        (kind, text(example), fields(schemas[kind.capitalize()]))
        for kind, example in PLAIN_EXAMPLES.items()
    ]
    return (
        environment()
        .get_template("docs.html")
        .render(
            plain=plain,
            cdevent=text(CDEVENT),
            webhooks=WEBHOOKS,
            refusals=REFUSALS,
            **to_read(),
        )
    )


def text(example: object) -> str:
    """Write an example as JSON."""
    return json.dumps(example, indent=2)


def fields(schema: dict[str, object]) -> list[tuple[str, bool, str]]:
    """Return name, whether it must be there, and meaning of each field of a model."""
    properties, required = schema["properties"], schema.get("required", [])
    if not isinstance(properties, dict) or not isinstance(required, list):
        return []
    return [
        (name, name in required, str(field.get("description", "")))
        for name, field in properties.items()
    ]


@cache
def environment() -> Environment:
    """Return what fills the templates in."""
    return Environment(
        loader=PackageLoader("pipelines.receiving", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
