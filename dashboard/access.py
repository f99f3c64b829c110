"""Who may see the pages: sign-in by OpenID Connect where it is configured."""

import json
import os
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import filters, marks
from sql.words import Part, escape_html

RULES = "DRUMBEAT_SIGN_IN"
"""The variable with the rules of sign-in, as JSON without secrets; unset, everybody may."""


def admitted() -> bool:
    """Tell whether the reader may see the pages; else draw what they can do."""
    told = os.environ.get(RULES)
    if not told:
        return True
    rules, claims = json.loads(told), st.user.to_dict()
    if not st.user.is_logged_in:
        _door("Sign in to see how steadily this organisation ships.", "Sign in", st.login)
        return False
    if not may_see(claims, rules):
        who = str(claims.get("email") or claims.get("name") or "You")
        _door(f"{who} may not see these pages.", "Sign in as somebody else", st.logout)
        return False
    begin_with(team_of(claims, rules))
    with st.sidebar:
        st.button("Sign out", on_click=st.logout, type="tertiary")
    return True


def may_see(claims: Mapping[str, Any], rules: Mapping[str, Any]) -> bool:
    """Tell whether who has these claims may see the pages: by domain or by group."""
    if not rules["domains"] and not rules["groups"]:
        return True
    name, _, domain = str(claims.get("email") or "").lower().rpartition("@")
    # Some providers do not say whether an address is verified; one that is not proves nothing.
    is_proved = claims.get("email_verified") in (None, True)
    is_known = bool(name) and domain in {one.lower() for one in rules["domains"]}
    return (is_proved and is_known) or bool(_groups(claims, rules))


def team_of(claims: Mapping[str, Any], rules: Mapping[str, Any]) -> str:
    """Return the team whose numbers somebody sees first, empty for everybody's."""
    mine = _groups(claims, rules)
    return next(
        (one["team"] for one in rules["groups"] if one["group"] in mine and one["team"]), ""
    )


def begin_with(team: str) -> None:
    """Choose a team once, where the address asks for nothing else."""
    if team and "began" not in st.session_state and not st.query_params:
        filters.choose({"team": team})
    st.session_state["began"] = True


def _groups(claims: Mapping[str, Any], rules: Mapping[str, Any]) -> set[str]:
    told = claims.get(rules["groups_claim"])
    mine = {told} if isinstance(told, str) else set(map(str, told or ()))
    return mine & {one["group"] for one in rules["groups"]}


def _door(said: str, label: str, act: Any) -> None:
    marks.sentence((Part(said),), st.container())
    marks.write(
        f'<p class="caption">{escape_html("Services and teams are shown, never persons.")}</p>'
    )
    st.button(label, on_click=act, type="primary")
