"""What an agent may do by itself: each tool with its policy, whom it may write and hand over to, and how it asks."""

from typing import Any

import reflex as rx

from pages.agents.configure import is_of_type
from pages.components.button import button, button_class, icon_button
from pages.components.choice import switch
from pages.components.dialog import dialog, dialog_close
from pages.components.field import CONTROL, select_field, text_field
from pages.components.icon import icon
from pages.components.saving_field import saving_field
from pages.components.status import badge
from pages.words import AgentPolicies, Common
from state.agents.open_agent import AgentState
from state.agents.policies import PoliciesState, Recipient, Target, Telephone, ToolRow

_LIST = "mt-3 divide-y divide-line rounded-card border border-line"


def policies_section() -> rx.Component:
    """Return the section with its dialogs."""
    return rx.el.section(
        rx.el.h2(AgentPolicies.TITLE, class_name="text-14 font-semibold"),
        rx.el.p(AgentPolicies.LEAD, class_name="mt-1 max-w-[68ch] text-13 text-pretty text-muted"),
        rx.el.ul(rx.foreach(PoliciesState.rows, _tool), class_name=_LIST),
        _listed(
            AgentPolicies.RECIPIENTS,
            AgentPolicies.RECIPIENTS_LEAD,
            AgentPolicies.ADD_RECIPIENT,
            "recipients",
            PoliciesState.recipients.length() > 0,
            rx.foreach(PoliciesState.recipients, _recipient),
        ),
        _listed(
            AgentPolicies.TARGETS,
            AgentPolicies.TARGETS_LEAD,
            AgentPolicies.ADD_TARGET,
            "targets",
            PoliciesState.targets.length() > 0,
            rx.foreach(PoliciesState.targets, _target),
        ),
        rx.cond(
            # Whoever can be given a number for calls can be given several.
            is_of_type("transfer_phone_number"),
            _listed(
                AgentPolicies.NUMBERS,
                AgentPolicies.NUMBERS_LEAD,
                AgentPolicies.ADD_NUMBER,
                "numbers",
                PoliciesState.numbers.length() > 0,
                rx.foreach(PoliciesState.numbers, _telephone),
            ),
            rx.fragment(),
        ),
        rx.cond(is_of_type("transfer_phone_number"), _copying(), rx.fragment()),
        _asking(),
        _dialog(),
    )


def policy_select(name: rx.Var[str], value: Any, label: Any, *, may_ask: Any = True) -> rx.Component:
    """Return the choice of a tool's policy."""
    return rx.el.div(
        rx.el.select(
            rx.el.option(AgentPolicies.ALLOWED, value="allowed"),
            rx.cond(may_ask, rx.el.option(AgentPolicies.ASK, value="ask"), rx.fragment()),
            rx.el.option(AgentPolicies.OFF, value="off"),
            value=value,
            on_change=lambda policy: PoliciesState.set_policy(name, policy),
            disabled=~AgentState.can_edit,
            aria_label=rx.Var.create(f"{AgentPolicies.POLICY} ") + label.to(str),
            class_name=f"{CONTROL} h-8 appearance-none truncate pr-8 pointer-coarse:h-11",
        ),
        icon("chevron_down", class_name="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-muted"),
        class_name="relative w-40 shrink-0",
    )


def _tool(row: rx.Var[ToolRow]) -> rx.Component:
    hint = rx.match(row["name"], *AgentPolicies.HINTS.items(), "")
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["label"], class_name="text-13 font-medium text-ink"),
            rx.cond(hint != "", rx.el.p(hint, class_name="text-13 text-pretty text-muted"), rx.fragment()),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            row["is_fixed"],
            badge(AgentPolicies.ALWAYS, icon="lock"),
            policy_select(row["name"], row["policy"], row["label"], may_ask=row["may_ask"]),
        ),
        key=row["name"],
        class_name="flex min-h-13 items-center gap-3 px-4 py-2",
    )


def _listed(title: str, lead: str, verb: str, field: str, has_any: Any, rows: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.h3(title, class_name="text-13 font-semibold"),
                rx.el.p(lead, class_name="mt-0.5 max-w-[68ch] text-13 text-pretty text-muted"),
                class_name="min-w-56 flex-1",
            ),
            rx.cond(
                AgentState.can_edit,
                button(verb, icon="plus", size="sm", on_click=PoliciesState.begin(field)),
                rx.fragment(),
            ),
            class_name="flex flex-wrap items-start gap-3",
        ),
        rx.cond(has_any, rx.el.ul(rows, class_name=_LIST), rx.fragment()),
        class_name="mt-6",
    )


def _recipient(row: rx.Var[Recipient]) -> rx.Component:
    return _row(row["label"], row["address"], "message_recipients")


def _target(row: rx.Var[Target]) -> rx.Component:
    kind = rx.match(row["kind"], *AgentPolicies.KINDS.items(), "").to(str)
    said = rx.cond(row["when"] != "", kind + " · " + row["when"].to(str), kind)
    return _row(row["label"], said, "transfer_targets")


def _telephone(row: rx.Var[Telephone]) -> rx.Component:
    mode = rx.match(row["mode"], *AgentPolicies.MODES, "").to(str)
    said = row["phone_number"].to(str) + " · " + mode
    return _row(row["label"], rx.cond(row["when"] != "", said + " · " + row["when"].to(str), said), "transfer_numbers")


def _row(label: rx.Var[str], said: Any, field: str) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(label, class_name="truncate text-13 font-medium text-ink"),
            rx.el.p(said, class_name="truncate text-13 text-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            AgentState.can_edit,
            icon_button(
                "x",
                label=rx.Var.create(f"{AgentPolicies.REMOVE} ") + label.to(str),
                size="sm",
                on_click=PoliciesState.remove(field, label),
            ),
            rx.fragment(),
        ),
        key=label,
        class_name="flex items-center gap-3 px-4 py-2",
    )


def _copying() -> rx.Component:
    return rx.el.div(
        switch(
            "voice_copying",
            AgentPolicies.COPYING,
            checked=PoliciesState.copies_voices,
            on_change=PoliciesState.set_copying,
            hint=rx.cond(PoliciesState.keeps_all, AgentPolicies.COPYING_HINT, AgentPolicies.COPYING_PRIVATE),
            # What is on can be switched off, whatever else was chosen since.
            disabled=~AgentState.can_edit | ~(PoliciesState.keeps_all | PoliciesState.copies_voices),
        ),
        class_name="mt-6 max-w-160",
    )


def _asking() -> rx.Component:
    def mark(name: str) -> rx.Var[str]:
        return rx.cond(PoliciesState.saved == name, "saved", "")

    def save(name: str) -> Any:
        return lambda value, base: PoliciesState.save(name, value, base)

    return rx.el.div(
        rx.el.h3(AgentPolicies.ASKING, class_name="text-13 font-semibold"),
        rx.el.p(AgentPolicies.ASKING_LEAD, class_name="mt-0.5 max-w-[68ch] text-13 text-pretty text-muted"),
        rx.el.div(
            saving_field(
                "approval_minutes",
                AgentPolicies.MINUTES,
                kind="number",
                value=PoliciesState.asking["approval_minutes"],
                on_save=save("approval_minutes"),
                hint=AgentPolicies.MINUTES_HINT,
                error=PoliciesState.errors["approval_minutes"],
                save_state=mark("approval_minutes"),
                disabled=~AgentState.can_edit,
                class_name="max-w-60",
            ),
            switch(
                "approval_notice",
                AgentPolicies.NOTICE,
                checked=PoliciesState.notices,
                on_change=PoliciesState.set_notices,
                hint=AgentPolicies.NOTICE_HINT,
                disabled=~AgentState.can_edit,
            ),
            rx.cond(
                PoliciesState.notices,
                saving_field(
                    "approval_message",
                    AgentPolicies.MESSAGE,
                    kind="area",
                    rows=2,
                    value=PoliciesState.asking["approval_message"],
                    on_save=save("approval_message"),
                    placeholder=AgentPolicies.MESSAGE_PLACEHOLDER,
                    error=PoliciesState.errors["approval_message"],
                    save_state=mark("approval_message"),
                    disabled=~AgentState.can_edit,
                ),
                rx.fragment(),
            ),
            class_name="mt-3 flex max-w-160 flex-col gap-4",
        ),
        class_name="mt-6",
    )


def _dialog() -> rx.Component:
    adding, errors = PoliciesState.adding, PoliciesState.errors
    is_named = adding != "recipients"
    return dialog(
        rx.el.form(
            rx.match(
                adding,
                (
                    "targets",
                    select_field("target", AgentPolicies.TARGET, PoliciesState.choices, error=errors["target"]),
                ),
                (
                    "numbers",
                    text_field(
                        "phone_number",
                        AgentPolicies.NUMBER,
                        type="tel",
                        hint=AgentPolicies.ADDRESS_HINT,
                        error=errors["phone_number"],
                        auto_complete="off",
                    ),
                ),
                text_field(
                    "address",
                    AgentPolicies.ADDRESS,
                    hint=AgentPolicies.ADDRESS_HINT,
                    error=errors["address"],
                    auto_complete="off",
                ),
            ),
            text_field(
                "label",
                AgentPolicies.LABEL,
                hint=rx.cond(adding == "targets", AgentPolicies.LABEL_HINT_TARGET, AgentPolicies.LABEL_HINT),
                error=errors["label"],
                max_length=60,
                auto_complete="off",
            ),
            rx.cond(
                adding == "numbers",
                select_field(
                    "mode",
                    AgentPolicies.MODE,
                    list(AgentPolicies.MODES),
                    hint=AgentPolicies.MODE_HINT,
                    error=errors["mode"],
                ),
                rx.fragment(),
            ),
            rx.cond(
                is_named,
                text_field(
                    "when",
                    AgentPolicies.WHEN,
                    placeholder=AgentPolicies.WHEN_PLACEHOLDER,
                    error=errors["when"],
                    max_length=200,
                    auto_complete="off",
                    optional=True,
                ),
                rx.fragment(),
            ),
            id="policy-form",
            key=PoliciesState.drawing,
            on_submit=PoliciesState.add,
            no_validate=True,
            class_name="flex flex-col gap-4 pt-1",
        ),
        title=rx.match(
            adding,
            ("targets", AgentPolicies.ADD_TARGET_TITLE),
            ("numbers", AgentPolicies.ADD_NUMBER_TITLE),
            AgentPolicies.ADD_RECIPIENT_TITLE,
        ),
        open=adding != "",
        on_open_change=PoliciesState.set_open,
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(AgentPolicies.SAVE, variant="primary", type="submit", form="policy-form"),
        ],
    )
