"""What could not be read silences the services that stand on it, and no others."""

from dataclasses import replace

import duckdb
import pytest

from connectors import Failure, SourceUnavailable
from pipelines.alerts import unread
from pipelines.alerts.unread import Unread
from pipelines.collected import Collected
from pipelines.errors import DrumbeatError
from tests.pipelines.alerts.telling import Sent, later, occasion, row, teller


def collected(source, *failed):
    failures = [Failure(entity, scope, SourceUnavailable("no")) for entity, scope in failed]
    return Collected(source, failures=tuple(failures))


def test_what_is_read_again_is_forgotten_and_what_was_not_asked_stays(tmp_path):
    unread.keep(tmp_path, [collected("a", ("", "")), collected("b", ("changes", "acme/x"))])
    assert unread.kept(tmp_path) == {"a": [""], "b": ["acme/x"]}

    unread.keep(tmp_path, [collected("a")])
    assert unread.kept(tmp_path) == {"b": ["acme/x"]}

    unread.keep(tmp_path, [collected("b")])
    assert unread.kept(tmp_path) == {}


def test_a_source_asked_for_one_thing_after_the_other_is_read_if_all_were(tmp_path):
    unread.keep(tmp_path, [collected("a", ("changes", "acme/x")), collected("a")])

    assert unread.kept(tmp_path) == {"a": ["acme/x"]}


@pytest.mark.parametrize("entity", ["issues", "incidents", "settings", "flags"])
def test_what_tells_nothing_of_silence_silences_nobody(tmp_path, entity):
    unread.keep(tmp_path, [collected("a", (entity, "acme/x"))])

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "left"), [("a", {"b": ["x", "y"]}), ("x", {"a": [""], "b": ["y"]})]
)
def test_nothing_is_left_of_what_is_forgotten(tmp_path, name, left):
    unread.keep(tmp_path, [collected("a", ("", ""))])
    unread.keep(tmp_path, [collected("b", ("changes", "x"), ("changes", "y"))])

    unread.forget(tmp_path, name)

    assert unread.kept(tmp_path) == left


def test_what_is_damaged_is_said_with_what_to_do(tmp_path):
    (tmp_path / unread.FILE).write_text("[")

    with pytest.raises(DrumbeatError, match="is not what was written; remove it"):
        unread.kept(tmp_path)


@pytest.fixture(scope="module")
def con():
    con = duckdb.connect()
    con.execute(
        """
        create schema marts; create schema facts;
        create table facts.services as from (values
            ('cart', 'acme/cart'), ('shop', 'acme/shop'), ('unplaced', null)
        ) as told (service, repository);
        create table facts.repositories as from (values
            ('acme/cart', 'acme/cart'), ('acme/basket', 'acme/cart'), ('acme/shop', 'acme/shop'),
            ('acme/library', 'acme/library')
        ) as told (name, repository);
        create table marts.service_sources as from (values
            ('cart', 'host', 'deployments'), ('cart', 'host', 'changes'),
            ('shop', 'other', 'deployments'), ('shop', 'host', 'commits'),
            ('unplaced', 'host', 'deployments'), ('shop', 'pager', 'incidents')
        ) as told (service, source, thing);
        """
    )
    with con:
        yield con


@pytest.mark.parametrize(
    ("source", "scope", "services"),
    [
        ("host", "", ["cart", "shop", "unplaced"]),
        ("host", "acme/*", ["cart", "shop", "unplaced"]),
        ("host", "acme/cart", ["cart", "unplaced"]),
        ("host", "acme/basket", ["cart", "unplaced"]),
        ("host", "acme/library", ["unplaced"]),
        ("other", "", ["shop"]),
        ("pager", "", []),
        ("unknown", "", []),
    ],
)
def test_services_that_stand_on_what_is_unread(con, source, scope, services):
    assert unread.services(con, {source: [scope]}) == [Unread(one, source) for one in services]


def test_nobody_is_told_of_an_unread_service_until_it_is_read_again(tmp_path):
    sent, rows = Sent(), [row("checkout"), row("stock")]
    blind = replace(occasion(), unread=[Unread("stock", "host")])
    teller(tmp_path, send=sent).tell(rows, blind)
    assert sent.told() == [("checkout", "stalled")]

    # What was told stays told while it can not be seen: it is not back.
    gone = replace(later(hours=1), unread=[Unread("checkout", "host")])
    teller(tmp_path, send=sent).tell([row("checkout", "on_rhythm"), rows[1]], gone)
    assert sent.told()[1:] == [("stock", "stalled")]

    teller(tmp_path, send=sent).tell(rows, later(hours=2))
    assert len(sent) == 2
