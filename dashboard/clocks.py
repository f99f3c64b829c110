"""Lead time on the clock that the reader chooses: the calendar's, or that of working hours."""

AS_DEFINED = "clock as defined"
CLOCKS = {AS_DEFINED: "", "calendar hours": "calendar", "working hours": "working"}
SAID = {clock: words for words, clock in CLOCKS.items()}
SHARES = ("coding", "pickup", "review", "merge", "wait", "deployment")


def metrics(clock: str) -> str:
    """Return where metrics are read from, with lead time on a clock; none is that of the rules.

    An interval is known on the clock of the rules alone.
    """
    if not clock:
        return "marts.metrics"
    prefix = "working_" if clock == "working" else ""
    measured = "".join(
        f", case when clocks.name is null then told.{name}"
        f" else clocks.{prefix}{column}_hours end as {name}"
        for name, column in {"p25": "p25", "p50": "median", "p75": "p75", "p90": "p90"}.items()
    )
    bounds = "".join(
        f", case when coalesce(clocks.clock, '{clock}') = '{clock}' then told.{name} end as {name}"
        for name in ("low", "high")
    )
    value = (
        f"case when clocks.name is null then told.value when told.value <> told.p50"
        f" then clocks.{prefix}mean_hours else clocks.{prefix}median_hours end as value"
    )
    keys = " and ".join(
        f"told.{name} = clocks.{name}" for name in ("scope", "name", "period", "starts_on")
    )
    return (
        f"(select told.* replace ({value}{measured}{bounds}) from marts.metrics as told"
        " left join marts.change_lead_time as clocks"
        f" on told.metric = 'change_lead_time' and {keys})"
    )


def told(clock: str) -> list[str]:
    """Say the clock that was chosen; a working day of eight hours is a third of a day."""
    return {"working": ["in working hours, 24 a day"], "calendar": ["in calendar hours"]}.get(
        clock, []
    )


def stages(clock: str) -> str:
    """Return where stages are read from, on a clock."""
    if clock != "working":
        return "marts.lead_time_stages"
    hours = ", ".join(f"working_{name}_hours as {name}_hours" for name in SHARES)
    return f"(select * replace ({hours}) from marts.lead_time_stages)"
