import copy
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.configuration import Configuration, ConfigurationError, dump, parse
from tests.configuration.example import SECRETS, copied

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.text(max_size=8),
    st.sampled_from(
        ["", "2025-01-01", "v*", "${", "$${A}", "~", "git", "[", "http://[", "a:b@c:d"]
    ),
)
KEYS = st.sampled_from(["name", "kind", "since", "source", "services", "from", "location", "x"])
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment:
        for name, value in SECRETS.items():
            environment.setenv(name, value)
        yield copied(tmp_path_factory.mktemp("hostile"))


def outcome(text: str, here: Path) -> Configuration | str:
    try:
        return parse(text, here)
    except ConfigurationError as error:
        return str(error)


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("ab:-[]{}&*!|>'\"%@`#,? \t\n\r\x00é\u2028${}~1.<"), max_size=60))
def test_any_text_is_read_or_refused_in_words(here, text):
    assert outcome(text, here)


@settings(max_examples=100 if os.environ.get("DRUMBEAT_TEST_ALL") else 25, deadline=None)
@given(st.data())
def test_any_value_anywhere_is_read_or_refused_in_words(here, data):
    tree = yaml.safe_load(here.read_text())
    places = list(_places(tree, ()))
    changed = _with(tree, data.draw(st.sampled_from(places)), data.draw(VALUES))
    found = outcome(yaml.safe_dump(changed, allow_unicode=True), here)
    assert found
    if isinstance(found, Configuration):
        assert parse(dump(found), here) == found


def _places(tree: Any, path: tuple[Any, ...]) -> Any:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from _places(value, (*path, key))


def _with(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    made = copy.deepcopy(tree)
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return made
