"""What a number is warned of stands under the table of the five metrics."""

from datetime import date, timedelta

import pytest

from pipelines.reports import weekly
from tests.support import at, project, refresh, write

MONDAY = at("2026-01-05 10:00")
AS_OF = at("2026-03-30 12:00")


def deployed(service, days):
    return [
        {
            "deployment_id": f"{service}-{day}", "service": service, "version": str(day),
            "finished_at": MONDAY + timedelta(days=day),
        }
        for day in days
    ]  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("care")
    deployments = [*deployed("often", range(-7, 84)), *deployed("rarely", range(-7, 84, 14))]
    deployments += deployed("always", range(-7, 84, 7))
    write(folder / "files", deployments=deployments)
    made = project(folder)
    refresh(made, AS_OF)
    return made


@pytest.mark.parametrize("form", ["html", "md"])
def test_the_report_warns_of_unlike_services_with_the_metrics_that_they_touch(
    found, tmp_path, form
):
    (path,) = weekly.write(found, date(2026, 3, 23), tmp_path, [form])
    text = path.read_text()

    assert "To be read with care." in text
    assert "unlike services side by side: often deployed 84 times, rarely 6" in text
    assert "Recovery time and rework rate: unlike services" in text


def test_where_nothing_is_warned_of_nothing_is_said_of_care(tmp_path):
    write(tmp_path / "files", deployments=deployed("often", range(-7, 84)))
    made = project(tmp_path)
    refresh(made, AS_OF)
    (path,) = weekly.write(made, date(2026, 3, 23), tmp_path, ["md"])

    assert "with care" not in path.read_text()


def test_services_stand_by_name_and_not_by_how_often_they_deployed(found, tmp_path):
    (path,) = weekly.write(found, date(2026, 3, 23), tmp_path, ["md"])
    text = path.read_text().split("## Services that deployed")[1]

    assert text.index("always") < text.index("often")
