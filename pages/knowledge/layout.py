"""Tie the knowledge pages together: their tabs."""

import reflex as rx

from pages.components.tabs import tab_links
from pages.words import Knowledge


def knowledge_tabs(active: str) -> rx.Component:
    """Return the parts as links."""
    return tab_links(
        ("sources", Knowledge.SOURCES, "/knowledge"),
        ("try", Knowledge.TRY, "/knowledge/try"),
        ("gaps", Knowledge.GAPS, "/knowledge/gaps"),
        active=active,
        label=Knowledge.TABS,
    )
