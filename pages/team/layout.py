"""Lay out the team: its members, its teams and its activity, each with an address of its own."""

from typing import Any

import reflex as rx

from pages.components.shell import page_shell
from pages.components.tabs import tab_links
from pages.frame import frame
from pages.words import Team

SECTIONS = (
    ("members", Team.MEMBERS, "/team"),
    ("teams", Team.TEAMS, "/team/teams"),
    ("activity", Team.ACTIVITY, "/team/activity"),
)
# Text and controls of one person or one event: wider than a form, narrower than a table.
WIDTH = "flex max-w-220 flex-col gap-4"


def team_section(active: str, *content: Any, actions: Any = None) -> rx.Component:
    """Return one section in its frame."""
    return page_shell(
        rx.el.div(*content, class_name=WIDTH),
        title=Team.TITLE,
        tabs=tab_links(*SECTIONS, active=active, label=Team.SECTIONS),
        active="team",
        actions=actions,
        **frame(),
    )
