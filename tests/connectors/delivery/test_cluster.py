"""The API server of a cluster, asked with a kubeconfig."""

import base64
from pathlib import Path

import pytest
import yaml

from connectors.delivery import Kubernetes, Places, cluster, kubeconfig
from connectors.errors import SourceMisconfigured
from connectors.records import Failure
from tests.connectors.delivery import objects as made
from tests.connectors.delivery.api_server import TOKEN, serving

ROLLOUTS = "/apis/argoproj.io/v1alpha1/rollouts"


def config(folder, server="https://k.example:6443", user=None, **of_cluster):
    """Write a kubeconfig with one context."""
    path = folder / "config"
    path.write_text(
        yaml.safe_dump(
            {
                "current-context": "main",
                "contexts": [{"name": "main", "context": {"cluster": "c", "user": "u"}}],
                "clusters": [{"name": "c", "cluster": {"server": server, **of_cluster}}],
                "users": [{"name": "u", "user": {"token": TOKEN} if user is None else user}],
            }
        )
    )
    return path


@pytest.fixture
def server():
    with serving() as found:
        yield found


def source(folder, server, **keys):
    access = kubeconfig.read(config(folder, server.url))
    return Kubernetes(cluster.connect(access, sleep=lambda s: None, **keys), Places())


def test_lists_are_read_page_by_page_and_a_kind_that_is_not_installed_is_none(tmp_path, server):
    server.lists[ROLLOUTS] = [made.rollout(f"s{n}") for n in range(5)]
    (batch,) = source(tmp_path, server).collect("progressive_rollouts", {})

    assert [record.payload["service"] for record in batch.rows] == [f"s{n}" for n in range(5)]
    assert batch.scope == "127.0.0.1"
    assert server.asked.count(ROLLOUTS) == 3


def test_objects_are_asked_for_once_for_all_entities(tmp_path, server):
    server.lists[ROLLOUTS] = [made.rollout()]
    found = source(tmp_path, server)
    for entity in found.entities:
        list(found.collect(entity, {}))
    assert server.asked.count(ROLLOUTS) == 1


def test_namespaces_are_asked_one_by_one(tmp_path, server):
    path = "/apis/argoproj.io/v1alpha1/namespaces/shop-prod/rollouts"
    server.lists[path] = [made.rollout()]
    (batch,) = source(tmp_path, server, namespaces=("shop-prod",)).collect(
        "progressive_rollouts", {}
    )
    assert len(batch.rows) == 1
    assert ROLLOUTS not in server.asked


def test_what_may_not_be_listed_is_a_failure_that_says_what_is_needed(tmp_path, server):
    server.lists[ROLLOUTS] = [made.rollout()]
    server.forbidden.add("/apis/apps/v1/replicasets")
    (failure,) = source(tmp_path, server).collect("progressive_rollouts", {})

    assert isinstance(failure, Failure)
    assert "Kubernetes, replicasets: the token may not see this (403)" in str(failure.error)
    assert TOKEN not in str(failure.error)


def test_doctor_is_told_kind_by_kind(tmp_path, server):
    server.lists[ROLLOUTS] = [made.rollout()]
    server.forbidden.add("/apis/apps/v1/deployments")
    told = {one.subject: one for one in source(tmp_path, server).access()}
    assert told["rollouts"].said == "can be listed: 1"
    assert told["deployments"].level == "mend"


def test_a_token_may_stand_in_a_file_and_a_certificate_in_the_text(tmp_path):
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    pem = base64.b64encode(b"a certificate").decode()
    authority = {"certificate-authority-data": pem}
    access = kubeconfig.read(config(tmp_path, user={"tokenFile": "token"}, **authority))
    assert access.token == TOKEN
    assert access.ca.read_bytes() == b"a certificate"
    assert access.ca.stat().st_mode & 0o077 == 0
    keys = {"client-certificate-data": pem, "client-key-data": pem}
    other = kubeconfig.read(config(tmp_path, user=keys))
    assert [Path(one).read_bytes() for one in other.certificate] == [b"a certificate"] * 2
    made_files = [access.ca, *map(Path, other.certificate)]
    access.close()
    other.close()
    assert not any(path.exists() for path in made_files)
    assert TOKEN not in repr(access)


@pytest.mark.parametrize(
    ("user", "of_cluster", "says"),
    [
        ({"exec": {"command": "aws"}}, {}, "runs a program to sign in"),
        ({"auth-provider": {"name": "gcp"}}, {}, "signs in by a plugin"),
        ({"username": "ann", "password": "x"}, {}, "signs in by a password"),
        ({}, {}, "neither a token nor a client certificate"),
        ({"client-certificate": "none.pem"}, {}, "which is no file"),
        ({"client-certificate-data": "%%"}, {}, "is no base 64"),
        ({"token": "a\nb"}, {}, "is no token"),
        ({"tokenFile": "none"}, {}, "the token can't be read"),
        (None, {"insecure-skip-tls-verify": True}, "does not verify"),
        (None, {"server": "k.example"}, "has no server address"),
    ],
)
def test_what_can_not_be_signed_in_with_is_refused_with_the_reason(
    tmp_path, user, of_cluster, says
):
    path = config(tmp_path, user=user)
    if of_cluster:
        found = yaml.safe_load(path.read_text())
        found["clusters"][0]["cluster"] |= of_cluster
        path.write_text(yaml.safe_dump(found))
    with pytest.raises(SourceMisconfigured, match=says):
        kubeconfig.read(path)


@pytest.mark.parametrize("content", ["", "[1]", "a: [", "current-context: x"])
def test_a_file_that_is_no_kubeconfig_is_told(tmp_path, content):
    path = tmp_path / "config"
    path.write_text(content)
    with pytest.raises(SourceMisconfigured):
        kubeconfig.read(path)
    with pytest.raises(SourceMisconfigured, match="mend `kubeconfig`"):
        kubeconfig.read(tmp_path / "none")
