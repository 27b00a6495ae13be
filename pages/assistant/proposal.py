"""A card for what the assistant would do: the exact effect, the button that does it, and what became of it."""

from typing import Any

import reflex as rx

from pages.components.button import button
from pages.components.diff import diff_lines
from pages.components.icon import icon
from pages.components.link import text_link
from pages.components.timestamp import clock_time
from pages.words import Assistant
from state.assistant import AssistantState, DiffLine, ProposalRow

_ICONS = {
    "send_text": "message_square_text",
    "schedule_text": "clock",
    "cancel_text": "undo_2",
    "change_agent": "pencil",
    "publish_agent": "upload",
    "plan_callback": "phone",
    "place_call": "phone_outgoing",
}


def proposal_card(proposal: rx.Var[ProposalRow]) -> rx.Component:
    """Return the card."""
    return rx.el.section(
        rx.el.h2(
            rx.match(
                proposal["kind"],
                *((kind, icon(name, class_name="text-muted")) for kind, name in _ICONS.items()),
                icon("sparkle", class_name="text-muted"),
            ),
            _by_kind(proposal, ""),
            class_name="flex items-center gap-2 px-4 pt-3 text-14 font-semibold",
        ),
        _facts(proposal),
        _body(proposal),
        _difference(proposal),
        rx.cond(
            proposal["is_unnamed"] & (proposal["status"] == "pending"),
            rx.el.p(
                icon("triangle_alert", class_name="mt-0.5"),
                Assistant.UNNAMED,
                class_name="mx-4 mt-3 flex gap-2 rounded-control bg-warning-soft px-3 py-2 text-13 text-warning-ink",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            rx.match(
                proposal["status"],
                ("pending", _choice(proposal)),
                ("done", _done(proposal)),
                ("dismissed", _outcome("ban", Assistant.DISMISSED, "text-muted")),
                ("expired", _outcome("clock", Assistant.EXPIRED, "text-muted")),
                _refused(proposal),
            ),
            class_name="mt-3 flex min-h-12 items-center border-t border-line px-4 py-2",
            aria_live="polite",
        ),
        key=proposal["id"],
        aria_label=_by_kind(proposal, ""),
        class_name="mt-2 min-w-0 rounded-card border border-line bg-canvas",
    )


def _by_kind(proposal: rx.Var[ProposalRow], prefix: str) -> rx.Var[str]:
    words = ((kind, getattr(Assistant, f"{prefix}{kind.upper()}")) for kind in _ICONS)
    return rx.match(proposal["kind"], *words, "").to(str)


def _fact(name: str, value: Any, *, shown: Any) -> rx.Component:
    return rx.cond(
        shown,
        rx.el.div(
            rx.el.dt(name, class_name="w-14 shrink-0 text-muted"),
            rx.el.dd(value, class_name="min-w-0 flex-1 break-words text-ink"),
            class_name="flex gap-3",
        ),
        rx.fragment(),
    )


def _facts(proposal: rx.Var[ProposalRow]) -> rx.Component:
    to = rx.cond(
        (proposal["to_name"] != "") & (proposal["to_number"] != ""),
        f"{proposal['to_name']} · {proposal['to_number']}",
        proposal["to_name"].to(str) + proposal["to_number"].to(str),
    )
    segments = rx.cond(proposal["segments"].to(int) == 1, Assistant.SEGMENT, Assistant.SEGMENTS)
    return rx.el.dl(
        _fact(Assistant.TO, to, shown=(proposal["to_name"] != "") | (proposal["to_number"] != "")),
        _fact(Assistant.FROM, proposal["from_number"], shown=proposal["from_number"] != ""),
        _fact(Assistant.WHEN, proposal["at_words"], shown=proposal["at_words"] != ""),
        _fact(
            Assistant.WHEN, Assistant.NOW, shown=(proposal["kind"] == "send_text") | (proposal["kind"] == "place_call")
        ),
        _fact(
            Assistant.COST,
            rx.fragment(rx.el.span(proposal["segments"], class_name="tabular"), " ", segments),
            shown=proposal["segments"].to(int) > 0,
        ),
        _fact(Assistant.AGENT, proposal["agent_name"], shown=proposal["agent_name"] != ""),
        _fact(Assistant.FIELD, proposal["field"], shown=proposal["field"] != ""),
        _fact(
            Assistant.BEFORE,
            rx.cond(proposal["before"] != "", proposal["before"], Assistant.EMPTY),
            shown=(proposal["kind"] == "change_agent") & (proposal["lines"].to(list[DiffLine]).length() == 0),
        ),
        _fact(
            Assistant.AFTER,
            rx.cond(proposal["after"] != "", proposal["after"], Assistant.EMPTY),
            shown=(proposal["kind"] == "change_agent") & (proposal["lines"].to(list[DiffLine]).length() == 0),
        ),
        class_name="mt-2 flex flex-col gap-1 px-4 text-13",
    )


def _body(proposal: rx.Var[ProposalRow]) -> rx.Component:
    quoted = rx.el.blockquote(
        proposal["body"],
        class_name=(
            "mx-4 mt-3 rounded-control border border-line bg-sunken px-3 py-2 text-14 break-words whitespace-pre-wrap"
        ),
    )
    return rx.fragment(
        rx.cond(proposal["body"] != "", quoted, rx.fragment()),
        rx.cond(
            proposal["kind"] == "plan_callback",
            rx.el.p(Assistant.CALLBACK_EFFECT, class_name="mx-4 mt-2 text-13 text-pretty text-muted"),
            rx.fragment(),
        ),
    )


def _difference(proposal: rx.Var[ProposalRow]) -> rx.Component:
    lines = proposal["lines"].to(list[DiffLine])
    return rx.cond(
        lines.length() > 0,
        diff_lines(lines, class_name="mx-4 mt-3 max-h-72", label=_by_kind(proposal, "")),
        rx.fragment(),
    )


def _choice(proposal: rx.Var[ProposalRow]) -> rx.Component:
    return rx.el.div(
        button(
            _by_kind(proposal, "DO_"),
            variant="primary",
            size="sm",
            loading=AssistantState.deciding == proposal["id"],
            loading_text=Assistant.DOING,
            on_click=AssistantState.confirm(proposal["id"]),
        ),
        button(Assistant.DISMISS, size="sm", variant="ghost", on_click=AssistantState.dismiss(proposal["id"])),
        rx.el.p(
            Assistant.UNTIL, " ", clock_time(proposal["expires_at"]), class_name="ml-auto text-12 text-faint tabular"
        ),
        class_name="flex w-full flex-wrap items-center gap-2",
    )


def _outcome(picture: str, words: Any, look: str) -> rx.Component:
    return rx.el.p(icon(picture, class_name="mt-0.5"), rx.el.span(words), class_name=f"flex gap-2 text-13 {look}")


def _done(proposal: rx.Var[ProposalRow]) -> rx.Component:
    return rx.el.p(
        icon("check", class_name="text-success-ink"),
        rx.el.span(_by_kind(proposal, "DONE_"), class_name="text-success-ink"),
        rx.cond(proposal["link"] != "", text_link(Assistant.OPEN, href=proposal["link"].to(str)), rx.fragment()),
        class_name="flex w-full flex-wrap items-center gap-2 text-13",
    )


def _refused(proposal: rx.Var[ProposalRow]) -> rx.Component:
    return _outcome("circle_alert", rx.fragment(Assistant.REFUSED, " ", proposal["outcome"]), "text-danger-ink")
