"""The "What it knows" part of an agent's page: its sources, and a question to try them with."""

import reflex as rx

from pages.knowledge.adding import source_dialog
from pages.knowledge.parts import add_button, remove_dialog, source_list
from pages.knowledge.trying import try_panel
from pages.words import Knowledge
from state.knowledge.listing import KnowledgeState


def knowledge_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        rx.el.section(
            rx.el.div(
                rx.el.p(Knowledge.LEAD, class_name="min-w-0 flex-1 text-13 text-muted"),
                rx.cond(KnowledgeState.can_edit & (KnowledgeState.sources.length() > 0), add_button(), rx.fragment()),
                class_name="flex flex-wrap items-center gap-3",
            ),
            source_list(),
            class_name="flex min-w-0 flex-col gap-4",
        ),
        try_panel(),
        source_dialog(),
        remove_dialog(),
        class_name="grid max-w-280 items-start gap-8 xl:grid-cols-[minmax(0,1fr)_24rem]",
    )
