"""CloudEvents as HTTP carries them: structured, binary, or several in a batch."""

import binascii
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from connectors.events.reading import Part, Untranslatable, header, part, shallow

VERSIONS = ("1.0", "0.3")
ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time")


@dataclass(frozen=True, slots=True)
class Envelope:
    """One CloudEvent; ``attributes`` are read by ``prefix`` and name, ``data`` is what it holds."""

    attributes: Part
    data: Any
    prefix: str = ""
    path: str = ""

    def required(self, name: str) -> str:
        """Return an attribute that must be there."""
        return self.attributes.required(self.prefix + name)


def envelopes(headers: Mapping[str, str], body: Any) -> Iterator[Envelope]:
    """Yield the CloudEvents of one request; raises Untranslatable where one is none."""
    if header(headers, "ce-specversion") or header(headers, "ce-type"):
        yield checked(binary(headers, body))
    elif isinstance(body, list):
        for number, item in enumerate(body):
            yield checked(structured(part(item, f"[{number}]")))
    else:
        yield checked(structured(part(body)))


def binary(headers: Mapping[str, str], body: Any) -> Envelope:
    """Return the event whose attributes are headers and whose data is the body."""
    told = {f"ce-{name}": header(headers, f"ce-{name}") for name in ATTRIBUTES}
    decoded = {name: unquote(text) if text else None for name, text in told.items()}
    return Envelope(Part(decoded), body, prefix="ce-")


def structured(found: Part) -> Envelope:
    """Return the event that a JSON object is."""
    path = found.field("data")
    if found.found.get("data") is None and found.found.get("data_base64") is not None:
        return Envelope(found, decoded(found), path=found.field("data_base64"))
    return Envelope(found, found.found.get("data"), path=path)


def checked(envelope: Envelope) -> Envelope:
    """Return an envelope that has what the standard asks for."""
    if envelope.required("specversion") not in VERSIONS:
        name = envelope.attributes.field(f"{envelope.prefix}specversion")
        raise Untranslatable(name, f"must be {' or '.join(VERSIONS)}")
    for name in ("id", "source", "type"):
        envelope.required(name)
    return envelope


def decoded(found: Part) -> Any:
    """Return the JSON that an envelope holds in base 64."""
    field = found.field("data_base64")
    try:
        data = json.loads(b64decode(found.text("data_base64") or "", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise Untranslatable(field, "is no JSON in base 64") from error
    shallow(data)
    return data
