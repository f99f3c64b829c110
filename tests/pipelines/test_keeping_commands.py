"""`drumbeat forget` and `drumbeat compact` as people type them."""

import json

import pytest
from click.testing import CliRunner

from pipelines.command_line import drumbeat
from pipelines.locking import locked
from tests.pipelines.keeping import NAME, organisation, payloads, standing


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return organisation(tmp_path_factory.mktemp("commands"))


def run(found, *words):
    made = CliRunner().invoke(drumbeat, [*words, "--data-dir", str(found.data_dir)])
    return made.exit_code, made.stdout, made.stderr, made.exception


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--author", ""),
        ("--author", " "),
        ("--author", "ada", "--scope", "acme/shop"),
        ("--source", "files", "--scope", "acme/shop", "--dry-run"),
    ],
)
def test_what_is_to_be_forgotten_must_be_one_thing(found, words):
    status, _, told, _ = run(found, "forget", *words)

    assert (status, "say one of --source, --scope and --author" in told) == (2, True)
    assert [name for name, told in payloads(found, "deployments") if NAME in told] == ["d2"]


def test_a_dry_run_then_the_deed_then_nothing_more(found):
    first = run(found, "forget", "--author", NAME, "--dry-run")
    second = run(found, "forget", "--author", NAME)
    third = run(found, "forget", "--author", NAME)

    assert first[:3] == (0, "", "Would be masked in 6 records of 4 files\n")
    assert second[2].splitlines()[-2] == "Masked in 6 records of 4 files"
    assert third[2].splitlines()[-2] == "Masked in 0 records of 0 files"
    assert standing(found.data_dir, NAME) == []
    # What was asked for is logged, and asked for twice it is logged twice.
    log = (found.data_dir / "forgotten.ndjson").read_text().splitlines()
    assert [json.loads(told)["records"] for told in log] == [6, 0]


def test_it_waits_for_nobody_when_told_so(found):
    with locked(found.data_dir, wait=False, say=print):
        for words in (("forget", "--author", NAME), ("compact",)):
            status, _, _, error = run(found, *words, "--no-wait")
            assert status == 1
            assert "is writing to" in str(error)


def test_compacting_says_how_many_files_went(found):
    assert run(found, "compact")[2] == "0 files less\n"
