"""Which of what a code host tells are a service's deployments, told by hand."""

import pytest

from tests.sql.hosts import CodeHost, organisation, sha
from tests.support import rows, write

HUB, LAB = CodeHost(), CodeHost("gitlab")
KINDS = ("deployments", "releases", "tags", "runs")
MONO = {"repository": "acme/mono"}
SERVICES = [
    *(
        {
            "name": f"by-{kind}",
            "repository": "acme/all",
            "deployments": {"from": kind, "runs": ["Deploy"]},
        }
        for kind in KINDS
    ),
    {"name": "first", "repository": "acme/all"},
    {"name": "with-runs", "repository": "acme/all", "deployments": {"runs": ["Deploy"]}},
    {"name": "staged", "repository": "acme/staged"},
    {"name": "tagged", "repository": "acme/tagged"},
    {"name": "tagged-and-told", "repository": "acme/tagged"},
    {"name": "api", **MONO, "deployments": {"environments": ["prod-api", "prod-both"]}},
    {"name": "web", **MONO, "deployments": {"environments": ["prod-web", "prod-both"]}},
    {"name": "api-runs", **MONO, "deployments": {"runs": ["Deploy api"]}},
    {"name": "web-runs", **MONO, "deployments": {"runs": ["Deploy web"]}},
    {"name": "api-tags", **MONO, "deployments": {"from": "tags", "tags": ["api/v*"]}},
    {"name": "web-tags", **MONO, "deployments": {"from": "tags", "tags": ["web/v*"]}},
    {"name": "told-twice", "repository": "acme/twice", "deployments": {"source": "files"}},
]


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    folder = tmp_path_factory.mktemp("claims")
    told = [
        {"deployment_id": "f1", "service": "told-twice", "finished_at": "2026-03-02T09:00:00Z"},
        {
            "deployment_id": "f3",
            "service": "tagged-and-told",
            "finished_at": "2026-03-02T09:00:00Z",
        },
        {"deployment_id": "f2", "service": "stranger", "finished_at": "2026-03-02T09:00:00Z"},
    ]
    path = write(folder / "files", deployments=told)
    files = {"kind": "files", "name": "files", "path": str(path)}
    with organisation(folder, HUB, LAB, files, services=SERVICES) as found:
        yield found


def deployed(con, service, where="true"):
    query = f"select deployment_id from facts.deployments where service = $1 and {where}"
    return sorted(deployment_id for (deployment_id,) in rows(con, query, service))


def delivering(scope, *kinds):
    """Say that a repository has one of each kind."""
    HUB.repository(scope)
    HUB.line(scope, "root 1 09:00")
    if "deployments" in kinds:
        HUB.deployment(scope, 1, "success 2 09:00", sha=sha("root"))
    if "staged" in kinds:
        HUB.deployment(scope, 2, "success 2 09:00", environment="staging")
    if "runs" in kinds:
        HUB.run(scope, "run/1", "success", finished_at="2 09:00")
    if "releases" in kinds:
        HUB.release(scope, 1, "v1", "2 09:00")
    if "tags" in kinds:
        HUB.tag(scope, "v1", "2 09:00", "root")


delivering("acme/all", *KINDS)
delivering("acme/staged", "staged", "releases", "tags")
delivering("acme/tagged", "runs", "tags")


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("by-deployments", "github.com/acme/all/1@by-deployments"),
        ("by-runs", "github.com/acme/all/run/1@by-runs"),
        ("by-releases", "github.com/acme/all/releases/1"),
        ("by-tags", "by-tags@v1"),
    ],
)
def test_a_service_has_its_deployments_from_what_it_says(con, service, expected):
    assert deployed(con, service) == [expected]


def test_one_that_names_runs_has_them_another_the_first_that_its_repository_has(con):
    assert deployed(con, "with-runs") == ["github.com/acme/all/run/1@with-runs"]
    assert deployed(con, "first") == ["github.com/acme/all/1@first"]
    assert deployed(con, "tagged") == ["tagged@v1"]


def test_deployments_to_staging_alone_do_not_keep_releases_from_being_the_first(con):
    assert deployed(con, "staged") == ["github.com/acme/staged/releases/1"]


HUB.repository("acme/mono")
for number, environment in enumerate(("prod-api", "prod-web", "prod-both", "staging"), 1):
    HUB.deployment("acme/mono", number, "success 2 09:00", environment=environment)
HUB.run("acme/mono", "run/1", "success", name="Deploy api", finished_at="2 09:00")
HUB.run("acme/mono", "run/2", "success", name="Deploy web", finished_at="2 09:00")
HUB.line("acme/mono", "root 1 09:00")
HUB.tag("acme/mono", "api/v1", "2 09:00", "root")
HUB.tag("acme/mono", "web/v1", "2 09:00", "root")


def test_services_of_one_repository_have_their_own_environments_and_share_others(con):
    place = "github.com/acme/mono"
    assert deployed(con, "api", "is_production") == [f"{place}/1", f"{place}/3@api"]
    assert deployed(con, "web", "is_production") == [f"{place}/2", f"{place}/3@web"]
    assert deployed(con, "api", "not is_production") == [f"{place}/4@api"]


def test_services_of_one_repository_have_their_own_runs_and_tags(con):
    assert deployed(con, "api-runs") == ["github.com/acme/mono/run/1"]
    assert deployed(con, "web-runs") == ["github.com/acme/mono/run/2"]
    assert deployed(con, "api-tags") == ["api-tags@api/v1"]
    assert deployed(con, "web-tags") == ["web-tags@web/v1"]


delivering("acme/twice", "deployments", "releases")
HUB.run("acme/stray", "run/1", "success", finished_at="2 09:00")
HUB.release("acme/stray", 1, "v1", "2 09:00")


def found(con, kind):
    query = "select service, subject, detail from marts.data_quality where kind = $1 order by all"
    return rows(con, query, kind)


def test_a_second_source_is_evidence_only(con):
    assert deployed(con, "told-twice") == ["f1"]
    assert found(con, "second source of deployments") == [
        ("tagged-and-told", "github: acme/tagged", "1 runs"),
        ("told-twice", "github: acme/twice", "1 deployments, 1 releases"),
    ]


def test_what_tells_of_deployments_goes_before_the_tags_of_an_earlier_source(con):
    assert deployed(con, "tagged-and-told") == ["f3"]


def test_what_no_service_claims_is_found(con):
    assert found(con, "deployments of no service") == [
        ("stranger", "files: stranger", "1 deployments")
    ]
    assert found(con, "repository of no service") == [
        (None, "github: acme/stray", "1 releases, 1 runs")
    ]


def test_without_services_each_repository_that_deploys_or_releases_is_one(tmp_path):
    with organisation(tmp_path, HUB) as con:
        query = "select service, told_by from facts.services order by all"
        assert rows(con, query) == [
            ("acme/all", "deployments"),
            ("acme/mono", "deployments"),
            ("acme/staged", "releases"),
            ("acme/stray", "releases"),
            ("acme/tagged", None),
            ("acme/twice", "deployments"),
        ]
        assert deployed(con, "acme/all") == ["github.com/acme/all/1"]
