"""The directory of people: `/contacts`, with filters in the address and a hundred thousand rows as quick as ten."""

from typing import Any

import reflex as rx

from pages.components import address, popover, timestamp  # noqa: F401 - their JSX is imported by ours
from pages.components import hotkeys as keys
from pages.components.button import button, icon_button_class, link_button
from pages.components.icon import icon
from pages.components.local_file import jsx
from pages.components.menu import menu, menu_item
from pages.components.shell import page_shell
from pages.contacts.creating import new_contact_dialog
from pages.contacts.fields import own_fields_dialog
from pages.frame import frame
from pages.inbox.listing import TIME_WORDS
from pages.inbox.parts import POPOVER, VIRTUOSO, words_of
from pages.words import Contacts
from state.contacts.bulk import ContactBinState, ContactTagsState
from state.contacts.creating import NewContactState
from state.contacts.fields import OwnFieldsState
from state.contacts.listing import ContactListState

_FILTERS = jsx(__name__, "filters.jsx")
_BULK = jsx(__name__, "bulk.jsx")
_PARTS = jsx(__name__, "table_parts.jsx")
_TABLE = jsx(__name__, "table.jsx")
_Words = rx.Var[dict[str, str]]
_Rows = rx.Var[list[dict[str, Any]]]
_none = rx.event.no_args_event_spec

SHORTCUTS = (
    Contacts.KEYS,
    [
        ("/", Contacts.KEY_SEARCH),
        ("n", Contacts.KEY_NEW),
        ("j", Contacts.KEY_MOVE),
        ("enter", Contacts.KEY_OPEN),
        ("x", Contacts.KEY_SELECT),
    ],
)


class _Filters(rx.Component):
    library = _FILTERS.importable_path
    tag = "ContactFilters"
    lib_dependencies: list[str] = [POPOVER]

    tags: _Rows
    words: _Words


class _Export(rx.Component):
    library = _FILTERS.importable_path
    tag = "ExportLink"

    words: _Words


class _Table(rx.Component):
    library = _TABLE.importable_path
    tag = "ContactTable"
    lib_dependencies: list[str] = [VIRTUOSO, POPOVER]

    rows: _Rows
    older: rx.Var[dict[str, Any]]
    has_more: rx.Var[bool]
    stage: rx.Var[str]
    failed: rx.Var[bool]
    reference: rx.Var[str]
    total: rx.Var[int]
    tags: _Rows
    can_edit: rx.Var[bool]
    words: _Words
    time: _Words
    on_more: rx.EventHandler[_none]
    on_tag: rx.EventHandler[rx.event.passthrough_event_spec(list[str], bool, str, bool)]
    on_delete: rx.EventHandler[rx.event.passthrough_event_spec(list[str], bool)]
    on_restore: rx.EventHandler[rx.event.passthrough_event_spec(list[str])]
    on_retry: rx.EventHandler[_none]
    on_new: rx.EventHandler[rx.event.passthrough_event_spec(bool)]


def contacts_page() -> rx.Component:
    """Return the page."""
    words = words_of(Contacts)
    return page_shell(
        _Table.create(
            rows=ContactListState.rows,
            older=ContactListState.older,
            has_more=ContactListState.has_more,
            stage=ContactListState.stage,
            failed=ContactListState.has_failed,
            reference=ContactListState.reference,
            total=ContactListState.total,
            tags=ContactListState.tags,
            can_edit=ContactListState.can_edit,
            words=words,
            time=TIME_WORDS,
            on_more=ContactListState.load_more,
            on_tag=ContactTagsState.tag,
            on_delete=ContactBinState.delete,
            on_restore=ContactBinState.restore,
            on_retry=ContactListState.load,
            on_new=NewContactState.set_open,
        ),
        keys.hotkeys({"n": NewContactState.set_open(True)}),
        new_contact_dialog(),
        own_fields_dialog(),
        title=Contacts.TITLE,
        active="contacts",
        layout="full",
        shortcuts=[SHORTCUTS],
        actions=rx.el.div(
            rx.cond(
                ContactListState.can_edit,
                rx.fragment(
                    _Export.create(words=words),
                    link_button(
                        Contacts.IMPORT,
                        href="/contacts/import",
                        icon="file_up",
                        size="sm",
                        class_name="max-sm:hidden h-8",
                    ),
                    menu(
                        icon("ellipsis"),
                        menu_item(Contacts.IMPORT, icon="file_up", href="/contacts/import"),
                        menu_item(Contacts.FIELDS, icon="list_plus", on_select=OwnFieldsState.set_open(True)),
                        label=Contacts.MORE,
                        trigger_class=icon_button_class("secondary"),
                    ),
                ),
                rx.fragment(),
            ),
            button(Contacts.NEW, icon="plus", variant="primary", on_click=NewContactState.set_open(True)),
            class_name="flex items-center gap-2",
        ),
        filters=_Filters.create(tags=ContactListState.tags, words=words),
        **frame(),
    )
