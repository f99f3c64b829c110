"""What the reader chooses: each filter is a widget, a part of the URL, and kept between pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard import archive, clocks
from dashboard.questions import offered, shipped

LATEST = "latest week"
ALL_TEAMS = "All teams"
COUNTED = "counted production"
DEPLOYED_BY = {"by people and bots": None, "by people": False, "by bots": True}
SAID_BY = {is_bot: said for said, is_bot in DEPLOYED_BY.items()}
LISTS = ("environment", "bots")
"""They narrow the deployments that a page lists one by one, and no metric."""
PERIODS = ("12 months", "3 months", "6 months", "18 months", "36 months", "60 months")
WHOLE = {
    "team": ALL_TEAMS, "service": None, "week": LATEST, "environment": COUNTED,
    "bots": "by people and bots",
}  # fmt: skip
"""What shows everything that happened."""
IN_VAIN = "Environment and deployed by do not narrow this page: it counts production"


@dataclass(frozen=True)
class Choices:
    """What was chosen; a text that is empty means all."""

    team: str = ""
    service: str = ""
    mine: tuple[str, ...] = ()
    months: int = 12
    period: str = "week"
    week: str = ""
    """An ISO week such as 2026-W47, empty for the latest whole one."""
    clock: str = ""
    environment: str = ""
    """Empty for production as it is counted."""
    is_bot: bool | None = None
    report: str = ""
    unknown: tuple[str, ...] = field(default=())
    """What the URL asked for in vain, in words."""

    @property
    def is_narrowed(self) -> bool:
        """Tell whether deployments of one environment, or of bots or people, are listed alone."""
        return bool(self.environment) or self.is_bot is not None

    @property
    def narrowed(self) -> str:
        """Say which deployments are listed."""
        return f"{self.environment or COUNTED}, {SAID_BY[self.is_bot]}"

    def shared(self) -> dict[str, str]:
        """Return what a link to another page takes along, defaults left out."""
        told = {
            "period": f"{self.months} months",
            "by": "monthly" if self.period == "month" else "weekly",
            "clock": clocks.SAID[self.clock],
            "environment": self.environment or COUNTED,
            "bots": SAID_BY[self.is_bot],
        }
        usual = ("12 months", "weekly", clocks.AS_DEFINED, COUNTED, SAID_BY[None])
        return {key: value for key, value in told.items() if value not in usual}


@dataclass(frozen=True)
class Filter:
    """One filter: its key in the URL and the widget's label, options and width."""

    key: str
    label: str
    options: Sequence[str]
    width: int
    empty: str = ""
    """What is shown where nothing is chosen; else the first option is the default."""


def ask(keys: Sequence[str]) -> Choices:
    """Draw the filters of a page in one row and return what is chosen.

    The main script makes them, since a page's own widgets lose their place in the URL when the
    reader moves on.
    """
    unknown = [] if set(LISTS) <= set(keys) or not is_told(*LISTS) else [IN_VAIN]
    if not keys:
        return Choices(unknown=tuple(unknown))
    found = {name.key: name for name in _filters(keys) if name.key in keys}
    unknown += [said for name in found.values() if (said := _restore(name))]
    with st.container(key="filters", horizontal=True):
        values = {key: _draw(name) for key, name in found.items() if key not in LISTS}
        if set(LISTS) <= set(keys):
            with st.container(key="listed", horizontal=True, width="content"):
                values |= {key: _draw(found[key]) for key in LISTS}
    # A run that is interrupted forgets its widgets, so what was chosen is kept beside them.
    st.session_state.setdefault("kept", {}).update(values)
    return _choices(values, tuple(unknown))


def is_told(*keys: str) -> bool:
    """Tell whether the URL chooses any of these filters."""
    return any(key in st.query_params for key in keys)


def choose(values: Mapping[str, str | None]) -> None:
    """Choose what a link asks for; called before the run that shows it.

    A value that is set in an earlier run is one that Streamlit also writes into the URL.
    """
    for key, value in values.items():
        st.session_state[key] = value


def _filters(keys: Sequence[str]) -> list[Filter]:
    names = offered.service_names()
    environments = offered.environments() if "environment" in keys else []
    return [
        Filter("team", "Team", [ALL_TEAMS, *offered.teams()], 150),
        Filter("service", "Service", names, 165, "All services"),
        Filter("mine", "My services", names, 250, "My services: all"),
        Filter("period", "Period", PERIODS, 125),
        Filter("by", "By", ["weekly", "monthly"], 112),
        Filter("week", "Week", [LATEST, *offered.weeks()], 132),
        Filter("clock", "Clock", list(clocks.CLOCKS), 160),
        Filter("environment", "Environment", [COUNTED, shipped.EVERYWHERE, *environments], 200),
        Filter("bots", "Deployed by", list(DEPLOYED_BY), 175),
        Filter("report", "Report", archive.names(), 320),
    ]


def _restore(name: Filter) -> str:
    """Put back what was chosen before; return in words what was asked for in vain."""
    state, told = st.session_state, st.query_params.get_all(name.key)
    lost = [value for value in told if value not in name.options]
    if name.key in state and not _fits(state[name.key], name.options):
        lost.append(str(state.pop(name.key)))
    kept = state.get("kept", {}).get(name.key)
    if name.key not in state and not told and kept and _fits(kept, name.options):
        state[name.key] = kept
    return f"No {name.label.lower()} is called {lost[0]}" if lost else ""


def _fits(kept: Any, options: Sequence[str]) -> bool:
    if isinstance(kept, list):
        return set(kept) <= set(options)
    return kept is None or kept in options


def _draw(name: Filter) -> Any:
    told: dict[str, Any] = {
        "key": name.key,
        "bind": "query-params",
        "width": name.width,
        "label_visibility": "collapsed",
    }
    if name.key == "mine":
        return st.multiselect(name.label, name.options, placeholder=name.empty, **told)
    index = None if name.empty else 0
    return st.selectbox(name.label, name.options, index=index, placeholder=name.empty, **told)


def _choices(values: dict[str, Any], unknown: tuple[str, ...]) -> Choices:
    team, environment = values.get("team") or "", values.get("environment") or ""
    return Choices(
        team="" if team == ALL_TEAMS else team,
        service=values.get("service") or "",
        mine=tuple(values.get("mine") or ()),
        months=int((values.get("period") or PERIODS[0]).split()[0]),
        period="month" if values.get("by") == "monthly" else "week",
        week="" if values.get("week") in (None, LATEST) else values["week"],
        clock=clocks.CLOCKS[values.get("clock") or clocks.AS_DEFINED],
        environment="" if environment == COUNTED else environment,
        is_bot=DEPLOYED_BY.get(values.get("bots") or ""),
        report=values.get("report") or "",
        unknown=unknown,
    )
