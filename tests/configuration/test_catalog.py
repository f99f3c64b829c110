import time

import pytest

from pipelines.configuration.proposals.catalog import Unreadable, catalog, components, documents
from tests.configuration.surveys import component, survey


def read(text, path="catalog-info.yaml", full_name="acme/shop"):
    return list(components(text, path, survey(full_name)))


def test_components_are_read_out_of_many_documents():
    text = "---\n".join(
        [component("shop", "group:default/web"), "kind: API\nmetadata: {name: x}\n", "null\n",
         "[1]\n", component("ui", kind="library")]
    )  # fmt: skip

    shop, ui = read(text)

    assert (shop.name, shop.owner, shop.is_served) == ("shop", "group:default/web", True)
    assert (ui.name, ui.owner, ui.is_served) == ("ui", "", False)


def test_all_values_are_text():
    (found,) = read("kind: Component\nmetadata: {name: 2026-11-23}\nspec: {type: on, owner: 0x1F}")

    assert (found.name, found.kind, found.owner) == ("2026-11-23", "on", "0x1F")


@pytest.mark.parametrize(
    ("location", "folder"),
    [
        ("url:https://git.example.com/acme/shop/tree/main/services/api/", "services/api"),
        ("url:https://git.example.com/acme/shop/-/tree/main/services/api", "services/api"),
        ("url:https://git.example.com/acme/shop/tree/other/api?x=y", "api"),
        ("url:https://git.example.com/acme/shop/", ""),
        ("dir:./services/api", "services/api"),
        ("nonsense", ""),
    ],
)
def test_the_folder_is_that_of_the_source_location(location, folder):
    text = component("api", **{"backstage.io/source-location": location})

    assert read(text)[0].folder == folder


def test_a_file_in_a_folder_speaks_of_that_folder():
    assert read(component("api"), "services/api/catalog-info.yaml")[0].folder == "services/api"


def test_one_repository_may_describe_another():
    text = component("shop", **{"github.com/project-slug": "Acme/Shop"})
    found = catalog(
        [survey("acme/shop"), survey("acme/catalog", files={"catalog-info.yaml": text})]
    )

    assert [one.name for one in found.components["acme/shop"]] == ["shop"]
    assert "acme/catalog" not in found.components


def test_a_repository_that_is_not_seen_leaves_the_component_where_it_was_found():
    text = component("shop", **{"gitlab.com/project-slug": "other/shop"})
    found = catalog([survey("acme/catalog", files={"catalog-info.yml": text})])

    assert [one.name for one in found.components["acme/catalog"]] == ["shop"]


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "[" * 5000,
        "a:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 60)),
        "x" * 100_001,
        "---\n" * 300,
        "a: &a [*a]",
        "a: b: c",
        "\x00",
        "\ud800",
        "{",
    ],
)
def test_files_that_harm_or_mean_nothing_are_refused_quickly(text):
    begun = time.monotonic()

    with pytest.raises(Unreadable, match="is "):
        documents(text)

    assert time.monotonic() - begun < 2


def test_tags_mean_nothing():
    assert documents("!!python/object/apply:os.system [echo]\n") == [["echo"]]


def test_a_file_that_is_not_read_is_told():
    found = catalog([survey(files={"catalog-info.yaml": "a: b: c"})])

    assert found.components == {}
    assert found.unread == {"acme/shop": ["catalog-info.yaml is not YAML at line 1"]}
