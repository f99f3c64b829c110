import re
from collections.abc import Callable
from functools import cache

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.configuration import (
    NOTHING,
    PRE_RELEASE,
    bot_pattern,
    glob_pattern,
    name_pattern,
    tag_pattern,
)
from pipelines.configuration.schema import BOTS

QUESTION = "select regexp_matches($text, $pattern)"


@cache
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def matches(pattern: str, text: str) -> bool:
    """Ask Python and DuckDB, which must agree."""
    answer = connection().execute(QUESTION, {"text": text, "pattern": pattern})
    found = answer.fetchall()[0][0]
    assert found == bool(re.search(pattern, text)), (pattern, text)
    return bool(found)


@pytest.mark.parametrize(
    "name",
    [
        "renovate[bot]",
        "Dependabot[bot]",
        "dependabot",
        "some-app[bot]",
        "ci-bot",
        "CI-Bot",
        "deploy bot",
        "release_bot",
        "bot",
        "bot-42",
        "Renovate Bot",
        "github-actions",
        "GitHub Actions",
    ],
)
def test_the_usual_bots_are_bots(name):
    assert matches(bot_pattern(BOTS), name)


@pytest.mark.parametrize(
    "name", ["talbot", "Talbot", "robotics", "Jane Abbot", "botond", "[bot", "cibot", "b", ""]
)
def test_people_are_no_bots(name):
    assert not matches(bot_pattern(BOTS), name)


def test_no_globs_match_nothing_not_even_nothing():
    assert name_pattern([]) == NOTHING
    assert tag_pattern([]) == NOTHING
    for text in ("", "a", "\n"):
        assert not matches(NOTHING, text)


@pytest.mark.parametrize(
    ("glob", "path", "is_match"),
    [
        ("services/api/**", "services/api/main.py", True),
        ("services/api/**", "services/api/deep/down/main.py", True),
        ("services/api/**", "services/api2/main.py", False),
        ("services/api/**", "old/services/api/main.py", False),
        ("services/api", "services/api/main.py", True),
        ("services/api/", "services/api/main.py", True),
        ("services/api", "services/api", True),
        ("services/api", "services/api.md", False),
        ("./services/api", "services/api/main.py", True),
        ("/services/api", "services/api/main.py", True),
        ("services/*", "services/main.py", True),
        ("services/*", "services/api/main.py", False),
        ("services/*/main.py", "services/api/main.py", True),
        ("services/*/main.py", "services/a/b/main.py", False),
        ("services/**/main.py", "services/main.py", True),
        ("services/**/main.py", "services/a/b/main.py", True),
        ("**/main.py", "main.py", True),
        ("**/main.py", "a/b/main.py", True),
        ("**/main.py", "a/notmain.py", False),
        ("**", "anything/at/all", True),
        ("*.py", "main.py", True),
        ("*.py", "a/main.py", False),
        ("*.py", "mainxpy", False),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("a[b]c", "a[b]c", True),
        ("a[b]c", "abc", False),
        ("a+(b)$", "a+(b)$", True),
        ("API/**", "api/main.py", False),
    ],
)
def test_path_globs(glob, path, is_match):
    assert matches(glob_pattern(glob), path) is is_match


@pytest.mark.parametrize(
    ("glob", "tag", "is_match"),
    [
        ("v*", "v1.2.0", True),
        ("v*", "v2/v1.2.0", False),
        ("v*", "api/v1.2.0", False),
        ("api/v*", "api/v1.2.0", True),
        ("api/v*", "api/v1/2", False),
        ("**/v*", "a/b/v1", True),
        ("v*", "V1", False),
        ("v[0-9]*", "v1.2", True),
        ("v[0-9]*", "vendor", False),
        ("v[!0-9]*", "vendor", True),
        ("[0-9]*", "1.2", True),
        ("v1.2", "v1x2", False),
        ("v[", "v[", True),
        ("v[^1]", "v^", True),
        ("v[^1]", "v2", False),
    ],
)
def test_tag_globs(glob, tag, is_match):
    assert matches(tag_pattern([glob]), tag) is is_match


@pytest.mark.parametrize(
    "tag",
    [
        "v2.0.0-rc.1",
        "2.0.0rc1",
        "v1-rc1",
        "1.0-alpha",
        "1.0.0-BETA.2",
        "1.0a1",
        "1.0.0b2",
        "1.0.dev3",
        "1.0.dev20240101+gabc",
        "5.0.0-M1",
        "5.0.0.CR2",
        "1.0-SNAPSHOT",
        "13.0.0-canary.4",
        "19.0.0-next.0",
        "go1.22rc1",
        "api/v1.2.0-rc.1",
        "v1.0.0-preview.2",
        "v1.0.0-rc.1+build.5",
    ],
)
def test_pre_releases(tag):
    assert matches(PRE_RELEASE, tag)


@pytest.mark.parametrize(
    "tag",
    [
        "v1.2.3",
        "1.2",
        "1.0.2b",
        "1.0-1",
        "1.0.post1",
        "5.0.0.RELEASE",
        "5.0.0.Final",
        "release-2024.1",
        "build-20240101-a1b2c3",
        "v1.0.0+build.5",
        "alpha/v1.0.0",
        "preview-app-1.0",
        "latest",
        "v1.0.0-devices",
    ],
)
def test_releases(tag):
    assert not matches(PRE_RELEASE, tag)


@pytest.mark.parametrize("make", [lambda glob: name_pattern([glob]), glob_pattern, tag_pattern])
@settings(max_examples=60, deadline=None)
@given(glob=st.text(st.sampled_from("ab/*?.[]()|^$+\\-{}! é"), max_size=12), text=st.text("ab/.[]"))
def test_any_glob_is_a_pattern_that_both_engines_read_alike(
    make: Callable[[str], str], glob: str, text: str
):
    pattern = tag_pattern([glob]) if make is tag_pattern else make(glob)
    try:
        re.compile(pattern)
    except re.error:
        # A set that runs backwards, as [z-a]: the configuration refuses it.
        assert make is tag_pattern
        return
    matches(pattern, text)
    if not set(glob) & set("*?[]/"):
        assert matches(name_pattern([glob]), glob)
