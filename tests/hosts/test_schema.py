"""What the made-up GitHub answers is part of GitHub's own schema."""

import graphql
import pytest

from tests.hosts import github_graphql
from tests.hosts.node_packages import installed


@pytest.fixture(scope="module")
def official(request):
    folder = installed(request.config, "@octokit/graphql-schema@15.26.1")
    text = (folder / "@octokit" / "graphql-schema" / "schema.graphql").read_text(encoding="utf-8")
    return graphql.build_schema(text, assume_valid=True)


@pytest.fixture(scope="module")
def ours():
    return github_graphql.schema(is_newest=False)


def test_every_type_field_and_argument_is_as_the_official_schema_has_it(ours, official):
    assert not {*signatures(ours)} - {*signatures(official)}


def signatures(schema):
    """Yield each type with its kind, each field with its type, each argument with its type."""
    for name, kind in schema.type_map.items():
        yield name, type(kind).__name__
        for field, told in getattr(kind, "fields", {}).items():
            yield name, field, str(told.type)
            for argument, asked in getattr(told, "args", {}).items():
                yield name, field, argument, str(asked.type)


def test_every_choice_and_member_is_one_of_the_official_schema(ours, official):
    for name, kind in ours.type_map.items():
        known = official.type_map[name]
        assert {*getattr(kind, "values", ())} <= {*getattr(known, "values", ())}, name
        for part in ("types", "interfaces"):
            told = {one.name for one in getattr(kind, part, ())}
            assert told <= {one.name for one in getattr(known, part, ())}, name


def test_our_schema_is_one_in_itself(ours):
    assert graphql.validate_schema(ours) == []
    assert graphql.validate_schema(github_graphql.schema(is_newest=True)) == []
