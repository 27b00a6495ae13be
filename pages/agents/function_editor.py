"""The dialog that makes or changes a function: its request, its parameters, and what is read of the answer."""

import reflex as rx

from pages.agents.definition_dialog import definition_dialog, for_all_switch
from pages.components.choice import checkbox
from pages.components.field import select_field, text_area, text_field
from pages.components.form_rows import cell, choice, remove_row, rows_of
from pages.words import AgentFunctions
from state.agents.function_editor import FunctionEditorState, Pair, Parameter

_METHODS = [(method, method) for method in ("GET", "POST", "PUT", "PATCH", "DELETE")]


def editor_dialog() -> rx.Component:
    """Return the dialog; the list opens it."""
    is_new = FunctionEditorState.function_id == ""
    return definition_dialog(
        FunctionEditorState,
        AgentFunctions,
        "function-form",
        _head(is_new),
        _request(),
        _parameters(),
        _advanced(),
        is_new=is_new,
        size="lg",
        class_name="gap-6",
    )


def _head(is_new: rx.Var[bool]) -> rx.Component:
    values, errors = FunctionEditorState.values, FunctionEditorState.errors
    return rx.el.div(
        text_field(
            "function_name",
            AgentFunctions.NAME,
            hint=AgentFunctions.NAME_HINT,
            error=errors["name"],
            placeholder=AgentFunctions.NAME_PLACEHOLDER,
            default_value=values["name"],
            max_length=64,
            auto_complete="off",
            spell_check=False,
        ),
        text_area(
            "function_description",
            AgentFunctions.DESCRIPTION,
            rows=2,
            error=errors["description"],
            placeholder=AgentFunctions.DESCRIPTION_PLACEHOLDER,
            default_value=values["description"],
            max_length=500,
        ),
        for_all_switch(FunctionEditorState, AgentFunctions, "function-for-all", is_new=is_new),
        class_name="flex flex-col gap-4",
    )


def _request() -> rx.Component:
    values, errors = FunctionEditorState.values, FunctionEditorState.errors
    return rx.el.div(
        select_field(
            "function_method",
            AgentFunctions.METHOD,
            _METHODS,
            value=FunctionEditorState.method,
            on_change=FunctionEditorState.set_method,
            error=errors["http_method"],
            class_name="sm:w-28",
        ),
        text_field(
            "function_url",
            AgentFunctions.URL,
            type="url",
            hint=AgentFunctions.URL_HINT,
            error=errors["endpoint_url"],
            placeholder=AgentFunctions.URL_PLACEHOLDER,
            default_value=values["endpoint_url"],
            max_length=2000,
            auto_complete="off",
            class_name="min-w-0 flex-1",
        ),
        class_name="flex flex-col gap-4 sm:flex-row",
    )


def _parameters() -> rx.Component:
    return rows_of(
        FunctionEditorState,
        "body_schema",
        rx.foreach(FunctionEditorState.body_schema, _parameter),
        title=AgentFunctions.PARAMETERS,
        lead=AgentFunctions.PARAMETERS_LEAD,
        add=AgentFunctions.ADD_PARAMETER,
    )


def _parameter(row: rx.Var[Parameter]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            cell(f"name-{row['key']}", row["name"], AgentFunctions.PARAMETER_NAME, mono=True, spell_check=False),
            choice(f"type-{row['key']}", list(AgentFunctions.TYPES), row["type"], AgentFunctions.PARAMETER_TYPE),
            cell(f"about-{row['key']}", row["description"], AgentFunctions.PARAMETER_ABOUT, spell_check=False),
            cell(f"options-{row['key']}", row["options"], AgentFunctions.PARAMETER_OPTIONS, spell_check=False),
            class_name="grid min-w-0 flex-1 gap-2 sm:grid-cols-2",
        ),
        rx.el.div(
            remove_row(FunctionEditorState, "body_schema", row["key"]),
            class_name="flex shrink-0 flex-col items-end justify-between gap-2",
        ),
        rx.el.div(
            checkbox(f"required-{row['key']}", AgentFunctions.PARAMETER_REQUIRED, default_checked=row["required"]),
            class_name="basis-full",
        ),
        key=row["key"],
        class_name="flex flex-wrap gap-x-2 gap-y-1 py-3",
    )


def _advanced() -> rx.Component:
    values, errors = FunctionEditorState.values, FunctionEditorState.errors
    has_body = (FunctionEditorState.method != "GET") & (FunctionEditorState.method != "DELETE")
    return rx.fragment(
        _pairs("headers", FunctionEditorState.headers, AgentFunctions.HEADERS, AgentFunctions.HEADERS_LEAD,
               AgentFunctions.HEADER_NAME, AgentFunctions.HEADER_VALUE, AgentFunctions.ADD_HEADER),
        _pairs("query_params", FunctionEditorState.query_params, AgentFunctions.QUERY, "",
               AgentFunctions.QUERY_NAME, AgentFunctions.QUERY_VALUE, AgentFunctions.ADD_QUERY),
        rx.cond(
            has_body,
            text_area(
                "function_body",
                AgentFunctions.BODY,
                rows=3,
                hint=AgentFunctions.BODY_HINT,
                error=errors["body_template"],
                placeholder=AgentFunctions.BODY_PLACEHOLDER,
                default_value=values["body_template"],
                max_length=20_000,
                spell_check=False,
                optional=True,
            ),
            rx.fragment(),
        ),
        _pairs("response_variables", FunctionEditorState.response_variables, AgentFunctions.ANSWER,
               AgentFunctions.ANSWER_LEAD, AgentFunctions.ANSWER_NAME, AgentFunctions.ANSWER_PATH,
               AgentFunctions.ADD_ANSWER),
        rx.el.div(
            text_field(
                "function_timeout",
                AgentFunctions.TIMEOUT,
                hint=AgentFunctions.TIMEOUT_HINT,
                error=errors["timeout_ms"],
                default_value=values["timeout"],
                input_mode="decimal",
                class_name="flex-1",
            ),
            text_field(
                "function_retries",
                AgentFunctions.RETRIES,
                hint=AgentFunctions.RETRIES_HINT,
                error=errors["max_retries"],
                default_value=values["retries"],
                input_mode="numeric",
                class_name="flex-1",
            ),
            class_name="flex flex-col gap-4 sm:flex-row",
        ),
    )  # fmt: skip


def _pairs(
    table: str, rows: rx.Var[list[Pair]], title: str, lead: str, name: str, value: str, add: str
) -> rx.Component:
    is_secret = table == "headers"

    def draw(row: rx.Var[Pair]) -> rx.Component:
        shown = rx.cond(row["has_value"], AgentFunctions.HEADER_KEPT, value) if is_secret else value
        return rx.el.li(
            cell(f"name-{row['key']}", row["name"], name, mono=True, spell_check=False),
            cell(
                f"value-{row['key']}",
                row["value"],
                shown,
                called=value,
                mono=True,
                type="password" if is_secret else "text",
                auto_complete="new-password" if is_secret else "off",
            ),
            remove_row(FunctionEditorState, table, row["key"]),
            key=row["key"],
            class_name=(
                "grid grid-cols-[1fr_auto] gap-2 py-2 sm:grid-cols-[1fr_1.4fr_auto] "
                "max-sm:[&>*:nth-child(2)]:order-last"
            ),
        )

    return rows_of(FunctionEditorState, table, rx.foreach(rows, draw), title=title, lead=lead, add=add)
