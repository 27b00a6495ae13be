"""Frame the pages of visitors: signing in, and everything public."""

from typing import Any

import reflex as rx

from pages.components.link import page_link
from pages.components.logo import wordmark
from pages.components.visually_hidden import skip_link
from pages.words import Common

_MAIN = "main"


def auth_layout(*content: Any, title: str | rx.Var[str], lead: Any = None, foot: Any = None) -> rx.Component:
    """Return a sign-in page: the name, one calm column 400 px wide, and what to do instead at its foot."""
    return rx.el.div(
        rx.el.header(
            page_link(wordmark(), href="/", class_name="-ml-1 inline-flex rounded-control p-1"),
            class_name="px-4 py-4 md:px-6",
        ),
        rx.el.main(
            rx.el.div(
                rx.el.h1(title, class_name="text-24 font-semibold tracking-tight"),
                *([rx.el.p(lead, class_name="mt-2 text-14 text-muted")] if lead is not None else []),
                rx.el.div(*content, class_name="mt-6 flex flex-col gap-4"),
                class_name=(
                    "w-full max-w-100 px-4 py-6 md:rounded-card md:border md:border-line md:bg-canvas md:px-8 md:py-8"
                ),
            ),
            *([rx.el.div(foot, class_name="px-4 pb-8 text-14 text-muted md:pt-5")] if foot is not None else []),
            id=_MAIN,
            tab_index=-1,
            class_name="flex flex-1 flex-col items-center md:justify-center md:pb-24",
        ),
        class_name="flex min-h-dvh flex-col bg-canvas text-14 text-ink md:bg-sunken",
    )


def public_layout(*content: Any, actions: Any = None) -> rx.Component:
    """Return a page for visitors: the name and actions above, content below, 16 px text, no scripts of our own."""
    return rx.el.div(
        skip_link(Common.SKIP_TO_CONTENT, target=_MAIN),
        rx.el.header(
            rx.el.div(
                page_link(wordmark(), href="/", class_name="-ml-1 inline-flex rounded-control p-1"),
                *([rx.el.nav(actions, class_name="flex items-center gap-2")] if actions is not None else []),
                class_name="mx-auto flex h-16 w-full max-w-6xl items-center justify-between gap-4 px-4 md:px-6",
            ),
        ),
        rx.el.main(*content, id=_MAIN, tab_index=-1, class_name="flex flex-1 flex-col"),
        class_name="flex min-h-dvh flex-col bg-canvas text-16 text-ink",
    )
