"""How the dashboard's process is started, and what it never loads."""

import os
import subprocess
import sys
from pathlib import Path

from dashboard import launch


def run(code, tmp_path):
    return subprocess.run(
        [sys.executable, "-c", code],
        env=launch.environment(tmp_path),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_names_the_main_script_wholly_and_its_port():
    made = launch.command(8600, headless=True)

    assert made[:4] == [sys.executable, "-m", "streamlit", "run"]
    assert Path(made[4]).is_absolute()
    assert {"--server.port=8600", "--server.headless=true"} < set(made)


def test_the_environment_carries_the_data_directory_and_keeps_the_python_path(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", "elsewhere")

    made = launch.environment(tmp_path)

    assert made["DRUMBEAT_DATA_DIR"] == str(tmp_path)
    assert made["PYTHONPATH"].split(os.pathsep)[1:] == ["elsewhere"]


def test_settings_are_found_from_any_folder(tmp_path):
    code = (
        "from streamlit.web import bootstrap\n"
        "from streamlit import config\n"
        f"config._main_script_path = {launch.command()[4]!r}\n"
        "config.get_config_options(force_reparse=True)\n"
        "print(config.get_option('theme.light.backgroundColor'))\n"
    )

    assert run(code, tmp_path).stdout.split() == ["#FCFBF9"]


def test_the_app_is_imported_without_the_pipeline_or_plotly_express(tmp_path):
    code = (
        "import sys, dashboard.app, dashboard.charts\n"
        "never = {'dagster', 'pipelines', 'connectors', 'plotly.express'}\n"
        "print(sorted(never & set(sys.modules)))\n"
    )

    assert run(code, tmp_path).stdout.split("\n")[0] == "[]"
