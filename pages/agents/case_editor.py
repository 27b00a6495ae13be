"""The dialog that makes or changes a test: who writes and what about, what tools answer, and what must come of it."""

from typing import Any

import reflex as rx

from pages.components.field import select_field, text_area, text_field
from pages.components.form_dialog import form_dialog
from pages.components.form_rows import cell, choice, lines, remove_row, rows_of, select
from pages.words import AgentCase
from state.agents.case_editor import CaseEditorState, Check, Result


def case_dialog() -> rx.Component:
    """Return the dialog; the list opens it."""
    return form_dialog(
        CaseEditorState,
        "case-form",
        _head(),
        _going_on(),
        _known(),
        _results(),
        _checks(),
        title=rx.cond(CaseEditorState.case_id == "", AgentCase.NEW_TITLE, AgentCase.EDIT_TITLE),
        save=AgentCase.SAVE,
        size="lg",
        class_name="gap-6",
    )


def _head() -> rx.Component:
    values, errors = CaseEditorState.values, CaseEditorState.errors
    return rx.el.div(
        rx.el.div(
            text_field(
                "case_name",
                AgentCase.NAME,
                error=errors["name"],
                placeholder=AgentCase.NAME_PLACEHOLDER,
                default_value=values["name"],
                max_length=120,
                auto_complete="off",
                class_name="min-w-0 flex-1",
            ),
            select_field(
                "case_channel",
                AgentCase.CHANNEL,
                list(AgentCase.CHANNELS),
                default_value=values["channel"],
                class_name="sm:w-32",
            ),
            class_name="flex flex-col gap-4 sm:flex-row",
        ),
        text_area(
            "opening",
            AgentCase.OPENING,
            rows=3,
            hint=AgentCase.OPENING_HINT,
            error=errors["opening"],
            placeholder=AgentCase.OPENING_PLACEHOLDER,
            default_value=values["opening"],
            max_length=20_000,
        ),
        class_name="flex flex-col gap-4",
    )


def _going_on() -> rx.Component:
    values, errors = CaseEditorState.values, CaseEditorState.errors
    return _group(
        AgentCase.GOES_ON,
        AgentCase.GOES_ON_LEAD,
        text_area(
            "persona",
            AgentCase.PERSONA,
            rows=2,
            error=errors["persona"],
            placeholder=AgentCase.PERSONA_PLACEHOLDER,
            default_value=values["persona"],
            max_length=1000,
            optional=True,
        ),
        text_area(
            "goal",
            AgentCase.GOAL,
            rows=2,
            error=errors["goal"],
            placeholder=AgentCase.GOAL_PLACEHOLDER,
            default_value=values["goal"],
            max_length=1000,
            optional=True,
        ),
        rx.el.div(
            text_field(
                "max_turns",
                AgentCase.MAX_TURNS,
                error=errors["max_turns"],
                default_value=values["max_turns"],
                input_mode="numeric",
                class_name="sm:w-36",
            ),
            text_field(
                "clock",
                AgentCase.CLOCK,
                type="datetime-local",
                hint=AgentCase.CLOCK_HINT,
                error=errors["clock"],
                default_value=values["clock"],
                optional=True,
                class_name="min-w-0 flex-1",
            ),
            class_name="flex flex-col gap-4 sm:flex-row",
        ),
    )


def _known() -> rx.Component:
    values, errors = CaseEditorState.values, CaseEditorState.errors
    return _group(
        AgentCase.KNOWN,
        "",
        rx.el.div(
            text_field(
                "fact_name",
                AgentCase.FACT_NAME,
                default_value=values["fact_name"],
                max_length=80,
                auto_complete="off",
                optional=True,
                class_name="min-w-0 flex-1",
            ),
            text_field(
                "fact_phone",
                AgentCase.FACT_PHONE,
                default_value=values["fact_phone"],
                max_length=40,
                auto_complete="off",
                optional=True,
                class_name="min-w-0 flex-1",
            ),
            class_name="flex flex-col gap-4 sm:flex-row",
        ),
        text_area(
            "fact_details",
            AgentCase.FACT_DETAILS,
            rows=1,
            error=errors["facts"],
            placeholder=AgentCase.FACT_DETAILS_PLACEHOLDER,
            default_value=values["fact_details"],
            max_length=4000,
            spell_check=False,
            optional=True,
        ),
        text_area(
            "fact_known",
            AgentCase.FACT_KNOWN,
            rows=1,
            placeholder=AgentCase.FACT_KNOWN_PLACEHOLDER,
            default_value=values["fact_known"],
            max_length=8000,
            optional=True,
        ),
    )


def _results() -> rx.Component:
    return _table(
        AgentCase.RESULTS,
        AgentCase.RESULTS_LEAD,
        rx.foreach(CaseEditorState.results, _result),
        "results",
        AgentCase.ADD_RESULT,
    )


def _result(row: rx.Var[Result]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            cell(f"tool-{row['key']}", row["tool"], AgentCase.RESULT_TOOL, mono=True),
            choice(f"status-{row['key']}", list(AgentCase.RESULT_STATUSES), row["status"], AgentCase.RESULT_STATUS),
            lines(f"result-{row['key']}", row["result"], AgentCase.RESULT_TEXT),
            lines(f"lines-{row['key']}", row["lines"], AgentCase.RESULT_ARGUMENTS),
            class_name="grid min-w-0 flex-1 gap-2 sm:grid-cols-2",
        ),
        remove_row(CaseEditorState, "results", row["key"]),
        key=row["key"],
        class_name="flex gap-2 py-3",
    )


def _checks() -> rx.Component:
    return _table(
        AgentCase.CHECKS,
        AgentCase.CHECKS_LEAD,
        rx.foreach(CaseEditorState.checks, _check),
        "checks",
        AgentCase.ADD_CHECK,
    )


def _check(row: rx.Var[Check]) -> rx.Component:
    key = row["key"]
    subject, value = f"subject-{key}", f"value-{key}"

    def worded(kind: str, words: str, hows: Any) -> tuple[str, rx.Component]:
        return kind, rx.fragment(
            choice(f"how-{key}", list(hows), row["how"], AgentCase.HOW), cell(value, row["value"], words, wide=True)
        )

    def plain(kind: str, words: str) -> tuple[str, rx.Component]:
        return kind, cell(value, row["value"], words, wide=True)

    number = cell(value, row["value"], AgentCase.NUMBER, input_mode="decimal")
    return rx.el.li(
        rx.el.div(
            select(
                list(AgentCase.KINDS),
                AgentCase.CHECK_KIND,
                value=row["kind"],
                on_change=lambda kind: CaseEditorState.set_kind(key, kind),
            ),
            rx.match(
                row["kind"],
                worded("said", AgentCase.WORDS, AgentCase.HOWS_TEXT),
                worded("never_said", AgentCase.WORDS, AgentCase.HOWS_TEXT),
                (
                    "tool_called",
                    rx.fragment(
                        cell(subject, row["subject"], AgentCase.TOOL, mono=True),
                        rx.el.div(lines(f"lines-{key}", row["lines"], AgentCase.ARGUMENTS), class_name="sm:col-span-2"),
                    ),
                ),
                ("tool_not_called", cell(subject, row["subject"], AgentCase.TOOL, mono=True)),
                (
                    "detail",
                    rx.fragment(
                        cell(subject, row["subject"], AgentCase.DETAIL, mono=True),
                        choice(f"how-{key}", list(AgentCase.HOWS_DETAIL), row["how"], AgentCase.HOW),
                        cell(value, row["value"], AgentCase.VALUE),
                    ),
                ),
                plain("used_source", AgentCase.SOURCE),
                ("ended", choice(value, list(AgentCase.ENDINGS), row["value"], AgentCase.CHECK_KIND)),
                ("turns", number),
                ("cost", number),
                (
                    "time",
                    rx.fragment(number, choice(f"how-{key}", list(AgentCase.HOWS_TIME), row["how"], AgentCase.HOW)),
                ),
                plain("judge", AgentCase.QUESTION),
                rx.fragment(),
            ),
            key=row["kind"],
            class_name="grid min-w-0 flex-1 gap-2 sm:grid-cols-2",
        ),
        remove_row(CaseEditorState, "checks", key),
        key=key,
        class_name="flex gap-2 py-3",
    )


def _group(title: str, lead: str, *fields: rx.Component) -> rx.Component:
    more = [rx.el.p(lead, class_name="text-13 text-pretty text-muted")] if lead else []
    return rx.el.fieldset(
        rx.el.legend(title, class_name="text-14 font-medium text-ink"),
        *more,
        rx.el.div(*fields, class_name="mt-3 flex flex-col gap-4"),
        class_name="min-w-0",
    )


def _table(title: str, lead: str, rows: rx.Component, table: str, add: str) -> rx.Component:
    return rows_of(CaseEditorState, table, rows, title=title, lead=lead, add=add, title_class="text-14")
