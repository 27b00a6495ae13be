"""The dialog that makes an agent from a file."""

import reflex as rx

from pages.components.button import button, button_class
from pages.components.dialog import dialog, dialog_close
from pages.components.feedback import banner
from pages.components.icon import icon
from pages.components.local_file import jsx
from pages.words import Agents, Common
from state.agents.listing import AgentListState

_FILE = jsx(__name__, "file_text.jsx")
# The service refuses larger files; the browser says so before it sends one.
LIMIT = 800_000


class _FileText(rx.Component):
    library = _FILE.importable_path
    tag = "FileText"

    accept: rx.Var[str]
    limit: rx.Var[int]
    words: rx.Var[dict[str, str]]
    on_text: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_refuse: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def import_button() -> rx.Component:
    """Return the button that opens the dialog."""
    return button(Agents.IMPORT, icon="file_up", on_click=AgentListState.set_importing(True))


def import_dialog() -> rx.Component:
    """Return the dialog; it opens by `import_button`."""
    return dialog(
        rx.el.div(
            rx.cond(
                AgentListState.import_error != "",
                banner(AgentListState.import_error, tone="danger", rounded=True),
                rx.fragment(),
            ),
            _FileText.create(
                icon("file_up"),
                Agents.IMPORT_CHOOSE,
                accept=".toml,text/plain",
                limit=LIMIT,
                words={"too_large": Agents.IMPORT_TOO_LARGE, "unreadable": Agents.IMPORT_UNREADABLE},
                on_text=AgentListState.import_file,
                on_refuse=AgentListState.refuse_file,
                class_name=button_class("primary"),
            ),
            class_name="flex flex-col items-start gap-4 pt-1",
        ),
        title=Agents.IMPORT_TITLE,
        description=Agents.IMPORT_LEAD,
        open=AgentListState.is_importing,
        on_open_change=AgentListState.set_importing,
        footer=[dialog_close(Common.CANCEL, class_name=button_class())],
    )
