"""Try a question: `/knowledge/try`, and the same beside an agent's sources."""

import reflex as rx

from pages.components.button import button
from pages.components.field import select_field, text_field
from pages.components.link import external_link, text_link
from pages.components.shell import page_shell
from pages.frame import frame
from pages.knowledge.layout import knowledge_tabs
from pages.words import Knowledge
from state.knowledge.trying import Found, TryState


def try_page() -> rx.Component:
    """Return the page."""
    return page_shell(
        rx.el.div(
            rx.el.p(Knowledge.TRY_LEAD, " ", Knowledge.TRY_HOW, class_name="max-w-[68ch] text-13 text-muted"),
            rx.el.div(
                select_field(
                    "try-agent",
                    Knowledge.TRY_AS,
                    TryState.agents,
                    before=[("", Knowledge.EVERY_AGENT)],
                    value=TryState.agent_id,
                    on_change=TryState.choose_agent,
                    class_name="sm:w-60",
                ),
            ),
            _form(),
            _results(),
            class_name="flex max-w-180 flex-col gap-4",
        ),
        title=Knowledge.TITLE,
        active="knowledge",
        tabs=knowledge_tabs("try"),
        **frame(),
    )


def try_panel() -> rx.Component:
    """Return the same for one agent, to stand beside its sources."""
    return rx.el.section(
        rx.el.h2(Knowledge.TRY, class_name="text-14 font-semibold"),
        rx.el.p(Knowledge.TRY_LEAD, class_name="mt-1 mb-3 text-13 text-muted"),
        _form(),
        rx.el.div(_results(), class_name="mt-4 empty:hidden"),
        class_name="min-w-0 rounded-card border border-line bg-canvas p-4",
    )


def _form() -> rx.Component:
    return rx.el.form(
        text_field(
            "question",
            Knowledge.TRY_LABEL,
            hide_label=True,
            placeholder=Knowledge.TRY_PLACEHOLDER,
            max_length=500,
            auto_complete="off",
            class_name="flex-1",
        ),
        button(Knowledge.TRY_VERB, icon="search", type="submit", class_name="h-9"),
        on_submit=TryState.ask,
        class_name="flex items-start gap-2",
    )


def _results() -> rx.Component:
    return rx.el.div(
        rx.cond(
            TryState.found.length() > 0,
            rx.el.ol(rx.foreach(TryState.found, _found), class_name="flex flex-col gap-4"),
            rx.el.p(
                rx.cond(TryState.question != "", Knowledge.TRY_NOTHING, Knowledge.TRY_EMPTY),
                class_name="text-13 text-muted",
            ),
        ),
        aria_live="polite",
    )


def _found(found: rx.Var[Found]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(found["place"], ".", class_name="tabular text-muted"),
            text_link(
                found["title"],
                href="/knowledge/" + found["source_id"].to(str),
                class_name="min-w-0 truncate font-medium",
            ),
            class_name="flex items-baseline gap-2 text-13",
        ),
        rx.cond(
            found["path"] != found["title"], rx.el.p(found["path"], class_name="text-12 text-muted"), rx.fragment()
        ),
        rx.cond(
            found["url"] != "",
            rx.el.p(external_link(found["url"], href=found["url"], class_name="break-all"), class_name="text-12"),
            rx.fragment(),
        ),
        rx.el.p(
            found["content"],
            class_name="mt-1 line-clamp-6 text-13 break-words whitespace-pre-line text-ink",
        ),
        rx.el.dl(
            _way(
                Knowledge.MEANING,
                found["by_meaning"].to(int),
                rx.fragment(", ", found["similarity"], f" {Knowledge.ALIKE}"),
            ),
            _way(Knowledge.WORDS, found["by_words"].to(int), rx.fragment()),
            rx.cond(
                found["by_reader"].to(int) > 0,
                _way(Knowledge.READER, found["by_reader"].to(int), rx.fragment()),
                rx.fragment(),
            ),
            rx.el.div(
                rx.el.dt(Knowledge.SCORE),
                rx.el.dd(found["score"], class_name="tabular text-ink"),
                class_name="flex gap-1",
            ),
            class_name="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-12 text-muted",
        ),
        rx.el.div(
            rx.el.div(class_name="h-full rounded-full bg-accent", style={"width": found["share"]}),
            aria_hidden="true",
            class_name="mt-1.5 h-1 overflow-hidden rounded-full bg-selected",
        ),
        key=found["place"],
        class_name="border-l-2 border-line pl-3",
    )


def _way(name: str, place: rx.Var[int], more: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.dt(name),
        rx.el.dd(
            rx.cond(place > 0, rx.fragment(f"{Knowledge.PLACE} ", place, more), Knowledge.NOT_FOUND_BY),
            class_name="tabular text-ink",
        ),
        class_name="flex gap-1",
    )
