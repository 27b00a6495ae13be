"""The start page for visitors: what Magpipe is, shown by a conversation, and the two ways in. No state, no scripts."""

import reflex as rx

from pages.components.avatar import ai_avatar, avatar
from pages.components.button import link_button
from pages.components.icon import icon
from pages.components.layouts import public_layout
from pages.words import Landing

_FEATURES = (
    ("book_open", Landing.ANSWERS_TITLE, Landing.ANSWERS),
    ("eye", Landing.WATCH_TITLE, Landing.WATCH),
    ("hand", Landing.TAKE_TITLE, Landing.TAKE),
    ("bell_off", Landing.STOP_TITLE, Landing.STOP),
)


def home_page() -> rx.Component:
    """Return `/`."""
    return public_layout(
        rx.el.section(
            rx.el.div(
                rx.el.h1(
                    *(rx.el.span(f"{sentence} ", class_name="block") for sentence in Landing.TITLE),
                    class_name="text-32 font-semibold tracking-tight text-balance md:text-48",
                ),
                rx.el.p(Landing.LEAD, class_name="mt-4 max-w-[52ch] text-16 text-pretty text-muted"),
                rx.el.div(
                    link_button(Landing.TRY, href="/signup", variant="primary", size="lg"),
                    link_button(Landing.SIGN_IN, href="/login", size="lg"),
                    class_name="mt-6 flex flex-wrap gap-3",
                ),
                rx.el.p(Landing.HOSTED, class_name="mt-4 text-13 text-balance text-muted"),
                class_name="min-w-0 flex-1",
            ),
            _conversation(),
            class_name=(
                "mx-auto flex w-full max-w-6xl flex-col gap-10 px-4 py-10 md:px-6 md:py-16 lg:flex-row "
                "lg:items-center lg:gap-16"
            ),
        ),
        rx.el.section(
            rx.el.h2(Landing.WHAT, class_name="sr-only"),
            rx.el.ul(
                *(_feature(*feature) for feature in _FEATURES),
                class_name="mx-auto grid w-full max-w-6xl gap-8 px-4 py-12 sm:grid-cols-2 md:px-6 lg:grid-cols-4",
            ),
            class_name="flex-1 border-t border-line bg-sunken",
        ),
        actions=rx.fragment(
            link_button(Landing.SIGN_IN, href="/login", variant="ghost"),
            rx.el.div(link_button(Landing.TRY, href="/signup", variant="primary"), class_name="hidden sm:block"),
        ),
    )


def _feature(picture: str, title: str, words: str) -> rx.Component:
    return rx.el.li(
        icon(picture, size=20, class_name="text-accent"),
        rx.el.h3(title, class_name="mt-3 text-16 font-semibold"),
        rx.el.p(words, class_name="mt-1 text-14 text-pretty text-muted"),
    )


def _conversation() -> rx.Component:
    """Return a conversation as the inbox draws it: the customer left, our side right, the agent told from a person."""
    return rx.el.figure(
        rx.el.figcaption(
            avatar(Landing.DEMO_CONTACT, size="sm"),
            rx.el.span(Landing.DEMO_CONTACT, class_name="text-14 font-semibold"),
            rx.el.span(Landing.DEMO_LABEL, class_name="ml-auto hidden text-12 text-muted sm:inline"),
            class_name="flex items-center gap-2 border-b border-line px-4 py-3",
        ),
        rx.el.div(
            _bubble(Landing.DEMO_QUESTION, is_ours=False),
            _bubble(Landing.DEMO_ANSWER, is_ours=True, by_agent=True),
            rx.el.p(
                rx.el.span(Landing.DEMO_EVENT, class_name="rounded-full bg-hover px-3 py-1"),
                class_name="text-center text-12 text-muted",
            ),
            _bubble(Landing.DEMO_PERSON, is_ours=True),
            class_name="flex flex-col gap-4 p-4",
        ),
        class_name="w-full rounded-card border border-line bg-canvas shadow-float lg:max-w-120 lg:shrink-0",
    )


def _bubble(words: str, *, is_ours: bool, by_agent: bool = False) -> rx.Component:
    if not is_ours:
        return rx.el.p(words, class_name="max-w-[85%] self-start rounded-card bg-hover px-3 py-2 text-14")
    author = (
        [ai_avatar(size="sm"), rx.el.span(Landing.DEMO_AGENT)]
        if by_agent
        else [avatar(Landing.DEMO_AUTHOR, size="sm"), rx.el.span(Landing.DEMO_AUTHOR)]
    )
    source = (
        [
            rx.el.p(
                icon("book_open"),
                Landing.DEMO_SOURCE,
                class_name="flex items-center justify-end gap-1.5 text-12 text-muted",
            )
        ]
        if by_agent
        else []
    )
    return rx.el.div(
        rx.el.p(*author, class_name="flex items-center justify-end gap-2 text-12 text-muted"),
        rx.el.p(words, class_name=f"rounded-card px-3 py-2 text-14 {'bg-accent-soft' if by_agent else 'bg-selected'}"),
        *source,
        class_name="flex max-w-[85%] flex-col gap-1.5 self-end",
    )
