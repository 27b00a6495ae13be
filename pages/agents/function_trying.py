"""The dialog that tries a function and shows its calls: what was sent, what came back, how long it took."""

import reflex as rx

from pages.components.button import button, button_class
from pages.components.choice import segmented
from pages.components.dialog import dialog, dialog_close
from pages.components.feedback import banner, empty_state, skeleton_rows
from pages.components.field import CONTROL, label
from pages.components.icon import icon
from pages.components.link import page_link
from pages.components.status import badge
from pages.components.surface import row_list
from pages.components.timestamp import timestamp
from pages.words import AgentFunctions, Common
from state.agents.function_trying import Argument, CallView, FunctionTryState
from state.agents.open_agent import AgentState

_CODE = (
    "max-h-72 overflow-auto rounded-control border border-line bg-sunken px-3 py-2 font-mono text-12 break-words "
    "whitespace-pre-wrap"
)


def try_dialog() -> rx.Component:
    """Return the dialog; the list opens it."""
    return dialog(
        rx.cond(
            AgentState.can_edit,
            segmented(
                "function-view",
                AgentFunctions.VIEW,
                [("try", AgentFunctions.TRY), ("calls", AgentFunctions.CALLS)],
                value=FunctionTryState.view,
                on_change=FunctionTryState.show,
                hide_label=True,
                class_name="mb-4 max-w-72",
            ),
            rx.fragment(),
        ),
        rx.cond(FunctionTryState.view == "try", _try(), _calls()),
        title=FunctionTryState.name,
        open=FunctionTryState.is_open,
        on_open_change=FunctionTryState.set_open,
        size="lg",
        footer=[dialog_close(Common.CLOSE, class_name=button_class())],
    )


def _try() -> rx.Component:
    return rx.el.div(
        rx.cond(
            FunctionTryState.method == "GET",
            rx.el.p(AgentFunctions.TRY_LEAD, class_name="text-13 text-muted"),
            banner(AgentFunctions.TRY_LEAD, tone="warning", rounded=True),
        ),
        rx.el.form(
            rx.cond(
                FunctionTryState.arguments.length() > 0,
                rx.foreach(FunctionTryState.arguments, _argument),
                rx.el.p(AgentFunctions.TRY_NOTHING, class_name="text-13 text-muted"),
            ),
            rx.el.div(
                button(
                    AgentFunctions.TRY_VERB,
                    variant="primary",
                    icon="play",
                    type="submit",
                    loading=FunctionTryState.is_running,
                    loading_text=AgentFunctions.TRYING,
                )
            ),
            on_submit=FunctionTryState.run,
            key=FunctionTryState.function_id,
            class_name="flex flex-col gap-4",
        ),
        rx.el.div(
            rx.cond(
                FunctionTryState.error != "",
                rx.el.p(FunctionTryState.error, role="alert", class_name="text-13 text-danger-ink"),
                rx.fragment(),
            ),
            rx.cond(FunctionTryState.result["id"] != "", _result(FunctionTryState.result), rx.fragment()),
            aria_live="polite",
        ),
        class_name="flex flex-col gap-4",
    )


def _argument(row: rx.Var[Argument]) -> rx.Component:
    control_id = f"argument-{row['name']}"
    return rx.el.div(
        rx.el.div(
            label(row["name"], control_id=control_id),
            rx.cond(
                row["required"],
                rx.fragment(),
                rx.el.span(Common.OPTIONAL, class_name="text-13 text-faint"),
            ),
            class_name="flex items-center gap-1.5",
        ),
        rx.el.input(
            id=control_id,
            name=control_id,
            type="text",
            placeholder=rx.cond(
                row["choices"].length() > 0,
                row["choices"].join(", "),
                rx.match(row["type"], *AgentFunctions.TYPES, row["type"]),
            ),
            auto_complete="off",
            class_name=f"{CONTROL} h-9 pointer-coarse:h-11",
        ),
        rx.cond(
            row["description"] != "",
            rx.el.p(row["description"], class_name="text-13 text-pretty text-muted"),
            rx.fragment(),
        ),
        key=row["name"],
        class_name="flex flex-col gap-1.5",
    )


def _result(call: rx.Var[CallView]) -> rx.Component:
    return rx.el.section(
        _line(call),
        rx.el.h3(AgentFunctions.REQUEST, class_name="mt-3 text-12 font-medium text-muted"),
        rx.el.pre(call["asked"], tab_index=0, class_name=f"mt-1 {_CODE}"),
        rx.el.h3(AgentFunctions.RESPONSE, class_name="mt-3 text-12 font-medium text-muted"),
        _answer(call),
        class_name="border-t border-line pt-4",
    )


def _answer(call: rx.Var[CallView]) -> rx.Component:
    return rx.el.pre(
        rx.cond(call["answer"] != "", call["answer"], AgentFunctions.NO_ANSWER),
        tab_index=0,
        class_name=f"mt-1 {_CODE}",
    )


def _line(call: rx.Var[CallView]) -> rx.Component:
    return rx.el.p(
        rx.match(
            call["status"],
            ("ok", badge(AgentFunctions.OK, tone="success", icon="check")),
            ("failed", badge(AgentFunctions.FAILED_CALL, tone="danger", icon="circle_alert")),
            ("refused", badge(AgentFunctions.REFUSED, tone="warning", icon="ban")),
            ("waiting", badge(AgentFunctions.WAITING, tone="info", icon="hourglass")),
            badge(AgentFunctions.RUNNING, tone="info", icon="loader_circle"),
        ),
        rx.cond(call["http_status"] > 0, rx.el.span(call["http_status"], class_name="tabular"), rx.fragment()),
        rx.el.span(call["ms"], class_name="tabular"),
        rx.cond(
            call["attempts"] > 1,
            rx.el.span(call["attempts"], f" {AgentFunctions.ATTEMPTS}", class_name="tabular"),
            rx.fragment(),
        ),
        rx.cond(call["is_test"], badge(AgentFunctions.TEST), rx.fragment()),
        rx.el.span(call["who"], class_name="min-w-0 truncate"),
        class_name="flex flex-wrap items-center gap-x-3 gap-y-1 text-12 text-muted",
    )


def _calls() -> rx.Component:
    return rx.cond(
        FunctionTryState.is_loaded,
        rx.cond(
            FunctionTryState.calls.length() > 0,
            rx.fragment(
                row_list(FunctionTryState.calls, _call),
                rx.cond(
                    FunctionTryState.has_more,
                    rx.el.div(
                        button(AgentFunctions.LOAD_MORE, size="sm", on_click=FunctionTryState.load_more),
                        class_name="mt-3",
                    ),
                    rx.fragment(),
                ),
            ),
            empty_state(
                title=AgentFunctions.CALLS_EMPTY_TITLE,
                body=AgentFunctions.CALLS_EMPTY_BODY,
                icon="scroll_text",
                inset=True,
            ),
        ),
        skeleton_rows(3),
    )


def _call(call: rx.Var[CallView]) -> rx.Component:
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                icon("chevron_right", class_name="mt-0.5 shrink-0 text-muted transition-transform in-open:rotate-90"),
                rx.el.span(
                    rx.el.span(call["arguments"], class_name="block truncate font-mono text-12 text-ink"),
                    _line(call),
                    class_name="flex min-w-0 flex-1 flex-col gap-1",
                ),
                rx.el.span(timestamp(call["at"]), class_name="shrink-0 text-12 text-muted"),
                class_name="flex cursor-pointer list-none items-start gap-2 px-4 py-2.5 hover:bg-hover",
            ),
            rx.el.div(
                rx.el.pre(call["asked"], "\n", call["arguments"], tab_index=0, class_name=_CODE),
                _answer(call),
                rx.cond(
                    call["conversation_id"] != "",
                    page_link(
                        AgentFunctions.CONVERSATION,
                        href=f"/inbox/{call['conversation_id']}",
                        class_name="mt-2 inline-flex min-h-6 items-center text-13 text-accent underline",
                    ),
                    rx.fragment(),
                ),
                class_name="px-4 pb-3",
            ),
        ),
        key=call["id"],
    )
