"""Whatever fits the receiver's own description, or nearly does, gets an answer that it promises."""

import os

import pytest
from hypothesis import HealthCheck, given, settings

from pipelines.receiving.app import read_only
from pipelines.receiving.openapi import document, of_readers
from pipelines.receiving.readers import Readers
from pipelines.receiving.reading import Reader
from pipelines.receiving.tally import Tally
from tests.pipelines.receiving.serving import TOKENS, listening, project, running
from tests.support import at, refresh, write
from tests.support import project as files_project

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")
# Loaded here, not by the first test: Python 3.11 may fail to parse while another thread does.
pytest.importorskip("schemathesis.specs.openapi.schemas")

# Not whether all that fits is accepted: some rules are about several fields at once.
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
EXAMPLES = 200 if os.environ.get("DRUMBEAT_TEST_ALL") else 25
POSTS = [path for path, known in document()["paths"].items() if "post" in known]
GETS = [path for path, known in document()["paths"].items() if "get" in known]
DEPLOYMENT = {"deployment_id": "d1", "service": "checkout", "finished_at": at("2026-03-02 12:00")}
TOKEN = {"Authorization": f"Bearer {TOKENS['CI_TOKEN']}"}


@pytest.fixture(scope="module")
def receiver(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        for name, value in TOKENS.items():
            patched.setenv(name, value)
        folder = tmp_path_factory.mktemp("openapi")
        write(folder / "files", deployments=[DEPLOYMENT])
        refresh(files_project(folder), at("2026-03-20 12:00"))
        with running(project(folder)) as client:
            yield client


@pytest.fixture(scope="module")
def schema(receiver):
    return schemathesis.openapi.from_url(f"http://127.0.0.1:{receiver.port}/openapi.json")


def tried(operation, modes, headers):
    """Try an operation many times; raise where an answer is none that the description has."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=modes))
    def try_it(case):
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)

    try_it()


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_no_body_of_a_known_sender_is_answered_with_an_error_of_ours(schema, path, mode):
    tried(schema[path]["POST"], schemathesis.GenerationMode(mode), TOKEN)


@pytest.mark.parametrize("path", POSTS)
def test_no_body_of_a_stranger_is_either(schema, path):
    tried(schema[path]["POST"], schemathesis.GenerationMode.POSITIVE, {})


@pytest.mark.parametrize("path", GETS)
def test_what_there_is_to_see_is_there(schema, path):
    tried(schema[path]["GET"], schemathesis.GenerationMode.POSITIVE, {})


def test_a_server_that_only_reads_describes_what_it_answers(tmp_path):
    reader = Reader(tmp_path, Readers(), Tally(lambda said: None))
    with listening(read_only(reader)) as port:
        found = schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/openapi.json")

    assert set(found.raw_schema["paths"]) == set(GETS)
    assert [path for path, known in of_readers()["paths"].items() if set(known) != {"get"}] == []
