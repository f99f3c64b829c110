"""Who may import whom, and what must never be committed."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {"connectors", "sql", "pipelines", "dashboard"}
ALLOWED = {
    "sql": {"sqlglot"},
    "connectors": {
        "pydantic", "polars", "github", "gitlab", "requests", "pagerduty", "httpx2", "yaml",
    },
    "pipelines": {
        "connectors", "sql", "click", "dagster", "duckdb", "fsspec", "holidays", "jinja2",
        "kaleido", "markupsafe",
        "numpy", "polars", "pydantic", "pydantic_core", "rich", "scipy", "starlette", "uvicorn",
        "weasyprint", "yaml",
    },
    "dashboard": {"sql", "duckdb", "polars", "plotly", "streamlit"},
}  # fmt: skip


def imports(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", sorted(OURS))
def test_a_package_imports_only_what_its_row_of_the_table_allows(package):
    allowed = ALLOWED[package] | {package} | set(sys.stdlib_module_names)
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    strangers = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in files
        for name in imports(file)
        if name not in allowed
    }
    assert not strangers


def test_no_import_is_relative():
    relative = [
        str(file.relative_to(ROOT))
        for package in OURS
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not relative


def tracked():
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [ROOT / name for name in names.split("\0") if name]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the git checkout")
def test_no_tracked_file_names_a_registry_or_an_address_of_a_person():
    registries = "|".join(("py" + "pi.org", "python" + "hosted", "npm" + "js.org"))
    invented = r"example\.(?:com|org)|git\.example|h\.org|[\w.-]*\b(?:invalid|example)\b"
    address = rf"[\w.+-]+@(?!{invented})[\w-]+\.[a-z]{{2,}}"
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in tracked()
        if file.suffix in {".py", ".md", ".toml", ".txt", ".yaml", ".sql", ".css", ".html", ""}
        and file.is_file()
        for match in re.finditer(f"{registries}|{address}", file.read_text(encoding="utf-8"))
    ]
    assert not found


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the git checkout")
def test_no_lock_file_with_registry_addresses_is_tracked():
    assert not {"uv.lock", "pylock.toml"} & {file.name for file in tracked()}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9_.\-]+==[A-Za-z0-9_.+!\-]+", line) for line in lines)
