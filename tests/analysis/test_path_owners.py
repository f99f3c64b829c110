"""Which rule of CODEOWNERS a path comes under, against a matcher that walks step by step."""

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.analysis.path_owners import owned
from pipelines.configuration import owner_pattern
from pipelines.configuration.proposals.ownership import holds

NAMES = st.sampled_from(["a", "b", "ab", "a.md", "*", "**", "a*", "?", "*.md", "[ab]", "a b"])
PATTERNS = st.builds(
    lambda lead, parts, end: lead + "/".join(parts) + end,
    st.sampled_from(["", "/"]), st.lists(NAMES, min_size=1, max_size=4), st.sampled_from(["", "/"]),
)  # fmt: skip
PATHS = st.lists(
    st.sampled_from(["a", "b", "ab", "a.md", "[ab]", "a b", "c"]), min_size=1, max_size=5
).map("/".join)


def rules(*patterns):
    return pl.DataFrame(
        {"place": range(len(patterns)), "pattern": patterns},
        schema={"place": pl.Int64, "pattern": pl.String},
    )


@settings(deadline=None)
@given(PATTERNS, st.lists(PATHS, min_size=1, max_size=20))
@example("**/", ["a", "a/b"])
@example("/**", ["a"])
@example("a/**/b", ["a/b", "a/c/b"])
def test_a_pattern_holds_where_the_slow_matcher_says(pattern, paths):
    found = pl.Series(paths).str.contains(owner_pattern(pattern)).to_list()

    assert found == [holds(pattern, path) for path in paths]


@settings(deadline=None)
@given(
    st.lists(PATTERNS | PATTERNS.map("!{}".format), max_size=6),
    st.sets(PATHS, min_size=1, max_size=20),
)
@example(["!b", "*", "b"], {"a", "b"})
def test_of_the_rules_that_hold_the_last_one_counts_but_where_one_excludes(patterns, paths):
    held = {
        path: place
        for place, some in owned(pl.Series(sorted(paths)), rules(*patterns))
        for path in some
    }

    slow = {}
    for path in paths:
        found = [place for place, one in enumerate(patterns) if holds(one.removeprefix("!"), path)]
        if found and not any(patterns[place].startswith("!") for place in found):
            slow[path] = max(found)
    assert held == slow


def test_a_pattern_that_is_no_path_or_too_large_holds_for_nothing():
    patterns = ["/", "a/" * 200_000]

    assert [some.to_list() for _, some in owned(pl.Series(["a"]), rules(*patterns))] == [[], []]
