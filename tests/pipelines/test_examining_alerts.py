"""What doctor says of names in the settings of alerts."""

import duckdb
import pytest

from pipelines.configuration.alert_channels import WebhookChannel
from pipelines.configuration.alerts import Alerts, Confirmed
from pipelines.examining_alerts import examine_alerts

SERVICES = [("cart", "Shop"), ("ledger", "Payments"), ("orphan", None)]


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        con.execute("create schema marts; create table marts.cadence (service text, team text)")
        con.executemany("insert into marts.cadence values ($1, $2)", SERVICES)
        yield con


def said(con, silent="", **chosen):
    channel = {"kind": "webhook", "name": "chat", "url": "https://hooks.example.org/x", **chosen}
    alerts = Alerts(
        channels=(WebhookChannel.model_validate(channel),),
        confirmed=[Confirmed(service=silent, until="2026-12-07")] if silent else [],
    )
    return [one.text() for one in examine_alerts(alerts, con)]


def test_names_that_there_are_are_not_told(con):
    assert said(con) == []
    assert said(con, "cart", teams=["pay*", "SHOP"], services=["l?dger"]) == []


def test_a_name_that_nothing_has_is_told_with_those_there_are(con):
    assert said(con, "nope", teams=["Shop", "Paymints"], services=["card*"]) == [
        "look  channel chat: `teams`: no service is of a team 'Paymints'; there are Payments, Shop",
        "look  channel chat: `services`: no service is called 'card*'; "
        "there are cart, ledger, orphan",
        "look  confirmed silence: no service is called 'nope'; there are cart, ledger, orphan",
    ]
