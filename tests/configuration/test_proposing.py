import os
import subprocess
from pathlib import Path

import pytest

from pipelines.configuration import Configuration, ConfigurationError, parse, propose_from_git

WHO = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (
    ("NAME", "someone"), ("EMAIL", "someone@example.invalid"), ("DATE", "2025-01-01T00:00:00Z")
)}  # fmt: skip
QUIET = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def git(path: Path, *arguments: str) -> None:
    environment = {**os.environ, **WHO, **QUIET}
    command = ["git", "-C", str(path), *arguments]
    subprocess.run(command, env=environment, check=True, capture_output=True)


@pytest.fixture
def clone(tmp_path) -> Path:
    path = tmp_path / "shop"
    path.mkdir()
    git(path, "init", "--quiet", "--initial-branch=trunk")
    for name in ("services/api/main", "web/ui/page", "lib/ui/page", "docs/text"):
        (path / name).parent.mkdir(parents=True)
        (path / name).touch()
    git(path, "add", ".")
    git(path, "commit", "--quiet", "--message=first")
    return path


def proposed(path: Path, *tags: str) -> tuple[str, Configuration]:
    for tag in tags:
        git(path, "tag", tag)
    text = propose_from_git(path)
    return text, parse(text, Path("/somewhere/drumbeat.yaml"))


def test_tags_with_a_v_make_the_repository_one_service(clone):
    text, found = proposed(clone, "v1.0.0", "v1.1.0", "v1.1.0-rc.1")

    (service,) = found.services
    assert service.name == "shop"
    assert service.deployments.tags == ("v*",)
    assert service.deployments.pre_releases is False
    assert found.sources[0].location == str(clone)
    assert "# 3 tags, the newest v1.1.0\n" in text
    assert "# 1 left out: v1.1.0-rc.1\n" in text


def test_bare_versions_are_releases(clone):
    _, found = proposed(clone, "1.0.0", "1.1.0", "latest")

    assert found.services[0].deployments.tags == ("[0-9]*",)


def test_two_habits_of_one_repository_are_one_service(clone):
    _, found = proposed(clone, "1.0.0", "v1.1.0", "v1.2.0", "shop-2.0")

    (service,) = found.services
    assert service.deployments.tags == ("v*", "[0-9]*", "shop-*")


def test_a_glob_that_would_claim_other_tags_is_made_narrower(clone):
    text, found = proposed(clone, "v1.0.0", "vendor-import")

    assert found.services[0].deployments.tags == ("v[0-9]*",)
    assert "stands out: vendor-import" in text


def test_prefixes_of_a_monorepo_become_services_with_their_folders(clone):
    _, found = proposed(clone, "api/v1.2.0", "docs-1.0", "v3.0.0")

    paths = {service.name: (service.paths, service.deployments.tags) for service in found.services}
    assert paths == {
        "api": (("services/api/**",), ("api/v*",)),
        "docs": (("docs/**",), ("docs-*",)),
        "shop": ((), ("v*",)),
    }


def test_a_folder_that_is_named_in_full_wins(clone):
    _, found = proposed(clone, "web/ui/v1.0")

    assert found.services[0].name == "web/ui"
    assert found.services[0].paths == ("web/ui/**",)


def test_several_folders_of_one_name_are_left_to_choose(clone):
    text, found = proposed(clone, "ui/v1.0")

    assert found.services[0].paths == ()
    assert '# paths: ["lib/ui/**", "web/ui/**"]    # choose: several folders' in text


def test_packages_with_a_scope_are_services(clone):
    _, found = proposed(clone, "@acme/api@1.0.0", "@acme/api@1.1.0")

    assert found.services[0].name == "@acme/api"
    assert found.services[0].paths == ("services/api/**",)
    assert found.services[0].deployments.tags == ("@acme/api@*",)


def test_names_with_digits_are_not_taken_for_versions(clone):
    _, found = proposed(
        clone, "oauth2-proxy-v7.0.0", "oauth2-proxy-v7.1.0-rc1", "k8s/v1.0", "k8s/v2.0"
    )

    assert {service.name for service in found.services} == {"oauth2-proxy", "k8s"}


def test_nightly_tags_and_lone_strangers_are_no_services(clone):
    text, found = proposed(
        clone, "v1.0", "nightly-2024.01.01", "nightly-2024.01.02", "pr-12", "x-1"
    )

    assert [service.name for service in found.services] == ["shop"]
    assert "# Tags of no service, for no version or no folder stands out: nightly-2024" in text


def test_a_line_of_pre_releases_only_counts_them(clone):
    text, found = proposed(clone, "v0.1.0-alpha.1", "v0.1.0-alpha.2")

    assert found.services[0].deployments.pre_releases is True
    assert "# it has pre-releases only" in text


def test_no_tags_says_what_to_do(clone):
    text, found = proposed(clone)

    assert found.services == ()
    assert "# This clone has no tags" in text
    assert "git fetch --tags" in text


def test_tags_without_versions_are_named(clone):
    text, found = proposed(clone, "latest", "stable")

    assert found.services == ()
    assert "# None of the clone's 2 tags looks like a version: latest, stable" in text


def test_what_is_commented_out_without_tags_is_a_configuration_too(clone):
    text, _ = proposed(clone)
    start = text.index("# services:")

    found = parse(text[:start] + text[start:].replace("# ", "", 1).replace("\n# ", "\n"), Path("x"))

    assert found.services[0].deployments.tags == ("v*",)


def test_the_default_branch_and_name_are_those_of_origin(clone, tmp_path):
    git(tmp_path, "clone", "--quiet", str(clone), "copy")
    git(tmp_path / "copy", "checkout", "--quiet", "-b", "work")

    text, found = proposed(tmp_path / "copy")

    source = found.sources[0]
    assert source.kind == "git"
    assert (source.branch, source.repository) == ("trunk", "shop")
    assert "# the default branch of origin" in text


def test_a_detached_clone_leaves_the_branch_open(clone):
    git(clone, "checkout", "--quiet", "--detach")

    text, found = proposed(clone)

    assert found.sources[0].kind == "git"
    assert found.sources[0].branch is None
    assert "# branch: main    # no branch is checked out" in text


def test_a_shallow_clone_is_told(clone, tmp_path):
    git(clone, "commit", "--quiet", "--allow-empty", "--message=second")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{clone}", "copy")

    text, _ = proposed(tmp_path / "copy")

    assert "git fetch --unshallow --tags" in text


def test_a_bare_repository_and_one_without_commits_are_fine(clone, tmp_path):
    git(clone, "tag", "v1.0")
    git(tmp_path, "clone", "--quiet", "--bare", str(clone), "bare.git")
    git(tmp_path, "init", "--quiet", "empty")

    _, bare = proposed(tmp_path / "bare.git")
    text, _ = proposed(tmp_path / "empty")

    assert bare.services[0].name == "shop"
    assert "has no commit checked out" in text


def test_a_folder_of_the_clone_stands_for_the_clone(clone):
    _, found = proposed(clone / "docs")

    assert found.sources[0].location == str(clone)


def test_what_is_no_repository_is_refused_with_a_remedy(tmp_path):
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ConfigurationError, match=r"drumbeat init --from-git"):
            propose_from_git(path)


def test_hostile_names_stay_text(clone, tmp_path):
    odd = tmp_path / "a: b # ${HOME} \"'"
    clone.rename(odd)

    _, found = proposed(
        odd, "${HOME}#x-1.0", "${HOME}#x-1.1", "'\"&!%@-1.0", "'\"&!%@-1.1", "é/v1.0", "é/v1.1"
    )

    assert found.sources[0].location == str(odd)
    assert {service.name for service in found.services} == {"${HOME}#x", "'\"&!%", "é"}
