"""The checks of the data's own quality warn, and say how to mend it."""

import dagster as dg
import pytest

from pipelines.orchestration import checks, lacking
from pipelines.orchestration.warehouse import Warehouse
from pipelines.steps import steps
from pipelines.warehouse import opened
from tests.orchestration.running import AS_OF, small
from tests.support import refresh


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    project = small(tmp_path_factory.mktemp("lacking"))
    refresh(project, AS_OF)
    return project


@pytest.fixture
def answer(made):
    with opened(made.warehouse) as con:
        con.execute("begin")

        def asked(table, name):
            step = steps()[table]
            found = {one.name: one for one in checks.of(table, step.grain, checks.keys(step))}
            return con, found[name].answer(Warehouse(made, con))

        yield asked
        con.execute("rollback")


@pytest.mark.parametrize("table", lacking.FINDINGS)
def test_every_table_of_findings_is_checked_and_a_finding_warns_with_its_remedy(answer, table):
    con, _ = answer(table, "nothing_is_found")
    con.execute(f"delete from {table}")
    assert answer(table, "nothing_is_found")[1].passed

    con.execute(
        f"insert into {table} (kind, service, subject) values ('unknown event', 'shop', 'a thing')"
    )
    _, found = answer(table, "nothing_is_found")

    assert not found.passed
    assert found.severity == dg.AssetCheckSeverity.WARN
    assert found.metadata["found"].value == 1
    assert found.description == (
        "unknown event: 1, such as a thing. If they tell of deployments or incidents, send them "
        "as plain events."
    )


def test_a_week_of_deployments_that_do_not_explain_themselves_warns(answer):
    table = lacking.EXPLAINED
    con, _ = answer(table, "deployments_explain_themselves")
    con.execute(f"update {table} set explained_count = deployment_count, explained_rate = 1")
    assert answer(table, "deployments_explain_themselves")[1].passed

    con.execute(
        f"update {table} set explained_count = 0, explained_rate = 0 where service = 'cart' "
        f"and starts_on = (select max(starts_on) from {table})"
    )
    _, found = answer(table, "deployments_explain_themselves")

    assert not found.passed
    assert found.description.startswith("cart: 0 of ")


def test_every_table_of_findings_reaches_the_list_of_all():
    assert set(lacking.FINDINGS) < set(steps()["marts.data_quality"].inputs)
