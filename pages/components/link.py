"""Link to another page without a reload, or to another site."""

from typing import Any

import reflex as rx

TEXT_LINK = "text-accent-ink underline decoration-1 underline-offset-2 hover:decoration-2 rounded-control"


def page_link(*children: Any, href: str | rx.Var[str], **props: Any) -> rx.Component:
    """Return an unstyled link to one of our pages; it changes page in place, without a reload."""
    return rx.el.a(*children, href=href, **props)


def text_link(*children: Any, href: str | rx.Var[str], class_name: str = "", **props: Any) -> rx.Component:
    """Return a link to one of our pages that stands inside a sentence: underlined, so not told by colour alone."""
    return page_link(*children, href=href, class_name=f"{TEXT_LINK} {class_name}".strip(), **props)


def external_link(*children: Any, href: str | rx.Var[str], class_name: str = "", **props: Any) -> rx.Component:
    """Return a link that opens another site in a new tab, without telling it where the person came from."""
    return rx.el.A.create(
        *children,
        href=href,
        target="_blank",
        rel="noopener noreferrer",
        class_name=f"{TEXT_LINK} {class_name}".strip(),
        **props,
    )


def download_link(*children: Any, href: str | rx.Var[str], class_name: str = "", **props: Any) -> rx.Component:
    """Return a link to a file of ours that the browser saves; a link that changes page in place would find no page."""
    return rx.el.A.create(*children, href=href, download=True, class_name=class_name, **props)
