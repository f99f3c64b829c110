"""The addresses to read from, for programs: their part of the OpenAPI document."""

from typing import Any

from pipelines.receiving.asked import PARAMETERS, PERIODS
from pipelines.receiving.reading import METRICS, PROMETHEUS

Node = dict[str, Any]
SCHEMAS: dict[str, Node] = {
    "service": {"type": "string"},
    "team": {"type": "string"},
    "since": {"type": "string", "format": "date"},
    "until": {"type": "string", "format": "date"},
    "by": {"type": "string", "enum": list(PERIODS)},
}
NUMBER: Node = {"type": ["number", "null"]}
ROW: Node = {
    "type": "object",
    "required": ["scope", "name", "metric", "value", "unit", "n", "definition"],
    "properties": {
        "scope": {"type": "string", "enum": ["service", "team", "organisation"]},
        "name": {"type": "string"},
        "metric": {"type": "string"},
        "value": {**NUMBER, "description": "Null where there is nothing to divide by."},
        "unit": {"type": "string", "enum": ["per week", "hours", "rate"]},
        "n": {"type": "integer"},
        "low": NUMBER,
        "high": NUMBER,
        "p75": NUMBER,
        "p90": NUMBER,
        "at_least": {**NUMBER, "description": "Hours, where the median is not reached."},
        "open": {"type": "integer", "description": "Failed deployments not recovered yet."},
        "definition": {"type": "string", "description": "The rules under which it is counted."},
        "period": {"type": "string", "format": "date", "description": "First day; with `by`."},
    },
}
ANSWER: Node = {
    "type": "object",
    "required": ["as_of", "since", "until", "rows"],
    "properties": {
        "as_of": {"type": "string", "format": "date-time"},
        "since": {"type": "string", "format": "date-time"},
        "until": {"type": "string", "format": "date-time"},
        "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Metric"}},
    },
}
MODELS: dict[str, Node] = {"Metric": ROW, "Metrics": ANSWER}
PROBLEM: Node = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
READERS = {
    400: "A parameter is not as it should be; it is named.",
    401: "The read token is missing, or another.",
    403: "Only this machine may read.",
    503: "Nothing is published yet, or too much is asked at once; wait for Retry-After.",
}


def paths(proofs: list[Node]) -> Node:
    """Return the addresses to read from; without a read token they need no proof."""
    told = {"$ref": "#/components/schemas/Metrics"}
    asked = [
        {"name": name, "in": "query", "description": PARAMETERS[name], "schema": schema}
        for name, schema in SCHEMAS.items()
    ]
    metrics = get("metrics", "The five metrics, by default over the last 12 whole weeks.")
    metrics["parameters"] = asked
    metrics["responses"] |= {
        "200": {"description": "Here they are.", "content": {"application/json": {"schema": told}}},
        "304": {"description": "If-None-Match names what is published now."},
        "404": {"description": "There is no service or team of that name.", "content": PROBLEM},
    }
    gauges = get("prometheus", "The last finished week of every metric, for Prometheus.")
    gauges["responses"]["200"] = {
        "description": "Here they are.",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
    found = {METRICS: {"get": metrics}, PROMETHEUS: {"get": gauges}}
    for path in found.values():
        path["get"]["security"] = [{}, *proofs]
    return found


def get(name: str, summary: str) -> Node:
    """Describe an address to read from."""
    refusals = {
        str(status): {"description": said, "content": PROBLEM} for status, said in READERS.items()
    }
    return {"operationId": name, "summary": summary, "responses": refusals}
