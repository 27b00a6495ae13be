"""The assistant: `/agent` and `/agent/<talk>`, where people ask for things and confirm what it proposes."""

import reflex as rx

from pages.assistant.ask_box import ask_box, talk_log
from pages.assistant.proposal import proposal_card
from pages.components.avatar import ai_avatar
from pages.components.button import button, icon_button_class, link_button
from pages.components.dialog import confirm_dialog
from pages.components.feedback import empty_state, error_state, skeleton, working
from pages.components.icon import icon
from pages.components.link import page_link
from pages.components.menu import menu, menu_heading, menu_item, menu_separator
from pages.components.shell import page_shell
from pages.components.timestamp import timestamp
from pages.frame import frame
from pages.words import Assistant
from state.assistant import AnswerState, AssistantState, Choice, MessageRow, ProposalRow, TalkRow, ToolRow

ROUTE = "/agent/[[open_talk]]"
_COLUMN = "mx-auto w-full max-w-180 px-4 md:px-6"


def assistant_page() -> rx.Component:
    """Return the page."""
    return page_shell(
        rx.el.div(
            _talks_pane(),
            rx.el.div(
                _head(),
                rx.cond(AssistantState.has_failed, _failure(), rx.cond(AssistantState.is_missing, _gone(), _talk())),
                class_name="flex min-h-0 min-w-0 flex-1 flex-col",
            ),
            class_name="flex min-h-0 flex-1",
        ),
        confirm_dialog(
            title=Assistant.DELETE_TITLE,
            verb=Assistant.DELETE,
            loss=Assistant.DELETE_LOSS,
            on_confirm=AssistantState.delete,
            open=AssistantState.is_deleting,
            on_open_change=AssistantState.set_deleting,
        ),
        title=Assistant.TITLE,
        active="assistant",
        layout="full",
        show_header=False,
        **frame(),
    )


def _talks_pane() -> rx.Component:
    return rx.el.aside(
        rx.el.div(
            rx.el.h2(Assistant.TALKS, class_name="min-w-0 flex-1 truncate text-14 font-semibold"),
            link_button(Assistant.NEW, href="/agent", size="sm", icon="plus"),
            class_name="flex min-h-14 items-center gap-2 border-b border-line px-4",
        ),
        rx.cond(
            AssistantState.talks.length() > 0,
            rx.el.ul(rx.foreach(AssistantState.talks, _talk_link), class_name="min-h-0 flex-1 overflow-y-auto p-2"),
            rx.el.p(
                rx.cond(AssistantState.is_loaded, Assistant.NO_TALKS, ""),
                class_name="px-4 py-3 text-13 text-pretty text-muted",
            ),
        ),
        aria_label=Assistant.TALKS,
        class_name="hidden w-64 shrink-0 flex-col border-r border-line lg:flex",
    )


def _talk_link(talk: rx.Var[TalkRow]) -> rx.Component:
    return rx.el.li(
        page_link(
            rx.el.span(talk["title"], class_name="min-w-0 flex-1 truncate"),
            timestamp(talk["at"], class_name="shrink-0 text-12 text-faint"),
            href=f"/agent/{talk['id']}",
            custom_attrs={"aria-current": rx.cond(talk["id"] == AssistantState.talk_id, "page", "false")},
            class_name=(
                "flex min-h-9 items-center gap-2 rounded-control px-2.5 text-13 outline-offset-[-2px] hover:bg-hover "
                "aria-[current=page]:bg-selected pointer-coarse:min-h-11"
            ),
        ),
        key=talk["id"],
    )


def _head() -> rx.Component:
    return rx.el.header(
        rx.el.p(
            rx.cond(AssistantState.title != "", AssistantState.title, Assistant.TITLE),
            aria_hidden="true",
            class_name="min-w-0 flex-1 truncate text-16 font-semibold",
        ),
        rx.el.div(
            menu(
                icon("history"),
                menu_item(Assistant.NEW, icon="plus", href="/agent"),
                menu_separator(),
                menu_heading(Assistant.TALKS),
                rx.foreach(
                    AssistantState.talks,
                    lambda talk: menu_item(talk["title"], href="/agent/" + talk["id"].to(str)),
                ),
                label=Assistant.TALKS,
                trigger_class=icon_button_class(),
            ),
            class_name="lg:hidden",
        ),
        rx.cond(
            AssistantState.title != "",
            menu(
                icon("ellipsis"),
                menu_item(Assistant.DELETE, icon="trash_2", danger=True, on_select=AssistantState.set_deleting(True)),
                label=Assistant.MORE,
                trigger_class=icon_button_class(),
            ),
            rx.fragment(),
        ),
        class_name="flex min-h-14 shrink-0 items-center gap-2 border-b border-line px-4 md:px-6",
    )


def _failure() -> rx.Component:
    return error_state(
        what=Assistant.FAILED,
        safe=Assistant.FAILED_SAFE,
        reference=AssistantState.reference,
        on_retry=AssistantState.load,
        inset=True,
    )


def _gone() -> rx.Component:
    return empty_state(
        title=Assistant.GONE_TITLE,
        body=Assistant.GONE_BODY,
        icon="message_circle_off",
        inset=True,
        action=link_button(Assistant.NEW, href="/agent", icon="plus"),
    )


def _talk() -> rx.Component:
    return rx.fragment(
        talk_log(
            rx.el.div(
                rx.cond(
                    AssistantState.messages.length() > 0,
                    rx.el.ol(rx.foreach(AssistantState.messages, _message), class_name="flex flex-col gap-5"),
                    rx.cond(AssistantState.is_loaded, _first(), _waiting()),
                ),
                class_name=f"{_COLUMN} py-6",
            ),
            class_name="min-h-0 flex-1 overflow-y-auto outline-offset-[-2px]",
        ),
        rx.el.div(ask_box(), class_name=f"{_COLUMN} shrink-0 pt-2 pb-4"),
    )


def _waiting() -> rx.Component:
    return rx.el.div(
        skeleton("ml-auto h-9 w-56"),
        skeleton("mt-5 h-4 w-full max-w-96"),
        skeleton("mt-2 h-4 w-full max-w-80"),
        role="status",
        aria_label=Assistant.THINKING,
    )


def _first() -> rx.Component:
    return rx.el.div(
        ai_avatar(size="lg"),
        rx.el.h2(Assistant.FIRST_TITLE, class_name="mt-4 text-20 font-semibold"),
        rx.el.p(Assistant.FIRST_LEAD, class_name="mt-1 max-w-[52ch] text-14 text-pretty text-muted"),
        rx.el.ul(
            *(
                rx.el.li(button(words, size="sm", on_click=AssistantState.ask(words), class_name="max-w-full truncate"))
                for words in Assistant.TRY
            ),
            class_name="mt-5 flex flex-wrap gap-2",
        ),
        class_name="py-8",
    )


def _message(message: rx.Var[MessageRow]) -> rx.Component:
    return rx.el.li(rx.cond(message["role"] == "user", _asked(message), _answered(message)), key=message["id"])


def _asked(message: rx.Var[MessageRow]) -> rx.Component:
    return rx.el.div(
        rx.el.span(Assistant.YOU, class_name="sr-only"),
        rx.el.p(
            message["body"],
            class_name="max-w-[85%] rounded-card bg-hover px-3 py-2 text-14 break-words whitespace-pre-wrap text-ink",
        ),
        class_name="flex justify-end",
    )


def _answered(message: rx.Var[MessageRow]) -> rx.Component:
    is_writing = message["status"] == "writing"
    return rx.el.div(
        ai_avatar(size="sm", label=Assistant.TITLE),
        rx.el.div(
            rx.cond(
                is_writing,
                _in_progress(),
                rx.cond(
                    message["body"] != "",
                    rx.el.p(message["body"], class_name="pt-0.5 text-14 break-words whitespace-pre-wrap text-ink"),
                    rx.fragment(),
                ),
            ),
            rx.cond(
                message["status"] == "failed",
                _stood_still(message["error"].to(str), "text-danger-ink", "circle_alert"),
                rx.fragment(),
            ),
            rx.cond(
                message["status"] == "stopped", _stood_still(Assistant.STOPPED, "text-muted", "square"), rx.fragment()
            ),
            rx.cond(
                message["choices"].to(list[Choice]).length() > 0,
                rx.el.ul(
                    rx.foreach(message["choices"].to(list[Choice]), _choice),
                    aria_label=Assistant.CHOOSE,
                    class_name="mt-3 flex flex-col gap-2",
                ),
                rx.fragment(),
            ),
            rx.foreach(message["proposals"].to(list[ProposalRow]), proposal_card),
            _steps(message),
            class_name="min-w-0 flex-1",
        ),
        class_name="flex items-start gap-3",
    )


def _in_progress() -> rx.Component:
    doing = rx.match(
        AnswerState.doing, *((name, working(words)) for name, words in Assistant.WORKING), working(Assistant.THINKING)
    )
    return rx.cond(
        AnswerState.text != "",
        rx.el.p(AnswerState.text, class_name="pt-0.5 text-14 break-words whitespace-pre-wrap text-ink"),
        rx.el.div(doing, class_name="flex min-h-6 items-center"),
    )


def _stood_still(words: str | rx.Var[str], look: str, picture: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(icon(picture, class_name="mt-0.5"), words, class_name=f"flex min-w-0 gap-2 text-13 {look}"),
        button(Assistant.AGAIN, size="sm", icon="rotate_cw", on_click=AssistantState.ask_again),
        class_name="mt-1 flex flex-wrap items-center gap-3",
    )


def _choice(choice: rx.Var[Choice]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(choice["label"], class_name="font-medium text-ink"),
            rx.el.span(choice["detail"], class_name="min-w-0 truncate text-13 text-muted"),
            type="button",
            disabled=AssistantState.is_writing,
            on_click=AssistantState.ask(choice["say"]),
            class_name=(
                "flex min-h-9 w-full items-center gap-3 rounded-control border border-control bg-canvas px-3 text-14 "
                "enabled:hover:bg-hover disabled:opacity-50 pointer-coarse:min-h-11"
            ),
        ),
        key=choice["say"],
    )


def _steps(message: rx.Var[MessageRow]) -> rx.Component:
    tools = message["tools"].to(list[ToolRow])
    return rx.cond(
        tools.length() > 0,
        rx.el.details(
            rx.el.summary(
                Assistant.STEPS,
                class_name=(
                    "inline-flex min-h-6 cursor-default items-center rounded-control text-12 text-faint hover:text-ink "
                    "pointer-coarse:min-h-11"
                ),
            ),
            rx.el.ol(rx.foreach(tools, _step), class_name="mt-1 flex flex-col gap-2 border-l-2 border-line pl-3"),
            class_name="mt-2",
        ),
        rx.fragment(),
    )


def _step(tool: rx.Var[ToolRow]) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(tool["name"], class_name="font-medium text-ink"),
            rx.cond(tool["arguments"] != "", rx.el.span(" · ", tool["arguments"]), rx.fragment()),
            class_name="text-12 break-words text-muted",
        ),
        rx.el.p(tool["result"], class_name="text-12 break-words whitespace-pre-wrap text-muted"),
        key=tool["place"],
    )
