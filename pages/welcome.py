"""The first minutes of a new workspace: `/welcome`, and the card that reminds of what is left."""

from typing import Any

import reflex as rx

from pages.components.avatar import ai_avatar
from pages.components.button import button, icon_button, link_button
from pages.components.feedback import banner, skeleton, skeleton_fields, working
from pages.components.field import text_area, text_field
from pages.components.icon import icon
from pages.components.layouts import auth_layout
from pages.components.link import external_link, text_link
from pages.words import AgentTest, Welcome
from state.onboarding import STEPS, ChecklistState, Line, WelcomeState

CHECK_WORDS = dict(zip(STEPS, (Welcome.CHECK_BUSINESS, Welcome.CHECK_NUMBER, Welcome.CHECK_TEST), strict=True))
STEP_WORDS = dict(zip(STEPS, (Welcome.STEP_BUSINESS, Welcome.STEP_NUMBER, Welcome.STEP_TEST), strict=True))


def welcome_page() -> rx.Component:
    """Return the page."""
    return auth_layout(
        _steps(),
        rx.match(
            WelcomeState.step,
            ("business", _business()),
            ("number", _number()),
            ("test", _test()),
            _loading(),
        ),
        title=rx.match(
            WelcomeState.step,
            ("business", Welcome.BUSINESS_TITLE),
            ("number", Welcome.NUMBER_TITLE),
            ("test", Welcome.TEST_TITLE),
            Welcome.TITLE,
        ),
        lead=rx.match(
            WelcomeState.step,
            ("business", Welcome.BUSINESS_LEAD),
            ("number", Welcome.NUMBER_LEAD),
            ("test", Welcome.TEST_LEAD),
            Welcome.LEAD,
        ),
        foot=rx.cond(
            WelcomeState.lines.length() > 1,
            rx.fragment(),
            text_link(rx.cond(WelcomeState.done.length() == len(STEPS), Welcome.BACK, Welcome.SKIP), href="/inbox"),
        ),
    )


def _loading() -> rx.Component:
    """Return the shape of the first step, where most come in."""
    return rx.el.div(
        skeleton_fields(1),
        rx.el.div(
            rx.el.div(skeleton("h-3.5 w-32"), class_name="flex h-5 items-center"),
            skeleton("h-29 w-full pointer-coarse:h-33"),
            class_name="flex flex-col gap-1.5",
        ),
        skeleton("h-10 w-full pointer-coarse:h-11"),
        class_name="flex flex-col gap-4",
    )


def setup_card() -> rx.Component:
    """Return the card that shows how far the workspace came and leads on; nothing once all is done."""
    return rx.cond(
        ChecklistState.is_shown,
        rx.el.section(
            rx.el.div(
                rx.el.h2(Welcome.CHECKLIST, class_name="text-14 font-semibold"),
                rx.el.p(
                    ChecklistState.done.length(), " ", Welcome.CHECKLIST_LEAD, class_name="tabular text-13 text-muted"
                ),
                class_name="shrink-0",
            ),
            rx.el.ol(
                *(_check(step, ChecklistState.done.contains(step)) for step in STEPS),
                class_name="flex flex-1 flex-col gap-x-5 gap-y-1.5 lg:flex-row lg:flex-wrap",
            ),
            rx.el.div(
                link_button(Welcome.CHECKLIST_GO, href="/welcome", trailing_icon="arrow_right"),
                icon_button(
                    "x",
                    Welcome.CHECKLIST_HIDE,
                    on_click=ChecklistState.dismiss,
                    class_name="max-sm:absolute max-sm:top-1 max-sm:right-1",
                ),
                class_name="flex items-center gap-1",
            ),
            aria_label=Welcome.CHECKLIST,
            class_name=(
                "relative mb-6 flex flex-col gap-x-6 gap-y-3 rounded-card border border-line bg-sunken px-4 py-3 "
                "sm:flex-row sm:items-center"
            ),
        ),
        rx.fragment(),
    )


def _check(step: str, is_done: Any) -> rx.Component:
    return rx.el.li(
        rx.cond(
            is_done,
            icon("circle_check", label=Welcome.DONE, class_name="text-success"),
            icon("circle", label=Welcome.OPEN, class_name="text-control"),
        ),
        rx.el.span(CHECK_WORDS[step], class_name=rx.cond(is_done, "text-muted line-through", "text-ink")),
        class_name="flex items-center gap-1.5 text-13",
    )


def _steps() -> rx.Component:
    def step(name: str, place: int) -> rx.Component:
        is_here = WelcomeState.step == name
        is_done = WelcomeState.done.contains(name)
        return rx.el.li(
            rx.el.button(
                rx.el.span(
                    rx.cond(is_done, icon("check", label=Welcome.DONE), str(place)),
                    class_name="inline-flex size-6 items-center justify-center rounded-full text-12 font-medium "
                    + rx.cond(
                        is_here,
                        "bg-accent text-on-accent",
                        rx.cond(is_done, "bg-success-soft text-success-ink", "bg-hover text-muted"),
                    ),
                ),
                STEP_WORDS[name],
                type="button",
                on_click=WelcomeState.go(name),
                disabled=(WelcomeState.agent_id == "") & (name != STEPS[0]),
                custom_attrs={"aria-current": rx.cond(is_here, "step", "false")},
                class_name=(
                    "flex min-h-8 items-center gap-2 rounded-control pr-2 text-13 font-medium disabled:cursor-default "
                    "pointer-coarse:min-h-11 " + rx.cond(is_here, "text-ink", "text-muted")
                ),
            )
        )

    return rx.el.ol(
        *(step(name, place) for place, name in enumerate(STEPS, start=1)),
        aria_label=Welcome.STEPS,
        class_name="-mt-1 flex flex-wrap gap-x-3 gap-y-1",
    )


def _business() -> rx.Component:
    return rx.el.form(
        text_field(
            "business",
            Welcome.NAME,
            default_value=WelcomeState.business,
            error=WelcomeState.business_error,
            max_length=80,
            auto_complete="organization",
            required=True,
            auto_focus=True,
        ),
        text_area(
            "facts",
            Welcome.FACTS,
            rows=5,
            hint=Welcome.FACTS_HINT,
            placeholder=Welcome.FACTS_PLACEHOLDER,
            error=WelcomeState.facts_error,
            max_length=200_000,
            optional=True,
        ),
        button(
            rx.cond(WelcomeState.agent_id == "", Welcome.CREATE, Welcome.SAVE),
            variant="primary",
            size="lg",
            type="submit",
        ),
        key=WelcomeState.business,
        on_submit=WelcomeState.create,
        class_name="flex flex-col gap-4",
    )


def _problem() -> rx.Component:
    return rx.cond(WelcomeState.error != "", banner(WelcomeState.error, tone="danger", rounded=True), rx.fragment())


def _number() -> rx.Component:
    offer = WelcomeState.offers[WelcomeState.place]
    return rx.el.div(
        _problem(),
        rx.cond(
            WelcomeState.offers.length() > 0,
            rx.fragment(
                rx.el.div(
                    icon("phone", size=20, class_name="text-channel-call"),
                    rx.el.p(offer["display"], class_name="text-24 font-semibold"),
                    aria_live="polite",
                    class_name="flex items-center gap-3 rounded-card border border-line bg-sunken px-4 py-5",
                ),
                button(
                    Welcome.USE,
                    variant="primary",
                    size="lg",
                    loading=WelcomeState.is_busy,
                    loading_text=Welcome.TAKING,
                    on_click=WelcomeState.use(offer["phone_number"]),
                    auto_focus=True,
                ),
                rx.el.div(
                    rx.cond(
                        WelcomeState.offers.length() > 1,
                        button(Welcome.OTHER, variant="ghost", on_click=WelcomeState.show_other),
                        rx.fragment(),
                    ),
                    button(Welcome.LATER, variant="ghost", on_click=WelcomeState.go("test")),
                    class_name="-mx-3 flex flex-wrap justify-between gap-1",
                ),
            ),
            rx.cond(
                WelcomeState.is_busy,
                working(Welcome.LOOKING),
                rx.fragment(
                    rx.el.p(Welcome.NO_NUMBERS, class_name="text-14 text-muted"),
                    button(Welcome.LATER, variant="primary", size="lg", on_click=WelcomeState.go("test")),
                ),
            ),
        ),
        class_name="flex flex-col gap-4",
    )


def _test() -> rx.Component:
    has_answer = WelcomeState.lines.length() > 1
    return rx.el.div(
        _problem(),
        rx.el.div(
            rx.cond(
                WelcomeState.lines.length() > 0,
                rx.el.ol(rx.foreach(WelcomeState.lines, _line), class_name="flex flex-col gap-3"),
                rx.el.p(
                    ai_avatar(size="sm"),
                    rx.el.span(WelcomeState.agent_name, " ", Welcome.WAITS, class_name="mt-0.5 text-pretty"),
                    class_name="flex items-start gap-2 text-13 text-muted",
                ),
            ),
            rx.cond(
                WelcomeState.is_busy,
                rx.el.div(working(Welcome.ANSWERING), class_name="mt-3 flex justify-end"),
                rx.fragment(),
            ),
            role="log",
            aria_live="polite",
            class_name="max-h-80 min-h-32 overflow-y-auto rounded-card border border-line bg-sunken p-3",
        ),
        rx.el.form(
            text_field(
                "message",
                AgentTest.PLACEHOLDER,
                hide_label=True,
                default_value=rx.cond(WelcomeState.lines.length() > 0, "", Welcome.TEST_DEFAULT),
                # Once the suggestion is sent the field is drawn anew, empty.
                key=rx.cond(WelcomeState.lines.length() > 0, "empty", "suggested"),
                max_length=1600,
                auto_complete="off",
                auto_focus=True,
                class_name="flex-1",
            ),
            rx.cond(
                has_answer,
                button(Welcome.SEND, type="submit", disabled=WelcomeState.is_busy, class_name="h-9"),
                button(Welcome.SEND, variant="primary", type="submit", disabled=WelcomeState.is_busy, class_name="h-9"),
            ),
            on_submit=WelcomeState.ask,
            reset_on_submit=True,
            class_name="flex items-start gap-2",
        ),
        rx.cond(
            WelcomeState.practice_url != "",
            rx.el.p(
                external_link(
                    Welcome.PHONE,
                    href=WelcomeState.practice_url,
                    class_name="inline-flex min-h-6 items-center pointer-coarse:min-h-11",
                ),
                rx.el.span(Welcome.PHONE_HINT, class_name="text-pretty text-muted"),
                class_name="flex flex-col items-start text-13",
            ),
            rx.fragment(),
        ),
        rx.cond(
            has_answer,
            link_button(Welcome.FINISH, href="/inbox", variant="primary", size="lg", trailing_icon="arrow_right"),
            rx.fragment(),
        ),
        class_name="flex flex-col gap-4",
    )


def _line(line: rx.Var[Line]) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(rx.cond(line["is_ours"], WelcomeState.agent_name, AgentTest.YOU), class_name="sr-only"),
            line["text"],
            class_name=rx.cond(
                line["is_ours"],
                "ml-auto w-fit max-w-[85%] rounded-card bg-accent-soft px-3 py-2 text-14 whitespace-pre-line",
                "w-fit max-w-[85%] rounded-card border border-line bg-canvas px-3 py-2 text-14 whitespace-pre-line",
            ),
        ),
        key=line["place"],
    )
