"""Lay out the settings: sections as tabs, each with an address of its own."""

from typing import Any

import reflex as rx

from pages.components.feedback import error_state
from pages.components.shell import page_shell
from pages.components.tabs import tab_links
from pages.frame import frame
from pages.words import Connections, Settings

SECTIONS = (
    ("profile", Settings.PROFILE, "/settings"),
    ("password", Settings.PASSWORD, "/settings/password"),
    ("email", Settings.EMAIL, "/settings/email"),
    ("devices", Settings.SESSIONS, "/settings/devices"),
    ("organization", Settings.ORGANIZATION, "/settings/organization"),
    ("templates", Settings.TEMPLATES, "/settings/templates"),
    ("connections", Connections.TITLE, "/settings/connections"),
    ("keys", Settings.KEYS, "/settings/api-keys"),
)


def settings_section(active: str, state: Any, *content: Any, actions: Any = None) -> rx.Component:
    """Return one section in its frame; `state` loads it, and says in `has_failed` that it could not."""
    return page_shell(
        rx.cond(
            state.has_failed,
            error_state(
                what=Settings.FAILED, safe=Settings.FAILED_SAFE, reference=state.reference, on_retry=state.load
            ),
            rx.el.div(*content, class_name="flex flex-col"),
        ),
        title=Settings.TITLE,
        tabs=tab_links(*SECTIONS, active=active, label=Settings.SECTIONS),
        active="settings",
        actions=actions,
        layout="form",
        **frame(),
    )
