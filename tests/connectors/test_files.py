"""The files source: what it reads, what it refuses, and that nothing else is lost."""

import csv
import io
import json
import random
import re
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from connectors.errors import SourceError, SourceMisconfigured
from connectors.files import Files
from connectors.neutral import TABLES

HEADER = "deployment_id,service,finished_at"
GOOD = "d1,shop,2026-03-02T09:00:00Z"
ROWS = {
    "deployments": [
        {
            "deployment_id": "d1",
            "service": "shop",
            "finished_at": "2026-03-02T09:00:00Z",
            "status": "failure",
            "author": "Ada Löwe",
            "cluster": "blue, east",
        },
        {
            "deployment_id": "d2",
            "service": "shop",
            "finished_at": "2026-03-03T09:00:00Z",
            "version": 'v1 "beta"',
        },
        {"deployment_id": "d3", "service": "till", "status": "in_progress"},
    ],
    "changes": [
        {
            "change_id": "c1",
            "repository": "shop",
            "merged_at": "2026-03-01T09:00:00Z",
            "opened_at": "2026-02-27T23:30:00Z",
            "title": "Line one\nline two",
            "labels": "hotfix;urgent",
        },
        {"change_id": "c2", "service": "till", "merged_at": "2026-03-01T10:00:00Z"},
    ],
    "commits": [
        {
            "repository": "shop",
            "sha": "a" * 40,
            "authored_at": "2026-03-01T08:00:00Z",
            "parents": f"{'b' * 40} {'c' * 40}",
            "paths": "src/a.py;src/b.py",
        },
        {"repository": "shop", "sha": "b" * 40, "authored_at": "2026-02-01T08:00:00Z"},
    ],
    "incidents": [
        {
            "incident_id": "i1",
            "started_at": "2026-03-02T10:00:00Z",
            "resolved_at": "2026-03-02T11:00:00Z",
            "service": "shop",
            "severity": "1",
        },
        {"incident_id": "i2", "started_at": "2026-03-05T10:00:00Z"},
    ],
    "flag_events": [
        {
            "flag_event_id": "f1",
            "flag_key": "new-basket",
            "happened_at": "2026-03-02T10:05:00Z",
            "does": "raised",
            "service": "shop",
            "source": "unleash",
        },
        {
            "flag_event_id": "f2",
            "flag_key": "new-basket",
            "happened_at": "2026-03-02T11:05:00Z",
            "does": "lowered",
        },
    ],
    "progressive_rollouts": [
        {
            "rollout_id": "r1",
            "service": "shop",
            "started_at": "2026-03-02T09:00:00Z",
            "strategy": "canary",
            "status": "aborted",
            "aborted_at": "2026-03-02T09:05:00Z",
            "abort_weight": "0.2",
            "has_weights": "true",
        },
        {"rollout_id": "r2", "service": "shop", "started_at": "2026-03-03T09:00:00Z"},
    ],
    "analyses": [
        {
            "analysis_id": "a1",
            "rollout_id": "r1",
            "metric": "error-rate",
            "can_fail": "true",
            "verdict": "failed",
            "finished_at": "2026-03-02T09:05:00Z",
        },
        {"analysis_id": "a2", "rollout_id": "r2", "metric": "latency"},
    ],
    "traffic_weights": [
        {
            "weight_id": "w1",
            "rollout_id": "r1",
            "changed_at": "2026-03-02T09:01:00Z",
            "weight": "0.2",
        }
    ],
    "agent_syncs": [
        {
            "sync_id": "s1",
            "service": "shop",
            "changed_at": "2026-03-02T09:00:00Z",
            "state": "synced",
        }
    ],
    "shadows": [
        {
            "shadow_id": "h1",
            "service": "shop",
            "started_at": "2026-03-01T09:00:00Z",
            "finished_at": "2026-03-01T10:00:00Z",
            "verdict": "matched",
        }
    ],
    "flags": [
        {
            "flag_id": "web/new-basket",
            "flag_key": "new-basket",
            "kind": "release",
            "created_at": "2026-03-02T10:05:00Z",
            "removal_on": "2026-06-01",
            "is_stale": "true",
        },
        {"flag_id": "web/old-basket", "flag_key": "old-basket"},
    ],
    "flag_states": [
        {
            "flag_id": "web/new-basket",
            "environment": "production",
            "is_enabled": "true",
            "rollout_share": "0.25",
        },
        {"flag_id": "web/old-basket", "environment": "production", "is_enabled": "false"},
    ],
    "flag_references": [
        {"repository": "shop", "flag_key": "new-basket", "path": "lib/basket.py", "sha": "a" * 40},
        {"repository": "shop", "flag_key": "old-basket", "path": "lib/basket.py"},
    ],
    "changed_files": [
        {
            "repository": "shop",
            "sha": "a1",
            "path": "db/migrate/1.up.sql",
            "status": "A",
            "operations": "add_column",
        },
        {"repository": "shop", "sha": "a1", "path": "k8s/shop.yaml", "is_image_only": "true"},
    ],
    "owners": [
        {"repository": "shop", "line": "1", "pattern": "*", "owners": "@acme/core;@acme/web"},
        {"repository": "shop", "line": "2", "pattern": "/docs/", "section": "Docs"},
    ],
}


def columns(rows):
    return list(dict.fromkeys(name for row in rows for name in row))


def as_csv(rows, newline="\n"):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns(rows), lineterminator=newline)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(folder, table, rows, form):
    path = folder / f"{table}.{form}"
    if form == "csv":
        path.write_bytes(as_csv(rows).encode())
    elif form == "ndjson":
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    else:
        schema = dict.fromkeys(columns(rows), pl.String)
        pl.DataFrame(rows, schema=schema).write_parquet(path)


def text(folder: Path, content: str | bytes, name: str = "deployments.csv") -> Files:
    raw = content if isinstance(content, bytes) else content.encode()
    (folder / name).write_bytes(raw)
    return Files(folder)


def records(source, entity="deployments", cursors=None):
    batches = list(source.collect(entity, cursors or {}))
    return {
        row["record_id"]: json.loads(row["payload"])
        for batch in batches
        for row in batch.rows.iter_rows(named=True)
    }


def rejected(source):
    """The bad rows as (file, line, column, value, reason), in the order of the lines."""
    found = records(source, "rejected").values()
    names = ("file", "line", "column", "value", "reason")
    return sorted(tuple(row[name] for name in names) for row in found)


def cursor(source, entity="deployments"):
    ((found,),) = [(batch.cursor,) for batch in source.collect(entity, {})]
    return {"": found}


@pytest.mark.parametrize("table", TABLES)
def test_every_format_gives_the_same_records(tmp_path, table):
    found = {}
    for form in ("csv", "ndjson", "parquet"):
        folder = tmp_path / form
        folder.mkdir()
        write(folder, table, ROWS[table], form)
        (batch,) = Files(folder).collect(table, {})
        found[form] = batch.rows.sort("record_id").rows()

    assert found["csv"] == found["ndjson"] == found["parquet"]
    assert len(found["csv"]) == len(ROWS[table])


@pytest.mark.parametrize("table", TABLES)
def test_payloads_hold_what_the_row_held_and_no_nulls(tmp_path, table):
    write(tmp_path, table, ROWS[table], "csv")

    assert list(records(Files(tmp_path), table).values()) == ROWS[table]


def test_zoned_times_numbers_and_lists_of_parquet_are_told_as_csv_would(tmp_path):
    pl.DataFrame(
        {
            "repository": ["shop"],
            "sha": ["a"],
            "authored_at": pl.Series(
                [datetime(2026, 3, 1, 9, 0, tzinfo=UTC)], dtype=pl.Datetime("us", "UTC")
            ).dt.convert_time_zone("Asia/Kolkata"),
            "parents": [["b", "c"]],
            "paths": [["x.py", "y.py"]],
            "size": [12],
            "is_signed": [True],
            "nested": [{"a": 1}],
            "digest": [b"\xff\x00"],
        }
    ).write_parquet(tmp_path / "commits.parquet")

    assert records(Files(tmp_path), "commits")["shop@a"] == {
        "repository": "shop",
        "sha": "a",
        "authored_at": "2026-03-01T09:00:00Z",
        "parents": "b c",
        "paths": "x.py;y.py",
        "size": "12",
        "is_signed": "true",
        "nested": '{"nested":{"a":1}}',
        "digest": "ff00",
    }


def test_times_of_parquet_without_a_zone_are_rejected(tmp_path):
    pl.DataFrame(
        {
            "incident_id": ["i1"],
            "started_at": pl.Series([datetime(2026, 3, 1)], dtype=pl.Datetime("us")),  # noqa: DTZ001
        }
    ).write_parquet(tmp_path / "incidents.parquet")

    ((file, line, column, value, reason),) = rejected(Files(tmp_path))
    assert (file, line, column) == ("incidents.parquet", 1, "started_at")
    assert value == "2026-03-01T00:00:00.000000"
    assert "offset" in reason


def test_a_byte_order_mark_and_windows_line_ends_are_no_part_of_the_data(tmp_path):
    plain = records(text(tmp_path, as_csv(ROWS["deployments"])))

    marked = b"\xef\xbb\xbf" + as_csv(ROWS["deployments"], "\r\n").encode()

    assert records(text(tmp_path, marked)) == plain
    assert records(text(tmp_path, as_csv(ROWS["deployments"], "\r"))) == plain


def test_a_quoted_newline_is_part_of_its_field_and_lines_are_counted_by_their_start(tmp_path):
    body = 'd1,shop,2026-03-02T09:00:00Z,"a\nb"\nd2,shop,soon,"c\nd"\n'
    source = text(tmp_path, f"{HEADER},note\n{body}")

    assert records(source)["d1"]["note"] == "a\nb"
    assert [(line, value) for _, line, _, value, _ in rejected(source)] == [(4, "soon")]


@pytest.mark.parametrize("position", [2, 3, 4])
def test_a_quote_that_never_closes_costs_its_own_line_only(tmp_path, position):
    lines = [f'd{n},shop,2026-03-0{n}T09:00:00Z,"note {n}"' for n in range(1, 5)]
    lines[position - 1] = f'd{position},shop,2026-03-02T09:00:00Z,"never closed'
    source = text(tmp_path, "\n".join([f"{HEADER},note", *lines, ""]))

    assert sorted(records(source)) == [f"d{n}" for n in range(1, 5) if n != position]
    ((file, line, column, value, _),) = rejected(source)
    assert (file, line, column, value) == ("deployments.csv", position + 1, "", None)


def test_ragged_rows_are_told_with_the_number_of_their_fields(tmp_path):
    source = text(tmp_path, f"{HEADER}\nd0,shop\n{GOOD}\nd2,shop,2026-03-02T09:00:00Z,what\n")

    assert list(records(source)) == ["d1"]
    assert rejected(source) == [
        ("deployments.csv", 2, "", None, "has 2 fields where the header has 3"),
        ("deployments.csv", 4, "", None, "has 4 fields where the header has 3"),
    ]


def test_bytes_that_are_no_utf_8_and_nul_bytes_cost_nothing_else(tmp_path):
    body = b"d1,caf\xe9,2026-03-02T09:00:00Z\nd2,a\x00b,2026-03-02T09:00:00Z\n"
    source = text(tmp_path, HEADER.encode() + b"\n" + body + GOOD.replace("d1", "d3").encode())

    found = records(source)
    assert sorted(found) == ["d1", "d2", "d3"]
    assert found["d1"]["service"] == "caf\N{REPLACEMENT CHARACTER}"
    assert found["d2"]["service"] == "a\x00b"


@pytest.mark.parametrize("content", ["", "\ufeff", "\n", f"{HEADER}\n", HEADER])
def test_an_empty_file_and_a_header_alone_are_empty_tables(tmp_path, content):
    (batch,) = text(tmp_path, content).collect("deployments", {})

    assert batch.is_whole
    assert len(batch.rows) == 0
    assert rejected(Files(tmp_path)) == []


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_a_missing_column_is_an_error_that_names_file_column_and_remedy(tmp_path, form):
    write(tmp_path, "deployments", [{"deployment_id": "d1", "service": "shop"}], form)

    with pytest.raises(SourceMisconfigured) as error:
        records(Files(tmp_path))

    assert str(error.value) == (
        f"deployments.{form}: has no column finished_at; "
        "a table of deployments needs deployment_id, service, finished_at"
    )


def test_a_missing_column_is_told_even_before_there_are_rows(tmp_path):
    with pytest.raises(SourceMisconfigured, match="no column finished_at"):
        records(text(tmp_path, "deployment_id;service;finished_at\n"))


def test_a_column_that_stands_twice_is_an_error(tmp_path):
    with pytest.raises(SourceMisconfigured, match="has column service twice"):
        records(text(tmp_path, f"{HEADER},service\n{GOOD},other\n"))


def test_a_null_in_ndjson_names_its_column(tmp_path):
    row = {"deployment_id": "d1", "service": "s", "status": "in_progress", "finished_at": None}
    source = text(tmp_path, json.dumps(row), "deployments.ndjson")

    assert "finished_at" not in records(source)["d1"]


@pytest.mark.parametrize(
    ("column", "value"),
    [("status", "done"), ("status", "SUCCESS"), ("trigger", "cron"), ("strategy", "big bang")],
)
def test_a_value_that_is_none_of_the_choices_is_rejected(tmp_path, column, value):
    source = text(tmp_path, f"{HEADER},{column}\n{GOOD},{value}\nd2,shop,2026-03-02T09:00:00Z,\n")

    assert list(records(source)) == ["d2"]
    ((_, line, told, found, reason),) = rejected(source)
    assert (line, told, found) == (2, column, value)
    assert reason.startswith("is none of ")


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"),
        ("2026-03-02t09:00:00z", "2026-03-02T09:00:00Z"),
        ("2026-03-02 09:00:00+00:00", "2026-03-02T09:00:00Z"),
        ("2026-03-02 09:00:00+00", "2026-03-02T09:00:00Z"),
        ("2026-03-02T09:00Z", "2026-03-02T09:00:00Z"),
        ("2026-03-02T09:00:00+0530", "2026-03-02T03:30:00Z"),
        ("2026-03-02T09:00:00-08", "2026-03-02T17:00:00Z"),
        ("2026-03-02T09:00:00.999999+05:30", "2026-03-02T03:30:00Z"),
        ("2026-03-02T09:00:00.123456789Z", "2026-03-02T09:00:00Z"),
        ("2026-03-02T09:00:00.5Z", "2026-03-02T09:00:00Z"),
        (" 2026-03-02T09:00:00Z ", "2026-03-02T09:00:00Z"),
        ("2024-02-29T23:59:59-12:00", "2024-03-01T11:59:59Z"),
    ],
)
def test_times_with_an_offset_become_utc_to_the_second(tmp_path, told, meant):
    source = text(tmp_path, f"{HEADER}\nd1,shop,{told}\n")

    assert records(source)["d1"]["finished_at"] == meant


@pytest.mark.parametrize(
    "told",
    [
        "2026-03-02T09:00:00",
        "2026-03-02",
        "2026-02-30T09:00:00Z",
        "2026-03-02T24:01:00Z",
        "2026-03-02T09:00:00+25:00",
        "1772442000",
        "02.03.2026 09:00",
        "yesterday",
        "2026-03-02T09:00:00Z\u2009x",
        "٢٠٢٦-03-02T09:00:00Z",
    ],
)
def test_what_is_no_time_with_an_offset_is_rejected_with_its_value(tmp_path, told):
    source = text(tmp_path, f"{HEADER}\nd0,shop,{told}\n{GOOD}\n")

    assert list(records(source)) == ["d1"]
    ((_, line, column, value, reason),) = rejected(source)
    assert (line, column, value) == (2, "finished_at", told)
    assert reason == "is no ISO 8601 time with an offset, such as 2026-11-23T10:40:00Z"


@pytest.mark.parametrize(
    "told",
    ["0000-01-01T00:00:00Z", "0226-03-02T09:00:00Z", "9999-12-31T23:59:59-05:00",
     "1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z"],
)  # fmt: skip
def test_a_year_that_can_only_be_a_slip_is_rejected(tmp_path, told):
    source = text(tmp_path, f"{HEADER}\nd0,shop,{told}\n{GOOD}\n")

    assert list(records(source)) == ["d1"]
    ((_, _, column, value, reason),) = rejected(source)
    assert (column, value) == ("finished_at", told)
    assert reason == "is not between the years 1970 and 2199"


@pytest.mark.parametrize("told", ["1970-01-01T00:00:00Z", "2199-12-31T23:59:59Z"])
def test_the_first_and_the_last_second_that_count_are_kept(tmp_path, told):
    source = text(tmp_path, f"{HEADER}\nd1,shop,{told}\n")

    assert records(source)["d1"]["finished_at"] == told


def test_the_second_row_of_an_id_is_rejected_and_the_first_kept(tmp_path):
    source = text(tmp_path, f"{HEADER}\n{GOOD}\nd1,till,2026-03-03T09:00:00Z\n")

    assert records(source)["d1"]["service"] == "shop"
    assert rejected(source) == [
        ("deployments.csv", 3, "deployment_id", "d1", "is in an earlier row already")
    ]


def test_a_bad_row_does_not_cost_the_good_row_with_its_id(tmp_path):
    source = text(tmp_path, f"{HEADER}\nd1,shop,soon\n{GOOD}\n")

    assert list(records(source)) == ["d1"]
    assert [(line, value) for _, line, _, value, _ in rejected(source)] == [(2, "soon")]


def test_ids_are_told_apart_over_all_files_of_a_table(tmp_path):
    text(tmp_path, f"{HEADER}\n{GOOD}\n")
    again = {"deployment_id": "d1", "service": "x", "finished_at": "2026-03-02T09:00:00Z"}
    source = text(tmp_path, json.dumps(again), "deployments.ndjson")

    assert records(source)["d1"]["service"] == "shop"
    assert [file for file, *_ in rejected(source)] == ["deployments.ndjson"]


def test_commits_of_two_repositories_may_share_a_sha(tmp_path):
    at = "2026-03-02T09:00:00Z"
    source = text(tmp_path, f"repository,sha,authored_at\na,f00,{at}\nb,f00,{at}\n", "commits.csv")

    assert sorted(records(source, "commits")) == ["a@f00", "b@f00"]
    assert rejected(source) == []


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("deployments", {"deployment_id": "", "service": "s", "finished_at": "x"}, "deployment_id"),
        ("deployments", {"deployment_id": "d", "service": " ", "finished_at": ""}, "service"),
        ("deployments", {"deployment_id": "d", "service": "s", "finished_at": ""}, "finished_at"),
        ("changes", {"change_id": "c", "merged_at": ""}, "repository"),
        ("commits", {"repository": "r", "sha": "a", "authored_at": ""}, "authored_at"),
        ("incidents", {"incident_id": "i", "started_at": ""}, "started_at"),
    ],
)
def test_a_row_without_what_it_needs_is_rejected(tmp_path, table, row, column):
    source = text(tmp_path, as_csv([row]), f"{table}.csv")

    assert records(source, table) == {}
    assert [(line, told) for _, line, told, _, _ in rejected(source)] == [(2, column)]


def test_a_field_of_two_million_characters_is_read(tmp_path):
    source = text(tmp_path, f"{HEADER},note\n{GOOD},{'x' * 2_000_000}\n")

    assert len(records(source)["d1"]["note"]) == 2_000_000


def test_as_much_of_a_bad_value_is_told_as_finds_it(tmp_path):
    source = text(tmp_path, f"{HEADER}\nd1,shop,{'x' * 2_000_000}\n")

    assert [value for *_, value, _ in rejected(source)] == ["x" * 200]


@pytest.mark.parametrize(
    ("author", "kept"),
    [
        ("Ada <ada@shop.invalid>", "Ada <ada>"),
        ("ada@shop.invalid", "ada"),
        ("a@b@c.invalid", "a"),
        ("12+renovate[bot]@users.invalid", "12+renovate[bot]"),
        ("@ada", "@ada"),
    ],
)
def test_no_address_of_an_author_is_kept(tmp_path, author, kept):
    source = text(tmp_path, f"{HEADER},author\n{GOOD},{author}\n")

    assert records(source)["d1"]["author"] == kept


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Fix for bob@shop.example.com, at last", "Fix for ***, at last"),
        ("<a.b+c@example.com>;ada@example.com", "<***>;***"),
        ("Bump pkg@1.2.0 for @acme/web", "Bump pkg@1.2.0 for @acme/web"),
    ],
)
@pytest.mark.parametrize("column", ["title", "branch", "labels", "note"])
def test_no_address_in_a_text_is_kept(tmp_path, column, told, kept):
    row = {"change_id": "c1", "merged_at": "2026-03-02T09:00:00Z", "service": "shop", column: told}
    write(tmp_path, "changes", [row], "csv")

    assert records(Files(tmp_path), "changes")["c1"][column] == kept


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://user:password@git.example/a?b=1", "https://git.example/a?b=1"),
        ("https://ada@example.com:p@ss@git.example/a", "https://git.example/a"),
        ("https://git.example/@ada/a", "https://git.example/@ada/a"),
        ("https://git.example/?who=ada@example.com", "https://git.example/?who=***"),
    ],
)
def test_no_login_and_no_address_of_a_url_is_kept(tmp_path, told, kept):
    source = text(tmp_path, f"{HEADER},url\n{GOOD},{told}\n")

    assert records(source)["d1"]["url"] == kept


def test_no_address_in_a_rejected_value_is_kept(tmp_path):
    far = f"{'x' * 190} ada@example.com"
    source = text(tmp_path, f"{HEADER}\nd1,shop,ada@example.com\nd2,shop,{far}\n")

    assert [value for *_, value, _ in rejected(source)] == ["***", f"{'x' * 190} ***"]


def test_further_columns_are_kept_whatever_they_are_called(tmp_path):
    odd = {
        "line": "7", "file": "x", "broken": "no", "fault": "none", "record_id": "r",
        "updated_at": "whenever", "source": "s", 'a "quoted" name': "1", "back\\slash": "2",
        "ünï": "3", "": "4",
    }  # fmt: skip
    row = {"deployment_id": "d1", "service": "s", "finished_at": "2026-03-02T09:00:00Z", **odd}
    none = row | {"deployment_id": "d2"} | dict.fromkeys(odd, "")

    for form in ("csv", "ndjson", "parquet"):
        folder = tmp_path / form
        folder.mkdir()
        write(folder, "deployments", [row, none], form)
        found = records(Files(folder))
        assert found["d1"] == row
        assert sorted(found["d2"]) == ["deployment_id", "finished_at", "service"]


def test_values_that_look_like_json_are_only_text(tmp_path):
    notes = ['{"a":null}', '","b":null,"', ":null,", 'x":null}', ",}", "\\", '\\"', "null"]
    rows = [
        {"deployment_id": f"d{n}", "service": "s", "finished_at": "2026-03-02T09:00:00Z"}
        | {"note": note, "other": None}
        for n, note in enumerate(notes)
    ]
    write(tmp_path, "deployments", rows, "ndjson")

    assert [row["note"] for row in records(Files(tmp_path)).values()] == notes


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "7", '"x"', "null", "[" * 100_000, '{"a": 1} {"b": 2}', "9" * 5000],
)
def test_a_broken_line_of_ndjson_costs_that_line_only(tmp_path, line):
    good = {"deployment_id": "d1", "service": "s", "finished_at": "2026-03-02T09:00:00Z"}
    source = text(tmp_path, f"{line}\n\n{json.dumps(good)}\n", "deployments.ndjson")

    assert list(records(source)) == ["d1"]
    ((file, number, _, _, reason),) = rejected(source)
    assert (file, number) == ("deployments.ndjson", 1)
    assert reason.startswith("is no JSON")


def test_half_a_character_in_ndjson_costs_nothing(tmp_path):
    line = (
        '{"deployment_id": "d1", "service": "\\ud800x", "finished_at": "2026-03-02T09:00:00Z",'
        ' "n\\ud800": 1, "caf\\u00e9": null}'
    )

    found = records(text(tmp_path, line, "deployments.ndjson"))

    assert found["d1"]["service"] == "?x"


def test_a_truncated_parquet_file_is_an_error_that_names_it(tmp_path):
    write(tmp_path, "incidents", ROWS["incidents"], "parquet")
    path = tmp_path / "incidents.parquet"
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(SourceMisconfigured, match=r"incidents\.parquet.*write it anew"):
        records(Files(tmp_path), "incidents")


def test_a_folder_that_is_not_there_is_an_error_that_names_it(tmp_path):
    with pytest.raises(SourceError, match=r"nowhere is no folder; mend `path`"):
        records(Files(tmp_path / "nowhere"))


def test_a_folder_with_brackets_in_its_name_is_read(tmp_path):
    folder = tmp_path / "a[1]*b"
    folder.mkdir()
    write(folder, "incidents", ROWS["incidents"], "parquet")

    assert sorted(records(Files(folder), "incidents")) == ["i1", "i2"]


def test_unchanged_files_are_not_read_again(tmp_path):
    source = text(tmp_path, f"{HEADER}\n{GOOD}\n")
    seen = cursor(source)

    assert list(source.collect("deployments", seen)) == []

    text(tmp_path, f"{HEADER}\n{GOOD}\n\n")
    assert list(records(source, "deployments", seen)) == ["d1"]


def test_a_file_that_vanished_is_an_empty_whole_listing(tmp_path):
    source = text(tmp_path, f"{HEADER}\n{GOOD}\n")
    seen = cursor(source)
    (tmp_path / "deployments.csv").unlink()

    (batch,) = source.collect("deployments", seen)

    assert batch.is_whole
    assert len(batch.rows) == 0
    assert batch.cursor == {}


def test_nothing_is_lost_whatever_is_put_into_a_file(tmp_path):
    """Every data line of a garbled file is either a record or a rejected row."""
    dice = random.Random(7)
    signs = ["a", ",", '"', "\\", ";", "\x00", "é", " ", "@", "{", "\u2028", "'", "\x1c"]
    for _ in range(60):
        lines = [
            "".join(dice.choices(signs, k=dice.randrange(1, 12)))
            if dice.random() < 0.3
            else f'g{n},shop,2026-03-02T09:00:00Z,"note {n}"'
            for n in range(40)
        ]
        source = text(tmp_path, "\n".join([f"{HEADER},note", *lines]))
        good = {f"g{n}" for n, line in enumerate(lines) if line.startswith(f"g{n},")}
        found, bad = set(records(source)), {line - 2 for _, line, *_ in rejected(source)}

        lost = [n for n in range(40) if f"g{n}" in good and f"g{n}" not in found and n not in bad]
        assert lost == []
        # A row next to garbage may be taken into its quotes, but never without being told.
        assert len(found) + len(bad) >= len(good)


DOCS = Path(__file__).parents[2] / "docs" / "neutral-tables.md"


def documented(table):
    """The section of the docs on a table: its columns, which are required, its example."""
    text = DOCS.read_text(encoding="utf-8")
    section = re.split(r"^## ", text, flags=re.MULTILINE)
    (found,) = [part for part in section if part.startswith(f"`{table}`")]
    columns = re.findall(r"^\| `(\w+)` \| (\w+) \| (\w+)", found, flags=re.MULTILINE)
    (example,) = re.findall(r"```csv\n(.*?)```", found, flags=re.DOTALL)
    return columns, example


@pytest.mark.parametrize("table", TABLES)
def test_the_docs_name_every_column_and_what_is_required(table):
    columns, _ = documented(table)
    rules = TABLES[table]

    assert [name for name, _, _ in columns] == [*rules.columns, *rules.optional]
    assert {name for name, _, needed in columns if needed == "yes"} == set(rules.columns)
    times = {name for name, kind, _ in columns if kind == "time"}
    assert times == {name for name, _, _ in columns if name.endswith("_at")}


@pytest.mark.parametrize("table", TABLES)
def test_the_examples_of_the_docs_load_without_a_fault(tmp_path, table):
    columns, example = documented(table)
    source = text(tmp_path, example, f"{table}.csv")

    assert len(records(source, table)) == len(list(csv.reader(io.StringIO(example)))) - 1
    assert rejected(source) == []
    header = example.splitlines()[0].split(",")
    assert set(header) <= {name for name, _, _ in columns}


def test_the_bad_row_of_the_docs_is_told_as_they_say(tmp_path):
    content = DOCS.read_text(encoding="utf-8")
    ((bad, told),) = re.findall(
        r"```csv bad\n(.*?)```.*?```text\n(.*?)```", content, flags=re.DOTALL
    )
    source = text(tmp_path, bad)

    ((file, line, column, value, reason),) = rejected(source)
    assert told.strip() == f"Left out: files: {file}:{line}: {column} '{value}' {reason}"
    assert list(records(source)) == ["d-101"]


def test_a_line_of_owners_is_a_whole_number(tmp_path):
    found = text(tmp_path, "repository,line,pattern\nshop,1,*\nshop,first,/a\n", "owners.csv")
    assert list(records(found, "owners")) == ["shop@1"]
    assert rejected(found) == [("owners.csv", 3, "line", "first", "is no whole number")]
