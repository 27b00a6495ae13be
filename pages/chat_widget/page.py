"""`/chat-widget/[widget_id]`: every setting of a chat widget, the code for the site, and a live preview."""

from typing import Any

import reflex as rx

from pages.chat_widget.preview import widget_preview
from pages.components.button import button, link_button
from pages.components.choice import checkbox, segmented, switch
from pages.components.copy_button import copy_button
from pages.components.dialog import confirm_dialog
from pages.components.feedback import banner, empty_state, error_state, skeleton_fields
from pages.components.field import select_field
from pages.components.link import external_link
from pages.components.saving_field import saving_field
from pages.components.shell import page_shell
from pages.components.surface import settings_group
from pages.frame import frame
from pages.words import Agent, ChatWidget
from state.chat_widget import ChatWidgetState

ROUTE = "/chat-widget/[widget_id]"


def chat_widget_page() -> rx.Component:
    """Return the page."""
    return page_shell(
        rx.cond(
            ChatWidgetState.has_failed,
            error_state(
                what=ChatWidget.FAILED,
                safe=ChatWidget.FAILED_SAFE,
                reference=ChatWidgetState.reference,
                on_retry=ChatWidgetState.load,
            ),
            rx.cond(
                ChatWidgetState.is_missing,
                empty_state(
                    title=ChatWidget.MISSING,
                    body=ChatWidget.MISSING_SAFE,
                    icon="message_circle_off",
                    action=link_button(Agent.BACK, href="/agents"),
                ),
                rx.el.div(
                    rx.el.div(
                        rx.cond(ChatWidgetState.is_loaded, _settings(), skeleton_fields(8)),
                        class_name="w-full max-w-180 min-w-0 flex-1",
                    ),
                    _preview(),
                    class_name="flex flex-col gap-8 xl:flex-row xl:items-start xl:gap-12",
                ),
            ),
        ),
        title=rx.cond(ChatWidgetState.is_loaded & ~ChatWidgetState.is_missing, _text("name"), ChatWidget.TITLE),
        active="agents",
        actions=_actions(),
        **frame(),
    )


def _text(name: str) -> rx.Var[str]:
    return ChatWidgetState.values[name]


def _actions() -> rx.Component:
    agent = rx.Var.create("/agents/") + _text("agent_id") + "?tab=deployment"
    return rx.cond(
        ChatWidgetState.is_loaded & ~ChatWidgetState.is_missing,
        link_button(
            rx.el.span(ChatWidget.BACK, class_name="max-sm:sr-only"),
            href=rx.cond(_text("agent_id") != "", agent, "/agents"),
            icon="arrow_left",
        ),
        rx.fragment(),
    )


def _settings() -> rx.Component:
    return rx.fragment(
        rx.cond(ChatWidgetState.can_edit, rx.fragment(), banner(ChatWidget.READ_ONLY, rounded=True)),
        settings_group(
            _switch("is_active", ChatWidget.ACTIVE, ChatWidget.ACTIVE_HINT),
            _code(),
            title=ChatWidget.EMBED,
            lead=ChatWidget.EMBED_LEAD,
        ),
        settings_group(
            _field("name", ChatWidget.NAME, hint=ChatWidget.NAME_HINT, max_length=80),
            select_field(
                "agent_id",
                ChatWidget.AGENT,
                ChatWidgetState.choices,
                value=_text("agent_id"),
                on_change=lambda value: ChatWidgetState.save("agent_id", value),
                error=ChatWidgetState.errors["agent_id"],
                save_state=_saved("agent_id"),
                disabled=~ChatWidgetState.can_edit,
            ),
            _field("agent_name", ChatWidget.AGENT_NAME, hint=ChatWidget.AGENT_NAME_HINT, max_length=80),
            _switch("is_support_agent", ChatWidget.SUPPORT, ChatWidget.SUPPORT_HINT),
            title=ChatWidget.BASICS,
            lead=ChatWidget.BASICS_LEAD,
        ),
        _look(),
        settings_group(
            _switch("has_ai_greeting", ChatWidget.AI_GREETING, ChatWidget.AI_GREETING_HINT),
            _field("welcome_message", ChatWidget.WELCOME, hint=ChatWidget.WELCOME_HINT, kind="area", rows=2),
            _field(
                "offline_message",
                ChatWidget.OFFLINE,
                hint=ChatWidget.OFFLINE_HINT,
                placeholder=ChatWidget.OFFLINE_EXAMPLE,
                kind="area",
                rows=2,
            ),
            title=ChatWidget.MESSAGES,
            lead=ChatWidget.MESSAGES_LEAD,
        ),
        settings_group(
            _switch("collect_visitor_name", ChatWidget.ASK_NAME),
            _switch("collect_visitor_email", ChatWidget.ASK_EMAIL, ChatWidget.ASK_EMAIL_HINT),
            _switch("takes_identity", ChatWidget.IDENTITY, ChatWidget.IDENTITY_HINT),
            _switch("takes_files", ChatWidget.FILES, ChatWidget.FILES_HINT),
            title=ChatWidget.DATA,
            lead=ChatWidget.DATA_LEAD,
        ),
        _security(),
        _portal(),
        _deleting(),
    )


def _saved(field: str) -> rx.Var[str]:
    return rx.cond(ChatWidgetState.saved == field, "saved", "")


def _field(name: str, words: str, **props: Any) -> rx.Component:
    return saving_field(
        name,
        words,
        value=_text(name),
        on_save=lambda value: ChatWidgetState.save(name, value),
        error=ChatWidgetState.errors[name],
        save_state=_saved(name),
        disabled=~ChatWidgetState.can_edit,
        **props,
    )


def _switch(name: str, words: str, hint: str = "") -> rx.Component:
    return switch(
        name,
        words,
        hint=hint,
        checked=ChatWidgetState.flags[name],
        on_change=lambda is_on: ChatWidgetState.turn(name, is_on),
        disabled=~ChatWidgetState.can_edit,
    )


def _code() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.code(ChatWidgetState.embed_code, class_name="min-w-0 flex-1 font-mono text-13 break-all select-all"),
            copy_button(ChatWidgetState.embed_code, label=ChatWidget.COPY_CODE),
            class_name="flex items-start gap-2 rounded-control border border-line bg-sunken px-3 py-2",
        ),
        rx.cond(
            ChatWidgetState.try_address != "",
            external_link(
                ChatWidget.TRY,
                href=ChatWidgetState.try_address,
                class_name="inline-flex min-h-6 items-center text-13 pointer-coarse:min-h-11",
            ),
            rx.fragment(),
        ),
        class_name="flex flex-col items-start gap-2",
    )


def _look() -> rx.Component:
    locked = ~ChatWidgetState.can_edit
    return settings_group(
        rx.el.div(
            rx.el.input(
                type="color",
                aria_label=ChatWidget.COLOR_PICK,
                value=_text("primary_color"),
                on_change=lambda value: ChatWidgetState.save("primary_color", value).debounce(250),
                disabled=locked,
                class_name=(
                    "mt-6.5 size-9 shrink-0 cursor-pointer rounded-control border border-control bg-canvas p-1"
                    " pointer-coarse:size-11"
                ),
            ),
            _field("primary_color", ChatWidget.COLOR, hint=ChatWidget.COLOR_HINT, max_length=7, class_name="flex-1"),
            class_name="flex items-start gap-2",
        ),
        segmented(
            "theme",
            ChatWidget.THEME,
            list(ChatWidget.THEMES),
            value=_text("theme"),
            on_change=lambda value: ChatWidgetState.save("theme", value),
            disabled=locked,
        ),
        select_field(
            "position",
            ChatWidget.POSITION,
            list(ChatWidget.POSITIONS),
            value=_text("position"),
            on_change=lambda value: ChatWidgetState.save("position", value),
            error=ChatWidgetState.errors["position"],
            save_state=_saved("position"),
            disabled=locked,
        ),
        rx.el.div(
            _field("offset_x", ChatWidget.OFFSET_X, hint=ChatWidget.OFFSET_HINT, kind="number"),
            _field("offset_y", ChatWidget.OFFSET_Y, hint=ChatWidget.OFFSET_HINT, kind="number"),
            class_name="grid gap-4 md:grid-cols-2",
        ),
        title=ChatWidget.LOOK,
        lead=ChatWidget.LOOK_LEAD,
    )


def _security() -> rx.Component:
    return settings_group(
        _field("allowed_domains", ChatWidget.DOMAINS, hint=ChatWidget.DOMAINS_HINT, kind="area", rows=3),
        rx.cond(
            ChatWidgetState.can_edit,
            rx.el.div(
                rx.el.h3(ChatWidget.SIGNING, class_name="text-13 font-medium"),
                rx.el.p(ChatWidget.SIGNING_HINT, class_name="text-13 text-pretty text-muted"),
                rx.cond(
                    ChatWidgetState.secret != "",
                    rx.el.div(
                        rx.el.code(ChatWidgetState.secret, class_name="min-w-0 flex-1 font-mono text-13 break-all"),
                        copy_button(ChatWidgetState.secret, label=ChatWidget.SIGNING_COPY),
                        class_name="flex items-center gap-2 rounded-control border border-line bg-sunken px-3 py-2",
                    ),
                    rx.fragment(),
                ),
                rx.el.div(
                    rx.cond(
                        ChatWidgetState.secret == "",
                        button(ChatWidget.SIGNING_SHOW, size="sm", icon="eye", on_click=ChatWidgetState.show_secret),
                        rx.fragment(),
                    ),
                    button(ChatWidget.SIGNING_RENEW, size="sm", on_click=ChatWidgetState.ask_to_renew(True)),
                    class_name="flex flex-wrap gap-2",
                ),
                class_name="flex flex-col gap-2",
            ),
            rx.fragment(),
        ),
        confirm_dialog(
            title=ChatWidget.SIGNING_RENEW_TITLE,
            verb=ChatWidget.SIGNING_RENEW,
            loss=ChatWidget.SIGNING_RENEW_LOSS,
            on_confirm=ChatWidgetState.renew_secret,
            open=ChatWidgetState.is_renewing,
            on_open_change=ChatWidgetState.ask_to_renew,
        ),
        title=ChatWidget.SECURITY,
        lead=ChatWidget.SECURITY_LEAD,
    )


def _portal() -> rx.Component:
    return settings_group(
        _switch("is_portal_widget", ChatWidget.PORTAL_ON, ChatWidget.PORTAL_HINT),
        rx.cond(
            ChatWidgetState.flags["is_portal_widget"],
            rx.el.fieldset(
                rx.el.legend(ChatWidget.HIDDEN, class_name="mb-1.5 text-13 font-medium text-ink"),
                rx.el.div(
                    *(
                        checkbox(
                            f"hidden{page.replace('/', '-')}",
                            words,
                            checked=ChatWidgetState.hidden.contains(page),
                            on_change=lambda is_on, page=page: ChatWidgetState.hide_on(page, is_on),
                            disabled=~ChatWidgetState.can_edit,
                        )
                        for page, words in ChatWidget.PAGES
                    ),
                    class_name="grid grid-cols-2 gap-x-4 sm:grid-cols-3",
                ),
            ),
            rx.fragment(),
        ),
        title=ChatWidget.PORTAL,
        lead=ChatWidget.PORTAL_LEAD,
    )


def _deleting() -> rx.Component:
    return rx.cond(
        ChatWidgetState.can_edit,
        rx.el.div(
            button(ChatWidget.DELETE, variant="danger", on_click=ChatWidgetState.ask_to_delete(True)),
            confirm_dialog(
                title=ChatWidget.DELETE_TITLE,
                verb=ChatWidget.DELETE,
                loss=ChatWidget.DELETE_LOSS,
                on_confirm=ChatWidgetState.delete,
                open=ChatWidgetState.is_deleting,
                on_open_change=ChatWidgetState.ask_to_delete,
            ),
            class_name="py-6",
        ),
        rx.fragment(),
    )


def _preview() -> rx.Component:
    return rx.el.section(
        rx.el.h2(ChatWidget.PREVIEW, class_name="mb-2 text-13 font-medium text-muted"),
        rx.cond(
            ChatWidgetState.is_loaded,
            widget_preview(
                ChatWidgetState.preview,
                ChatWidget.PREVIEW_FRAME,
                "h-[720px] w-full rounded-card border border-line bg-sunken",
            ),
            rx.el.div(class_name="h-[720px] w-full rounded-card border border-line bg-sunken"),
        ),
        class_name="w-full min-w-0 shrink-0 xl:sticky xl:top-0 xl:w-[500px]",
        aria_label=ChatWidget.PREVIEW,
    )
