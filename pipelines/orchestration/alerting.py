"""The asset that tells people: alerts, at the end of every refresh."""

import dagster as dg

from pipelines.alerts import occasions
from pipelines.commands import alerting
from pipelines.orchestration.assets import PUBLISHED, Held


@dg.asset(
    key=["alerts", "told"],
    deps=[PUBLISHED],
    group_name="alerts",
    kinds={"slack"},
    description="What each channel was told of services that leave their rhythm or are back: once, "
    "by the same outbox as `drumbeat alerts`. Nobody is told of another moment than now, nor of a "
    "service of which not all could be read, for what was not read looks like silence.",
)
def told(context: dg.AssetExecutionContext, warehouse: Held) -> dg.MaterializeResult[None]:
    """Tell every channel what is new, and again what did not go before."""
    found = occasions.after_refresh(warehouse.project, context.log.warning)
    for one in found:
        context.log.info(f"Message {one.message.id} to {one.channel} ({one.kind}): {one.fate}")
    alerting.complain(found)
    return dg.MaterializeResult(metadata={"dagster/row_count": len(found)})
