"""One round of tests: how far it is, how each case ended, and a case line by line, beside another round if wanted."""

import reflex as rx

from pages.agents.explanation import explanation
from pages.agents.verdicts import status_badge, status_icon, verdict_icon
from pages.components.avatar import ai_avatar
from pages.components.button import button, button_class
from pages.components.dialog import dialog, dialog_close
from pages.components.feedback import banner, empty_state, progress, skeleton_rows
from pages.components.field import select_field
from pages.components.icon import icon
from pages.components.link import page_link
from pages.components.status import badge
from pages.components.timestamp import time_ago
from pages.words import AgentProving, AgentRound, Common
from state.agents.open_agent import AgentState
from state.agents.round import AFTER, BEFORE, CheckRow, LineRow, RoundState, RunRow


def round_view() -> rx.Component:
    """Return the view of the round that is open."""
    return rx.el.div(
        page_link(
            icon("arrow_left"),
            AgentRound.BACK,
            href=f"/agents/{AgentState.id}?tab=tests",
            class_name=(
                "inline-flex min-h-6 w-fit items-center gap-1.5 rounded-control text-13 text-muted hover:text-ink"
            ),
        ),
        rx.cond(
            RoundState.is_missing,
            empty_state(title=AgentRound.GONE_TITLE, body=AgentRound.GONE_BODY, icon="flask_conical_off"),
            rx.cond(RoundState.is_loaded, _loaded(), skeleton_rows(4, row="h-12")),
        ),
        _why_dialog(),
        class_name="flex max-w-300 flex-col gap-4",
    )


def _loaded() -> rx.Component:
    head = RoundState.round
    return rx.fragment(
        rx.el.div(
            rx.el.div(
                rx.el.h2(
                    rx.el.span(head["title"], class_name="min-w-0 truncate"),
                    badge(
                        rx.cond(head["against"] == 0, AgentProving.DRAFT, f"{AgentProving.VERSION} {head['against']}"),
                        tone="accent",
                    ),
                    _count(head["passed"], AgentProving.PASSED, "success", "check"),
                    _count(head["failed"], AgentProving.FAILED_COUNT, "danger", "x"),
                    _count(head["errors"], AgentRound.MINUS, "warning", "triangle_alert"),
                    class_name="flex min-w-0 flex-wrap items-center gap-2 text-16 font-semibold",
                ),
                rx.el.p(
                    time_ago(head["started_at"]),
                    rx.cond(head["started_by"] != "", f" {AgentProving.BY} {head['started_by']}", ""),
                    rx.cond(head["cost"] != "", f" · {head['cost']}", ""),
                    class_name="tabular mt-0.5 text-13 text-muted",
                ),
                class_name="min-w-48 flex-1",
            ),
            rx.el.div(
                rx.cond(
                    RoundState.others.length() > 0,
                    select_field(
                        "compare-with",
                        AgentRound.COMPARE,
                        _others(),
                        before=[("", AgentRound.COMPARE_NONE)],
                        value=RoundState.other_id,
                        on_change=RoundState.compare,
                        class_name="w-88 max-w-full",
                    ),
                    rx.fragment(),
                ),
                rx.cond(
                    AgentState.can_edit & (head["suite_id"] != "") & (head["status"] != "running"),
                    button(AgentRound.AGAIN, icon="rotate_cw", on_click=RoundState.run_again),
                    rx.fragment(),
                ),
                class_name="flex flex-wrap items-end gap-2",
            ),
            class_name="flex flex-wrap items-start gap-x-6 gap-y-3",
        ),
        rx.cond(
            head["status"] == "running",
            rx.el.div(
                rx.el.div(
                    progress(AgentRound.PROGRESS, value=head["done"], total=head["total"]), class_name="min-w-0 flex-1"
                ),
                rx.cond(
                    AgentState.can_edit,
                    button(AgentRound.STOP, size="sm", icon="square", on_click=RoundState.cancel),
                    rx.fragment(),
                ),
                class_name="flex max-w-180 items-end gap-3",
                aria_live="polite",
            ),
            rx.fragment(),
        ),
        rx.cond(
            RoundState.other_id != "",
            rx.el.p(
                _count(RoundState.better, AgentRound.BETTER, "success", "trending_up"),
                _count(RoundState.worse, AgentRound.WORSE, "danger", "trending_down"),
                rx.cond((RoundState.better == 0) & (RoundState.worse == 0), badge(AgentRound.SAME), rx.fragment()),
                class_name="flex gap-2",
                aria_live="polite",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            rx.el.ul(
                rx.foreach(RoundState.runs, _run),
                aria_label=AgentRound.CASES,
                class_name=rx.Var.create("divide-y divide-line rounded-card border border-line ")
                + rx.cond(RoundState.run_key != "", "max-lg:hidden", ""),
            ),
            rx.cond(
                RoundState.run_key != "",
                _open_run(),
                rx.el.p(AgentRound.PICK, class_name="py-3 text-13 text-muted max-lg:hidden"),
            ),
            class_name="grid items-start gap-6 lg:grid-cols-[20rem_minmax(0,1fr)]",
        ),
    )


def _others() -> rx.Var[list[dict[str, str]]]:
    """Return the runs to compare with, each with when it was on the reader's clock."""
    parts = "{ month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' }"
    when = f"new Intl.DateTimeFormat(undefined, {parts}).format(new Date(one.at))"
    rows = f"({RoundState.others!s}).map((one) => ({{ ...one, label: `${{one.label}}, ${{{when}}}` }}))"
    return rx.Var(rows, _var_type=list[dict[str, str]], _var_data=RoundState.others._get_all_var_data())


def _count(count: rx.Var[int], words: str, tone: str, picture: str) -> rx.Component:
    return rx.cond(count > 0, badge(count, " ", words, tone=tone, icon=picture), rx.fragment())  # type: ignore[arg-type]


def _run(row: rx.Var[RunRow]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            status_icon(row["status"]),
            rx.el.span(
                rx.el.span(row["name"], class_name="line-clamp-2 text-14 text-ink"),
                rx.cond(
                    row["change"] != "",
                    rx.el.span(
                        rx.match(
                            row["change"],
                            ("better", badge(AgentRound.CHANGES["better"], tone="success", icon="trending_up")),
                            ("worse", badge(AgentRound.CHANGES["worse"], tone="danger", icon="trending_down")),
                            ("other", badge(AgentRound.CHANGES["other"])),
                            badge(AgentRound.CHANGES["same"]),
                        ),
                        class_name="mt-1 block",
                    ),
                    rx.fragment(),
                ),
                class_name="min-w-0 flex-1",
            ),
            rx.el.span(row["seconds"], class_name="tabular shrink-0 text-12 text-faint"),
            type="button",
            on_click=RoundState.choose(row["key"]),
            custom_attrs={"aria-current": rx.cond(RoundState.run_key == row["key"], "true", "false")},
            class_name=(
                "flex min-h-12 w-full items-center gap-3 px-3 py-2 text-left outline-offset-[-2px] hover:bg-hover "
                "aria-[current=true]:bg-selected"
            ),
        ),
        key=row["key"],
    )


def _open_run() -> rx.Component:
    return rx.el.article(
        button(
            AgentRound.CLOSE_CASE,
            variant="ghost",
            size="sm",
            icon="arrow_left",
            on_click=RoundState.choose(""),
            class_name="self-start lg:hidden",
        ),
        rx.el.div(
            rx.el.h3(RoundState.run_name, class_name="min-w-0 flex-1 text-16 font-semibold"),
            status_badge(RoundState.side["status"]),
            class_name="flex items-start gap-3",
        ),
        rx.cond(
            RoundState.side["error"] != "",
            banner(RoundState.side["error"], tone="warning", rounded=True),
            rx.fragment(),
        ),
        rx.cond(
            RoundState.checks.length() > 0,
            rx.el.section(
                rx.el.h4(AgentRound.CHECKS, class_name="text-13 font-medium text-muted"),
                rx.el.ul(rx.foreach(RoundState.checks, _check), class_name="mt-2 flex flex-col gap-2.5"),
            ),
            rx.fragment(),
        ),
        rx.el.section(
            rx.el.h4(AgentRound.TRANSCRIPT, class_name="text-13 font-medium text-muted"),
            rx.cond(
                RoundState.other_id != "",
                rx.el.div(
                    _said(AgentRound.BEFORE, BEFORE, RoundState.other_lines, RoundState.other_side),
                    _said(AgentRound.AFTER, AFTER, RoundState.lines, RoundState.side),
                    class_name="mt-2 grid gap-4 xl:grid-cols-2",
                ),
                rx.el.div(_said("", AFTER, RoundState.lines, RoundState.side), class_name="mt-2"),
            ),
        ),
        class_name="flex min-w-0 flex-col gap-5",
    )


def _check(row: rx.Var[CheckRow]) -> rx.Component:
    return rx.el.li(
        verdict_icon(row["verdict"]),
        rx.el.div(
            rx.el.p(
                row["title"],
                rx.cond(
                    row["flipped"] != "",
                    rx.el.span(
                        f" · {AgentRound.WAS} ",
                        rx.match(row["flipped"], *AgentRound.VERDICTS.items(), row["flipped"]),
                        class_name="text-muted",
                    ),
                    rx.fragment(),
                ),
                class_name="text-14 text-ink",
            ),
            rx.cond(
                row["evidence"] != "",
                rx.el.p(
                    rx.cond(row["line"] > 0, f"{AgentRound.LINE} {row['line']}: ", ""),
                    row["evidence"],
                    class_name="line-clamp-4 text-13 break-words text-muted",
                ),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1",
        ),
        key=row["title"],
        class_name="flex gap-2.5",
    )


def _said(title: str, side: str, lines: rx.Var[list[LineRow]], how: rx.Var) -> rx.Component:
    heading = [rx.el.h5(title, class_name="mb-2 text-13 font-medium")] if title else []

    def draw(line: rx.Var[LineRow]) -> rx.Component:
        return _line(line, side)

    return rx.el.div(
        *heading,
        rx.cond(
            lines.length() > 0,
            rx.el.ol(rx.foreach(lines, draw), class_name="flex flex-col gap-3"),
            rx.el.p(AgentRound.NOTHING_SAID, class_name="text-13 text-faint"),
        ),
        rx.el.p(
            rx.match(how["ending"], *AgentRound.ENDINGS.items(), ""),
            rx.cond(how["cost"] != "", f" {AgentRound.COST} {how['cost']}", ""),
            class_name="tabular mt-3 border-t border-line pt-2 text-12 text-muted empty:hidden",
        ),
        class_name="min-w-0 rounded-card border border-line bg-canvas p-4",
    )


def _line(line: rx.Var[LineRow], side: str) -> rx.Component:
    place = rx.el.span(line["place"], class_name="tabular text-12 text-faint", aria_hidden="true")
    ring = rx.cond(line["is_marked"], " ring-1 ring-danger", "")
    return rx.el.li(
        rx.cond(
            line["who"] == "agent",
            rx.el.div(
                rx.el.div(
                    rx.el.span(AgentState.name, class_name="sr-only"),
                    rx.el.p(
                        line["text"],
                        class_name=rx.Var.create(
                            "rounded-card bg-accent-soft px-3 py-2 text-14 break-words whitespace-pre-line text-ink"
                        )
                        + ring,
                    ),
                    rx.el.p(
                        rx.cond(line["tools"] != "", f"{AgentRound.CALLED} {line['tools']} · ", ""),
                        line["seconds"],
                        rx.cond(
                            line["has_why"],
                            rx.el.button(
                                AgentRound.WHY,
                                type="button",
                                on_click=RoundState.explain(side, line["place"]),
                                class_name=(
                                    "inline-flex min-h-6 items-center rounded-control px-1 font-medium "
                                    "underline-offset-2 hover:text-ink hover:underline"
                                ),
                            ),
                            rx.fragment(),
                        ),
                        class_name="tabular mt-1 flex flex-wrap items-center justify-end gap-x-1.5 text-12 text-muted",
                    ),
                    class_name="max-w-[85%] min-w-0",
                ),
                ai_avatar(size="sm"),
                place,
                class_name="flex items-start justify-end gap-2",
            ),
            rx.el.div(
                place,
                rx.el.span(AgentRound.CUSTOMER, class_name="sr-only"),
                rx.el.p(
                    line["text"],
                    class_name=rx.Var.create(
                        "max-w-[85%] min-w-0 rounded-card bg-hover px-3 py-2 text-14 break-words whitespace-pre-line "
                        "text-ink"
                    )
                    + ring,
                ),
                class_name="flex items-start gap-2",
            ),
        ),
        key=line["place"],
    )


def _why_dialog() -> rx.Component:
    return dialog(
        explanation(RoundState),
        title=AgentRound.WHY_TITLE,
        open=RoundState.is_why_open,
        on_open_change=RoundState.close_why,
        footer=[dialog_close(Common.CLOSE, class_name=button_class())],
    )
