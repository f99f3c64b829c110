"""Every document that is sent holds against GitHub's schema, and asks for no address."""

from pathlib import Path

import graphql
import pytest

from connectors.github import more_queries, queries

FOLDER = Path(__file__).parents[2] / "hosts"
NEWER = {"ISSUES_TYPED", "SURVEY_TYPED"}


def documents():
    found = {
        name: text
        for module in (queries, more_queries)
        for name, text in vars(module).items()
        if isinstance(text, str) and text.lstrip().startswith("query ") and name[0] != "_"
    }
    found |= {f"PROBES {kind}": text for kind, text in more_queries.PROBES.items()}
    for count in (1, 25):
        for is_plain in (False, True):
            found[f"named {count} {is_plain}"] = queries.named(count, is_plain=is_plain)
    return found


def schema(*, is_newest):
    files = ["github.graphql", *(["github_newer.graphql"] if is_newest else [])]
    return graphql.build_schema("\n".join((FOLDER / file).read_text() for file in files))


def test_all_documents_are_looked_at():
    assert {"CHANGES", "MORE_OF_CHANGE", "DEPLOYMENTS", "ISSUES_TYPED", "KNOWN_TYPES"} <= set(
        documents()
    )


@pytest.mark.parametrize("name", sorted(documents()))
def test_a_document_is_valid(name):
    known = schema(is_newest=name in NEWER)

    assert graphql.validate(known, graphql.parse(documents()[name])) == []


@pytest.mark.parametrize("name", sorted(documents()))
def test_no_document_asks_for_an_address(name):
    asked = graphql.parse(documents()[name])
    names = set()

    class Fields(graphql.Visitor):
        def enter_field(self, node, *_):
            names.add(node.name.value)

    graphql.visit(asked, Fields())
    assert not {name for name in names if "email" in name.lower()}
