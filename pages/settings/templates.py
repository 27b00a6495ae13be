"""The library of templates: `/settings/templates`."""

import reflex as rx

from pages.components.button import button
from pages.components.feedback import empty_state, skeleton_rows
from pages.components.field import select_field, text_field
from pages.components.icon import icon
from pages.components.menu import menu_item, row_menu
from pages.components.status import badge
from pages.components.surface import row_list
from pages.settings.layout import settings_section
from pages.settings.template_editor import template_dialog
from pages.words import Templates
from state.settings.template_editor import TemplateEditorState
from state.settings.templates import TemplateCard, TemplatesState

_PICTURES = (("email", icon("mail")), ("call", icon("phone")))


def templates_page() -> rx.Component:
    """Return the page."""
    return settings_section(
        "templates",
        TemplatesState,
        rx.el.div(
            rx.el.div(
                rx.el.p(Templates.LEAD, class_name="min-w-56 flex-1 text-13 text-pretty text-muted"),
                button(Templates.ADD, variant="primary", icon="plus", on_click=TemplateEditorState.begin("message")),
                class_name="flex flex-wrap items-center gap-3",
            ),
            _filters(),
            rx.cond(TemplatesState.is_loaded, _list(), skeleton_rows(4, row="h-17")),
            class_name="flex flex-col gap-4",
        ),
        template_dialog(),
    )


def _filters() -> rx.Component:
    return rx.el.div(
        text_field(
            "template-search",
            Templates.SEARCH,
            type="search",
            hide_label=True,
            placeholder=Templates.SEARCH,
            default_value=TemplatesState.q,
            key=f"search-{TemplatesState.drawing}-{TemplatesState.is_loaded}",
            on_change=lambda text: TemplatesState.filter_by("q", text).debounce(250),
            class_name="col-span-2 sm:flex-1",
        ),
        select_field(
            "template-kind-filter",
            Templates.KIND,
            [("", Templates.ANY_KIND), *Templates.KINDS],
            hide_label=True,
            value=TemplatesState.kind,
            on_change=lambda value: TemplatesState.filter_by("kind", value),
        ),
        select_field(
            "template-folder-filter",
            Templates.FOLDER,
            TemplatesState.folder_choices,
            before=[("", Templates.ANY_FOLDER)],
            hide_label=True,
            value=TemplatesState.folder,
            on_change=lambda value: TemplatesState.filter_by("folder", value),
        ),
        role="search",
        class_name="grid grid-cols-2 items-center gap-2 sm:flex",
    )


def _list() -> rx.Component:
    is_filtered = (TemplatesState.q != "") | (TemplatesState.kind != "") | (TemplatesState.folder != "")
    return rx.cond(
        TemplatesState.rows.length() > 0,
        rx.fragment(
            row_list(TemplatesState.rows, _template),
            rx.cond(
                TemplatesState.total > TemplatesState.rows.length(),
                rx.el.p(Templates.MORE_THERE, class_name="text-13 text-muted"),
                rx.fragment(),
            ),
        ),
        rx.cond(
            is_filtered,
            empty_state(
                title=Templates.NO_MATCH_TITLE,
                body=Templates.NO_MATCH_BODY,
                icon="search_x",
                action=button(Templates.CLEAR_FILTERS, on_click=TemplatesState.clear_filters),
            ),
            empty_state(title=Templates.EMPTY_TITLE, body=Templates.EMPTY_BODY, icon="message_square_text"),
        ),
    )


def _template(row: rx.Var[TemplateCard]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.match(row["kind"], *_PICTURES, icon("message_square")),
            class_name="mt-0.5 text-muted",
            aria_hidden="true",
        ),
        rx.el.div(
            rx.el.p(
                rx.el.span(row["title"], class_name="min-w-0 truncate text-14 font-medium"),
                rx.cond(
                    row["shortcut"] != "",
                    rx.el.code("/", row["shortcut"], class_name="font-mono text-12 text-muted"),
                    rx.fragment(),
                ),
                badge(rx.match(row["kind"], *Templates.KINDS, row["kind"])),
                rx.cond(row["is_shared"], badge(Templates.OF_TEAM), badge(Templates.OWN, tone="accent")),
                rx.cond(row["is_default"], badge(Templates.DEFAULT), rx.fragment()),
                rx.cond(
                    row["folder"] != "",
                    rx.el.span(
                        icon("folder"),
                        row["folder"],
                        class_name="inline-flex min-w-0 items-center gap-1 truncate text-12 text-muted",
                    ),
                    rx.fragment(),
                ),
                class_name="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1",
            ),
            rx.el.p(row["words"], class_name="mt-0.5 line-clamp-2 text-13 text-pretty text-muted"),
            rx.cond(
                row["used_by"] != "",
                rx.el.p(
                    icon("bell_ring"),
                    rx.el.span(f"{Templates.USED_BY} {row['used_by']}", class_name="min-w-0 truncate"),
                    class_name="mt-1 flex items-center gap-1.5 text-12 text-muted",
                ),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            row["may_change"],
            row_menu(
                menu_item(Templates.EDIT, icon="pencil", on_select=TemplateEditorState.edit(row["id"])),
                label=f"{Templates.MORE} {row['title']}",
                removal=Templates.DELETE,
                on_remove=TemplatesState.delete(row["id"]),
            ),
            rx.fragment(),
        ),
        key=row["id"],
        class_name="flex min-h-17 items-start gap-3 px-4 py-3",
    )
