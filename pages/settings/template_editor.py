"""The dialog that writes a template, with how it reads for somebody beside it."""

from typing import Any

import reflex as rx

from pages.components.button import button_class
from pages.components.choice import checkbox, segmented
from pages.components.combobox import combobox
from pages.components.field import text_area, text_field
from pages.components.form_dialog import form_dialog
from pages.components.icon import icon
from pages.components.menu import menu, menu_item
from pages.words import Templates
from state.settings.template_editor import TemplateEditorState, TemplatePreviewState


def template_dialog() -> rx.Component:
    """Return the dialog; `TemplateEditorState.begin` and `.edit` open it."""
    is_new = TemplateEditorState.template_id == ""
    return form_dialog(
        TemplateEditorState,
        "template-form",
        rx.cond(
            is_new,
            segmented(
                "template-kind",
                Templates.KIND,
                list(Templates.KINDS),
                value=TemplateEditorState.kind,
                on_change=TemplateEditorState.set_kind,
                hide_label=True,
            ),
            rx.fragment(),
        ),
        _names(),
        _words(),
        _preview(),
        _whose(),
        title=rx.cond(is_new, Templates.NEW_TITLE, Templates.EDIT_TITLE),
        save=Templates.SAVE,
        size="lg",
    )


def _names() -> rx.Component:
    values, errors = TemplateEditorState.values, TemplateEditorState.errors
    is_message = TemplateEditorState.kind == "message"
    return rx.el.div(
        text_field(
            "template_title",
            Templates.NAME,
            error=errors["title"],
            default_value=values["title"],
            max_length=80,
            auto_complete="off",
            class_name="min-w-0 flex-2",
        ),
        rx.cond(
            is_message,
            text_field(
                "template_shortcut",
                Templates.SHORTCUT,
                error=errors["shortcut"],
                placeholder=Templates.SHORTCUT_PLACEHOLDER,
                default_value=values["shortcut"],
                max_length=33,
                auto_complete="off",
                spell_check=False,
                class_name="min-w-0 flex-1",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            text_field(
                "template_folder",
                Templates.FOLDER,
                error=errors["folder"],
                optional=True,
                default_value=values["folder"],
                max_length=40,
                auto_complete="off",
                list="template-folders",
            ),
            rx.el.datalist(
                rx.foreach(TemplateEditorState.folders, lambda name: rx.el.option(value=name)), id="template-folders"
            ),
            class_name="min-w-0 flex-1",
        ),
        class_name="flex flex-col gap-4 sm:flex-row",
    )


def _words() -> rx.Component:
    values, errors = TemplateEditorState.values, TemplateEditorState.errors
    kind = TemplateEditorState.kind
    return rx.fragment(
        rx.cond(
            kind == "email",
            text_field(
                "template_subject",
                Templates.SUBJECT,
                error=errors["subject"],
                default_value=values["subject"],
                max_length=200,
                auto_complete="off",
                on_change=_shown("subject"),
            ),
            rx.fragment(),
        ),
        text_area(
            "template_body",
            rx.cond(kind == "call", Templates.PURPOSE, Templates.BODY),
            rows=3,
            hint=Templates.VARIABLES_HINT,
            error=errors["body"],
            placeholder=rx.cond(kind == "call", Templates.PURPOSE_PLACEHOLDER, ""),
            default_value=values["body"],
            max_length=rx.match(kind, ("email", 20_000), ("call", 500), 1600),
            on_change=_shown("body"),
        ),
        rx.el.div(
            menu(
                rx.fragment(icon("braces"), Templates.VARIABLES),
                rx.foreach(
                    TemplateEditorState.variables,
                    lambda name: menu_item(name, on_select=TemplateEditorState.insert(name)),
                ),
                label=Templates.VARIABLES,
                trigger_class=button_class(size="sm"),
                align="start",
            ),
            class_name="-mt-2",
        ),
        rx.cond(
            kind == "call",
            text_area(
                "template_goal",
                Templates.GOAL,
                rows=2,
                error=errors["goal"],
                placeholder=Templates.GOAL_PLACEHOLDER,
                default_value=values["goal"],
                max_length=500,
                on_change=_shown("goal"),
            ),
            rx.fragment(),
        ),
    )


def _shown(name: str) -> Any:
    return lambda words: TemplatePreviewState.write(name, words).debounce(250)


def _whose() -> rx.Component:
    return rx.cond(
        TemplateEditorState.may_share,
        rx.el.div(
            checkbox(
                "template_shared",
                Templates.SHARED,
                hint=Templates.SHARED_HINT,
                default_checked=TemplateEditorState.is_shared,
            ),
            rx.cond(
                TemplateEditorState.kind == "call",
                checkbox(
                    "template_default",
                    Templates.CHOSEN_FIRST,
                    hint=Templates.CHOSEN_FIRST_HINT,
                    default_checked=TemplateEditorState.is_default,
                ),
                rx.fragment(),
            ),
        ),
        rx.fragment(),
    )


def _preview() -> rx.Component:
    seen = TemplatePreviewState
    is_empty = (seen.subject == "") & (seen.body == "") & (seen.goal == "")
    return rx.el.section(
        combobox(
            "template-person",
            Templates.FOR,
            seen.people,
            value=seen.person,
            on_change=seen.choose,
            on_query=seen.search,
            placeholder=Templates.FOR_PLACEHOLDER,
        ),
        rx.el.div(
            rx.cond(
                is_empty,
                rx.el.p(Templates.NOTHING, class_name="text-13 text-muted"),
                rx.fragment(
                    rx.cond(
                        seen.subject != "", rx.el.p(seen.subject, class_name="text-14 font-semibold"), rx.fragment()
                    ),
                    rx.el.p(seen.body, class_name="text-14 break-words whitespace-pre-wrap"),
                    rx.cond(
                        (seen.goal != "") & (TemplateEditorState.kind == "call"),
                        rx.el.p(
                            seen.goal, class_name="border-t border-line pt-2 text-14 break-words whitespace-pre-wrap"
                        ),
                        rx.fragment(),
                    ),
                ),
            ),
            aria_label=Templates.PREVIEW,
            role="group",
            class_name="flex max-h-[30dvh] flex-col gap-2 overflow-y-auto rounded-card bg-sunken px-3 py-2.5",
        ),
        rx.el.div(
            rx.cond(
                (TemplateEditorState.kind == "message") & (seen.segments > 0),
                rx.el.p(
                    rx.cond(seen.segments == 1, Templates.TEXTS_ONE, f"{seen.segments} {Templates.TEXTS_MANY}"),
                    rx.cond(seen.is_unicode, f" · {Templates.TEXTS_UNICODE}", ""),
                    class_name="tabular text-muted",
                ),
                rx.fragment(),
            ),
            rx.cond(
                seen.unknown != "",
                rx.cond(
                    TemplateEditorState.kind == "call",
                    rx.el.p(
                        icon("info", class_name="mt-0.5"),
                        rx.el.span(f"{Templates.ASKED} {seen.unknown}", class_name="min-w-0 break-words"),
                        class_name="flex gap-1.5 text-muted",
                    ),
                    rx.el.p(
                        icon("circle_alert", class_name="mt-0.5"),
                        rx.el.span(f"{Templates.UNKNOWN} {seen.unknown}", class_name="min-w-0 break-words"),
                        class_name="flex gap-1.5 text-danger-ink",
                    ),
                ),
                rx.fragment(),
            ),
            rx.cond(
                seen.missing != "",
                rx.el.p(
                    icon("triangle_alert", class_name="mt-0.5"),
                    rx.el.span(f"{Templates.MISSING} {seen.missing}", class_name="min-w-0 break-words"),
                    class_name="flex gap-1.5 text-warning-ink",
                ),
                rx.fragment(),
            ),
            aria_live="polite",
            class_name="flex flex-col gap-1 text-13",
        ),
        class_name="flex flex-col gap-3 border-t border-line pt-4",
    )
