"""Frame every signed-in page alike: names, unread count, organization switcher, sign-out.

A page is `page_shell(..., **frame())`, and its `on_load` begins with `frame_events()`.
"""

from typing import Any

import reflex as rx

from pages.auth.api_form import post_and_go
from pages.components.menu import menu_choice, menu_heading, menu_item, menu_separator
from pages.everywhere import everywhere
from pages.words import Operations, Settings
from state.calls.ringing import RingingState
from state.frame import FrameState
from state.inbox.reach import ReachState
from state.inbox.unread import UnreadState

SWITCH = "/api/session/switch-organization"
SIGN_OUT = "/api/session/sign-out"


def frame() -> dict[str, Any]:
    """Return what `page_shell` wants to know about the person and where they are."""
    return {
        "user_name": FrameState.user_name,
        "org_name": FrameState.org_name,
        "unread": UnreadState.count,
        "account_items": _account_items(),
        "on_sign_out": [post_and_go(SIGN_OUT)],
        "unseen": everywhere(),
    }


def frame_events() -> list[Any]:
    """Return the events that fill the frame, for the `on_load` of every signed-in page."""
    return [FrameState.load, UnreadState.load, ReachState.load, RingingState.load]


def _account_items() -> list[rx.Component]:
    """Return the organizations to switch to, in the menu of the account; one alone is not offered as a choice."""
    return [
        rx.cond(
            FrameState.has_choice,
            rx.fragment(
                menu_heading(Settings.YOUR_ORGANIZATIONS),
                rx.foreach(
                    FrameState.organizations,
                    lambda row: menu_choice(
                        row["name"],
                        checked=row["is_current"],
                        on_select=post_and_go(SWITCH, {"organization": row["id"]}),
                    ),
                ),
            ),
            rx.fragment(),
        ),
        menu_item(Settings.NEW_ORGANIZATION, icon="plus", href="/organization/new"),
        rx.cond(
            FrameState.is_operator,
            menu_item(Operations.TITLE, icon="list_restart", href="/admin/jobs"),
            rx.fragment(),
        ),
        menu_separator(),
    ]
