"""The Deployment part of an agent's page: the numbers it serves, its chat widgets, its mailboxes."""

import reflex as rx

from pages.agents.mailbox import mailbox_part
from pages.components.button import button, link_button
from pages.components.choice import switch
from pages.components.copy_button import copy_button
from pages.components.feedback import empty_state, skeleton_rows
from pages.components.icon import icon
from pages.components.surface import row_list, vacancy
from pages.words import AgentDeployment, Phone
from state.agents.deployment import DeploymentState, NumberChoice, WidgetChoice
from state.agents.open_agent import AgentState


def deployment_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        rx.cond(
            DeploymentState.is_loaded,
            rx.match(
                DeploymentState.takes,
                ("widgets", _widgets()),
                ("mailboxes", mailbox_part()),
                _numbers(),
            ),
            skeleton_rows(3),
        ),
        class_name="flex max-w-180 flex-col gap-6",
    )


def _numbers() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            rx.match(
                DeploymentState.takes,
                ("voice", AgentDeployment.LEAD_VOICE),
                ("outbound", AgentDeployment.LEAD_OUTBOUND),
                AgentDeployment.LEAD,
            ),
            class_name="text-13 text-muted",
        ),
        _lists(),
    )


def _widgets() -> rx.Component:
    make = button(AgentDeployment.MAKE_WIDGET, icon="plus", on_click=DeploymentState.make_widget)
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(AgentDeployment.WIDGETS, class_name="text-14 font-semibold"),
                rx.el.p(AgentDeployment.WIDGETS_LEAD, class_name="text-13 text-muted"),
                class_name="min-w-0 flex-1",
            ),
            rx.cond(AgentState.can_edit & (DeploymentState.widgets.length() > 0), make, rx.fragment()),
            class_name="flex flex-wrap items-center gap-3",
        ),
        rx.cond(
            DeploymentState.widgets.length() > 0,
            row_list(DeploymentState.widgets, _widget, class_name="mt-3"),
            vacancy(
                empty_state(
                    title=AgentDeployment.NO_WIDGET_TITLE,
                    body=AgentDeployment.NO_WIDGET_BODY,
                    icon="message_circle",
                    inset=True,
                    action=rx.cond(AgentState.can_edit, make, rx.fragment()),
                ),
                class_name="mt-3",
            ),
        ),
    )


def _widget(widget: rx.Var[WidgetChoice]) -> rx.Component:
    return rx.el.li(
        icon("message_circle", class_name="text-channel-chat"),
        rx.el.div(
            rx.el.p(widget["name"], class_name="truncate text-14 font-medium"),
            rx.el.p(
                rx.cond(widget["domains"] != "", widget["domains"], AgentDeployment.ANY_SITE),
                class_name="truncate text-13 text-muted",
            ),
            class_name="min-w-0 flex-1",
        ),
        copy_button(widget["embed"], label=AgentDeployment.EMBED),
        switch(
            f"widget-{widget['id']}",
            rx.cond(widget["is_active"], AgentDeployment.WIDGET_ON, AgentDeployment.WIDGET_OFF),
            checked=widget["is_active"],
            on_change=lambda is_on: DeploymentState.set_widget_active(widget["id"], is_on),
            disabled=~AgentState.can_edit,
        ),
        link_button(AgentDeployment.WIDGET_SETTINGS, href=f"/chat-widget/{widget['id']}", size="sm", icon="settings"),
        key=widget["id"],
        class_name="flex min-h-14 flex-wrap items-center gap-3 px-4 py-2",
    )


def _lists() -> rx.Component:
    return rx.fragment(
        rx.cond(
            DeploymentState.served.length() > 0,
            _list(AgentDeployment.SERVES, DeploymentState.served, _served),
            vacancy(
                empty_state(
                    title=AgentDeployment.EMPTY_TITLE,
                    body=AgentDeployment.EMPTY_BODY,
                    icon="phone_off",
                    action=link_button(AgentDeployment.GET, href="/phone?get=1", icon="plus"),
                )
            ),
        ),
        rx.cond(
            DeploymentState.others.length() > 0,
            _list(AgentDeployment.OTHERS, DeploymentState.others, _other),
            rx.fragment(),
        ),
    )


def _list(title: str, rows: rx.Var[list[NumberChoice]], draw: object) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="text-14 font-semibold"),
        row_list(rows, draw, class_name="mt-2"),
    )


def _row(number: rx.Var[NumberChoice], detail: object, action: rx.Component) -> rx.Component:
    return rx.el.li(
        icon("phone", class_name="text-muted"),
        rx.el.div(
            rx.el.p(
                rx.el.span(number["phone"], class_name="tabular font-medium"),
                rx.cond(number["label"] != "", rx.el.span(number["label"], class_name="text-muted"), rx.fragment()),
                class_name="flex flex-wrap items-center gap-x-2 text-14",
            ),
            rx.el.p(detail, class_name="text-13 text-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(AgentState.can_edit, action, rx.fragment()),
        key=number["id"],
        class_name="flex min-h-14 flex-wrap items-center gap-3 px-4 py-2",
    )


def _slots(number: rx.Var[NumberChoice]) -> rx.Component:
    """Return who has each of a number's three slots."""

    def slot(name: str, holder: rx.Var[str]) -> rx.Component:
        return rx.el.span(f"{name}: ", rx.cond(holder != "", holder, AgentDeployment.NOBODY))

    return rx.el.span(
        slot(AgentDeployment.SLOT_CALLS, number["voice"]),
        slot(AgentDeployment.SLOT_TEXTS, number["texts"]),
        slot(AgentDeployment.SLOT_OUTBOUND, number["outbound"]),
        class_name="flex flex-wrap gap-x-3",
    )


def _served(number: rx.Var[NumberChoice]) -> rx.Component:
    return _row(
        number,
        _slots(number),
        rx.fragment(
            copy_button(number["e164"], label=Phone.COPY),
            button(AgentDeployment.STOP, size="sm", on_click=DeploymentState.leave(number["id"])),
        ),
    )


def _other(number: rx.Var[NumberChoice]) -> rx.Component:
    is_taken = number["served_by"] != ""
    return _row(
        number,
        _slots(number),
        button(
            rx.cond(is_taken, f"{AgentDeployment.TAKE} {number['served_by']}", AgentDeployment.USE),
            size="sm",
            on_click=DeploymentState.serve(number["id"]),
        ),
    )
