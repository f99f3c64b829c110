"""The colours of all pictures and pages, by what they are for."""

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "paper": "#FCFBF9",
    "panel": "#F4F2ED",
    "line": "#E3E0D8",
    "axis": "#C9C5BA",
    "quiet": "#ECEAE4",
    "ink": "#1D2026",
    "ink2": "#4D525C",
    "ink3": "#60656F",
    "accent": "#1D5C9E",
    "accent2": "#6391C2",
    "band": "#DDE7F2",
    "slow": "#8F5200",
    "slowtint": "#FAECD2",
    "slowmark": "#C27800",
    "stall": "#B23A1E",
    "stalltint": "#F8E1DA",
    "onstall": "#FFFFFF",
}
DARK: Mapping[str, str] = {
    "paper": "#15171B",
    "panel": "#1C1F24",
    "line": "#2E3238",
    "axis": "#474C54",
    "quiet": "#262A30",
    "ink": "#ECEAE5",
    "ink2": "#BABEC6",
    "ink3": "#959AA4",
    "accent": "#7DB1EA",
    "accent2": "#4A76A6",
    "band": "#22344A",
    "slow": "#F0B759",
    "slowtint": "#3A2E17",
    "slowmark": "#DE9E2F",
    "stall": "#FF9478",
    "stalltint": "#44241C",
    "onstall": "#1A0E0A",
}
# For pages whose stylesheet defines the tokens as variables, so that one picture serves both modes.
CSS: Mapping[str, str] = {name: f"var(--{name})" for name in LIGHT}
