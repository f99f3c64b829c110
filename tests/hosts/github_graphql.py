"""The GraphQL of the made-up GitHub, executed by graphql-core over its state."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import graphql

from tests.hosts import (  # noqa: F401 - each keeps its answers in RESOLVERS
    github_resolvers,
    github_resolvers_inside,
    github_resolvers_repository,
)
from tests.hosts.github_answers import RESOLVERS
from tests.hosts.github_cost import cost
from tests.hosts.github_fields import answer
from tests.hosts.github_paging import Refused
from tests.hosts.github_state import State, Token
from tests.hosts.github_views import type_name

FOLDER = Path(__file__).parent
MOST_NODES = 500_000
PERMISSIONS = {
    "Repository.branchProtectionRules": "administration",
    "Repository.deployments": "deployments",
    "Repository.environments": "environments",
    "Repository.pullRequests": "pull_requests",
    "Repository.pullRequest": "pull_requests",
    "Repository.issues": "issues",
    "Repository.releases": "contents",
    "Repository.object": "contents",
    "Repository.refs": "contents",
    "Commit.checkSuites": "checks",
    "WorkflowRun.checkSuite": "checks",
}


@dataclass(frozen=True)
class Context:
    """Who asks, and what the host is."""

    state: State
    token: Token
    url: str
    rate_limit: dict[str, Any]

    def check_saml(self, owner: str) -> None:
        """Refuse what an organisation protects by single sign-on."""
        if owner in self.token.saml:
            raise Refused(
                "FORBIDDEN",
                "Resource protected by organization SAML enforcement. You must grant your "
                "Personal Access token access to this organization.",
                saml_failure=True,
            )

    def check(self, field: str) -> None:
        """Refuse a field that the token has no permission or no scope for."""
        if PERMISSIONS.get(field) in self.token.denied:
            kind = "integration" if self.token.is_installation else "personal access token"
            words = f"Resource not accessible by {kind}"
            raise Refused("FORBIDDEN", words, saml_failure=False)
        wanted = self.token.wants.get(field)
        if wanted and self.token.scopes is not None and wanted not in self.token.scopes:
            raise Refused(
                "INSUFFICIENT_SCOPES",
                "Your token has not been granted the required scopes to execute this query. The "
                f"'{field.partition('.')[2]}' field requires one of the following scopes: "
                f"['{wanted}'], but your token has only been granted the: "
                f"{[*self.token.scopes]} scopes. Please modify your token's scopes.",
            )


def resolve(source: Any, info: graphql.GraphQLResolveInfo, **told: Any) -> Any:
    """Answer any field."""
    field = f"{info.parent_type.name}.{info.field_name}"
    info.context.check(field)
    return RESOLVERS.get(field, answer)(source, info, **told)


@cache
def schema(*, is_newest: bool = True) -> graphql.GraphQLSchema:
    """Return our part of GitHub's schema; ``is_newest`` with what github.com has lately."""
    files = ["github.graphql", *(["github_newer.graphql"] if is_newest else [])]
    made = graphql.build_schema("\n".join((FOLDER / file).read_text() for file in files))
    times = made.type_map["DateTime"]
    times.serialize = lambda value: value.strftime("%Y-%m-%dT%H:%M:%SZ")
    times.parse_value = parsed
    times.parse_literal = lambda node, _=None: parsed(node.value)
    return made


def parsed(text: str) -> datetime:
    """Return the time that a variable or literal tells."""
    return datetime.fromisoformat(text).astimezone(UTC)


def ask(context: Context, told: dict[str, Any], *, is_newest: bool = True) -> dict[str, Any]:
    """Return what GitHub answers to ``{"query": ..., "variables": ...}``, always with 200."""
    known, variables = schema(is_newest=is_newest), told.get("variables") or {}
    try:
        document = graphql.parse(told.get("query") or "")
    except graphql.GraphQLError as error:
        return {"errors": [shown(error)]}
    if wrong := graphql.validate(known, document):
        return {"errors": [undefined(error) for error in wrong]}
    price, nodes = cost(document, variables, told.get("operationName"))
    used = context.rate_limit["used"] + price
    left = max(0, context.rate_limit["limit"] - used)
    context.rate_limit.update(cost=price, nodeCount=nodes, used=used, remaining=left)
    if nodes > MOST_NODES:
        words = (
            f"This query requests up to {nodes:,} possible nodes which exceeds the maximum limit "
            "of 500,000."
        )
        return {"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": words}]}
    found = graphql.execute_sync(
        known,
        document,
        context_value=context,
        variable_values=variables,
        operation_name=told.get("operationName"),
        field_resolver=resolve,
        type_resolver=lambda value, *_: type_name(value),
    )
    errors = {"errors": [shown(error) for error in found.errors]} if found.errors else {}
    return {"data": found.data, **errors}


def shown(error: graphql.GraphQLError) -> dict[str, Any]:
    """Return an error in GitHub's form: its type stands beside the message."""
    told = dict(error.extensions or {})
    kind = told.pop("type", None)
    if kind is None and error.original_error:
        raise error.original_error
    where = [{"line": at.line, "column": at.column} for at in error.locations or ()]
    made = {"path": list(error.path or ()), "locations": where, "message": error.message}
    return {**({"type": kind} if kind else {}), **({"extensions": told} if told else {}), **made}


def undefined(error: graphql.GraphQLError) -> dict[str, Any]:
    """Return an error of validation in GitHub's words."""
    told = shown(error)
    if found := re.match(r"Cannot query field '(\w+)' on type '(\w+)'", error.message):
        told["message"] = f"Field '{found[1]}' doesn't exist on type '{found[2]}'"
        code = {"code": "undefinedField", "typeName": found[2], "fieldName": found[1]}
        told["extensions"] = code
    elif found := re.match(r"Field '(\w+)' is not defined by type '(\w+)'", error.message):
        told["message"] = f"InputObject '{found[2]}' doesn't accept argument '{found[1]}'"
        told["extensions"] = {"code": "argumentNotAccepted", "name": found[2]}
    elif found := re.match(r"Unknown type '(\w+)'", error.message):
        told["message"] = f"No such type {found[1]}, so it can't be a fragment condition"
        told["extensions"] = {"code": "undefinedType", "typeName": found[1]}
    return told
