"""Everything agents answer from: `/knowledge`."""

import reflex as rx

from pages.components.shell import page_shell
from pages.frame import frame
from pages.knowledge.adding import source_dialog
from pages.knowledge.layout import knowledge_tabs
from pages.knowledge.parts import add_button, remove_dialog, source_list
from pages.words import Knowledge
from state.knowledge.listing import KnowledgeState


def knowledge_page() -> rx.Component:
    """Return the page."""
    return page_shell(
        rx.el.div(
            rx.el.p(Knowledge.LEAD, class_name="text-13 text-muted"),
            source_list(),
            class_name="flex max-w-280 flex-col gap-4",
        ),
        source_dialog(),
        remove_dialog(),
        title=Knowledge.TITLE,
        active="knowledge",
        tabs=knowledge_tabs("sources"),
        actions=rx.cond(KnowledgeState.can_edit & (KnowledgeState.sources.length() > 0), add_button(), rx.fragment()),
        **frame(),
    )
