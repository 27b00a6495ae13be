"""The dialog that has an agent, or one's own phone, call a contact."""

import reflex as rx

from pages.components.button import button, button_class, link_button
from pages.components.dialog import dialog, dialog_close
from pages.components.feedback import banner
from pages.components.field import CONTROL, select_field, text_area, text_field
from pages.words import Calling, Common
from state.calls.calling import OWN_PHONE, CallingState

_FORM = "call-form"


def call_button(contact_id: rx.Var[str]) -> rx.Component:
    """Return the button that opens the dialog for a contact."""
    return button(
        rx.el.span(Calling.CALL, class_name="max-sm:sr-only"), icon="phone", on_click=CallingState.begin(contact_id)
    )


def call_dialog() -> rx.Component:
    """Return the dialog; `CallingState.begin` opens it."""
    state = CallingState
    may_call = (state.agents.length() > 0) & (state.numbers.length() > 0)
    return dialog(
        rx.cond(may_call, _form(), _cannot()),
        title=Calling.TITLE,
        description=state.called,
        open=state.is_open,
        on_open_change=state.set_open,
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            rx.cond(
                may_call,
                button(Calling.CALL_NOW, variant="primary", icon="phone", type="submit", form=_FORM),
                rx.fragment(),
            ),
        ],
    )


def _cannot() -> rx.Component:
    return rx.cond(
        CallingState.numbers.length() > 0,
        banner(Calling.NO_AGENT, rounded=True, action=link_button(Calling.AGENTS, href="/agents", size="sm")),
        banner(Calling.NO_NUMBER, rounded=True, action=link_button(Calling.NUMBERS, href="/phone", size="sm")),
    )


def _asked() -> rx.Component:
    """Return a field for each thing that the template needs to be told."""
    error = CallingState.errors["dynamic_variables"]
    return rx.el.fieldset(
        rx.el.legend(Calling.ASKED, class_name="mb-2 text-13 font-medium"),
        rx.el.div(
            rx.foreach(
                CallingState.asked,
                lambda one: rx.el.label(
                    one["label"],
                    rx.el.input(
                        name="call_given_" + one["name"].to(str),
                        max_length=300,
                        auto_complete="off",
                        aria_invalid=error != "",
                        class_name=f"{CONTROL} h-9 font-normal pointer-coarse:h-11",
                    ),
                    key=one["name"],
                    class_name="flex min-w-0 flex-col gap-1 text-13 text-muted",
                ),
            ),
            class_name="grid gap-3 sm:grid-cols-2",
        ),
        rx.cond(error != "", rx.el.p(error, role="alert", class_name="mt-2 text-13 text-danger-ink"), rx.fragment()),
    )


def _words() -> tuple[rx.Component, ...]:
    """Return what an agent is told of the call: by a template, or in words of one's own."""
    errors = CallingState.errors
    return (
        rx.cond(
            CallingState.templates.length() > 0,
            select_field(
                "call_template",
                Calling.TEMPLATE,
                CallingState.templates,
                before=[("", Calling.NO_TEMPLATE)],
                error=errors["template_id"],
                value=CallingState.template_id,
                on_change=CallingState.choose,
            ),
            rx.fragment(),
        ),
        rx.el.div(
            text_area(
                "call_purpose",
                Calling.PURPOSE,
                hint=Calling.PURPOSE_HINT,
                rows=3,
                optional=True,
                error=errors["purpose"],
                default_value=CallingState.purpose,
                max_length=2000,
            ),
            text_field(
                "call_goal",
                Calling.GOAL,
                hint=Calling.GOAL_HINT,
                optional=True,
                error=errors["goal"],
                default_value=CallingState.goal,
                max_length=2000,
                auto_complete="off",
            ),
            rx.cond(CallingState.asked.length() > 0, _asked(), rx.fragment()),
            key=CallingState.wording.to(str),
            class_name="flex flex-col gap-4",
        ),
    )


def _form() -> rx.Component:
    errors = CallingState.errors
    return rx.el.form(
        rx.el.div(
            select_field(
                "call_agent_id",
                Calling.AGENT,
                CallingState.agents,
                error=errors["agent_id"],
                value=CallingState.by,
                on_change=CallingState.choose_caller,
            ),
            select_field("call_caller_id", Calling.FROM, CallingState.numbers, error=errors["caller_id"]),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        rx.cond(
            CallingState.by == OWN_PHONE,
            rx.el.p(Calling.OWN_HINT, class_name="text-13 text-muted"),
            rx.fragment(*_words()),
        ),
        rx.cond(
            errors["phone_number"] + errors[OWN_PHONE] != "",
            rx.el.p(errors["phone_number"], errors[OWN_PHONE], role="alert", class_name="text-13 text-danger-ink"),
            rx.fragment(),
        ),
        id=_FORM,
        key=CallingState.drawing,
        on_submit=CallingState.save,
        no_validate=True,
        class_name="flex flex-col gap-4 pt-1",
    )
