"""Make or change a case in a dialog; rows of checks and results grow and shrink while what is typed stays."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.evals import service as evals
from state.agents.open_agent import AgentState
from state.editor import TableEditor
from state.errors import answers
from state.session import SessionState

FIELDS = ("name", "opening", "persona", "goal", "max_turns", "facts", "clock", "results", "checks")
# The form is longer than its dialog, so what is wrong is brought into view.
SHOW_ERROR = (
    "setTimeout(() => [...document.querySelectorAll('#case-form [id$=-error]')]"
    ".find((one) => one.textContent)?.scrollIntoView({block: 'center'}), 100)"
)
# An argument is written as a line: `day = Friday`, `day contains Fri`, `day ~ ^Fri`.
_ARGUMENT = re.compile(r"\s*([^=~\s]+)\s*(=|~|\bcontains\b)\s*(.+?)\s*")
_SIGNS = {"=": "equals", "~": "matches", "contains": "contains"}
_SAYS = {"equals": "=", "matches": "~", "contains": "contains"}


class Check(TypedDict):
    """A row of the checks: `subject` is a tool or a detail, `value` what to look for, `lines` the arguments."""

    key: str
    kind: str
    subject: str
    how: str
    value: str
    lines: str


class Result(TypedDict):
    """A row of the results: what a tool answers in this case."""

    key: str
    tool: str
    status: str
    result: str
    lines: str


class CaseEditorState(TableEditor, SessionState):
    """The dialog of one case."""

    TABLES: ClassVar[tuple[str, ...]] = ("checks", "results")

    case_id: str = ""
    values: dict[str, str] = {}
    checks: list[Check] = []
    results: list[Result] = []
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    drawing: int = 0
    _suite_id: str = ""
    _clock: str = ""
    _next: int = 0

    @rx.event
    @answers
    async def begin(self, suite_id: str) -> None:
        """Open the dialog for a new case of a suite."""
        await self._principal()
        self._suite_id = suite_id
        self._fill("", "", {})
        self._add("checks")

    @rx.event
    @answers
    async def edit(self, case_id: str) -> None:
        """Open the dialog with a stored case."""
        await self._edit(await self._principal(), case_id)

    async def _edit(self, principal: Principal, case_id: str) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await evals.case(session, parse_id(case_id, "case"))
        self._suite_id = found["suite_id"]
        self._fill(found["id"], found["name"], found["definition"])

    @rx.event
    @answers
    async def set_kind(self, key: str, kind: str) -> None:
        """Choose what a check looks at, which decides what is asked for."""
        await self._principal()
        if kind in evals.KINDS:
            self.checks = [Check(**{**one, "kind": kind}) if one["key"] == key else one for one in self.checks]

    @rx.event
    @answers
    async def save(self, form: dict[str, Any]) -> Any:
        """Store the case and close the dialog; what is wrong stands at its field."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        self.errors = dict.fromkeys(FIELDS, "")
        if not opened.id or not self._suite_id:
            raise NotFound("This test is gone.")
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await evals.save_case(
                        session,
                        principal,
                        suite_id=parse_id(self._suite_id, "suite"),
                        case_id=parse_id(self.case_id, "case") if self.case_id else None,
                        name=_said(form, "case_name"),
                        definition=self._given(form),
                    )
        except (Invalid, Conflict) as error:
            field = error.field if error.field in FIELDS else "name"
            self.errors = {**self.errors, field: error.message}
            return rx.call_script(SHOW_ERROR)
        self.is_open = False
        return None

    def _given(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the form says. Raises `Invalid`."""
        turns = _said(form, "max_turns")
        if turns and not (turns.isascii() and turns.isdigit()):
            raise Invalid("Write a number.", field="max_turns")
        return {
            "channel": _said(form, "case_channel") or "sms",
            "opening": _lines(_said(form, "opening")),
            "persona": _said(form, "persona"),
            "goal": _said(form, "goal"),
            "max_turns": int(turns[:4]) if turns else None,
            # A moment with a zone, which only the API writes, stays one until somebody changes it.
            "clock": self._clock if _said(form, "clock") == self._clock[:16] else _said(form, "clock"),
            "facts": {
                "name": _said(form, "fact_name"),
                "phone": _said(form, "fact_phone"),
                "details": dict(_pair(line) for line in _lines(_said(form, "fact_details"))),
                "known": _lines(_said(form, "fact_known")),
            },
            "results": [
                {
                    "tool": _said(form, f"tool-{one['key']}"),
                    "status": _said(form, f"status-{one['key']}") or "ok",
                    "result": _said(form, f"result-{one['key']}"),
                    "arguments": _arguments(_said(form, f"lines-{one['key']}"), "results"),
                }
                for one in self.results
                if _said(form, f"tool-{one['key']}") or _said(form, f"result-{one['key']}")
            ],
            "checks": [_check(one, form) for one in self.checks if not _is_blank(one, form)],
        }

    def _fill(self, case_id: str, name: str, known: Mapping[str, Any]) -> None:
        facts = known.get("facts", {})
        self.case_id, self._clock = case_id, str(known.get("clock", ""))
        self.values = {
            "name": name,
            "channel": known.get("channel", "sms"),
            "opening": "\n".join(" ".join(one.split()) for one in known.get("opening", [])),
            "persona": known.get("persona", ""),
            "goal": known.get("goal", ""),
            "max_turns": str(known.get("max_turns", 8)),
            "clock": self._clock[:16],
            "fact_name": facts.get("name", ""),
            "fact_phone": facts.get("phone", ""),
            "fact_details": "\n".join(f"{key} = {value}" for key, value in facts.get("details", {}).items()),
            "fact_known": "\n".join(facts.get("known", [])),
        }
        self.checks = [self._check_row(one) for one in known.get("checks", [])]
        self.results = [
            Result(
                key=self._key(),
                tool=one["tool"],
                status=one["status"],
                result=one["result"],
                lines=_spelled(one["arguments"]),
            )
            for one in known.get("results", [])
        ]
        self.errors = dict.fromkeys(FIELDS, "")
        self.drawing += 1
        self.is_open = True

    def _check_row(self, one: Mapping[str, Any]) -> Check:
        value = next((one[name] for name in ("text", "value", "question", "ending", "most") if name in one), "")
        return Check(
            key=self._key(),
            kind=one["kind"],
            subject=one.get("tool") or one.get("name") or "",
            how=one.get("how") or one.get("of") or "",
            value=f"{value:g}" if isinstance(value, int | float) else str(value),
            lines=_spelled(one.get("arguments", [])),
        )

    def _add(self, table: str) -> None:
        if table == "checks":
            row = Check(key=self._key(), kind="said", subject="", how="contains", value="", lines="")
            self.checks = [*self.checks, row]
        else:
            self.results = [*self.results, Result(key=self._key(), tool="", status="ok", result="", lines="")]

    def _key(self) -> str:
        self._next += 1
        return f"r{self._next}"


def _said(form: Mapping[str, Any], name: str) -> str:
    return str(form.get(name, "") or "").strip()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _pair(line: str) -> tuple[str, str]:
    name, sign, value = line.partition("=")
    if not sign or not name.strip():
        raise Invalid("Write each detail on a line of its own: name = value.", field="facts")
    return name.strip(), value.strip()


def _arguments(text: str, field: str) -> list[dict[str, str]]:
    found = []
    for line in _lines(text):
        read = _ARGUMENT.fullmatch(line)
        if read is None:
            raise Invalid("Write each argument on a line of its own: day = Friday.", field=field)
        found.append({"name": read.group(1), "how": _SIGNS[read.group(2)], "value": read.group(3)})
    return found


def _spelled(arguments: list[dict[str, str]]) -> str:
    return "\n".join(f"{one['name']} {_SAYS[one['how']]} {one['value']}" for one in arguments)


# What each kind of check takes beside its subject: the field its value goes into.
_VALUES = {"said": "text", "never_said": "text", "detail": "value", "used_source": "text", "judge": "question",
           "ended": "ending", "turns": "most", "cost": "most", "time": "most"}  # fmt: skip
_SUBJECTS = {"tool_called": "tool", "tool_not_called": "tool", "detail": "name"}


def _is_blank(one: Check, form: Mapping[str, Any]) -> bool:
    """Tell whether a row was left empty that needs to be filled in."""
    parts = (("subject", _SUBJECTS), ("value", _VALUES))
    asked = [f"{part}-{one['key']}" for part, kinds in parts if one["kind"] in kinds]
    return bool(asked) and not any(_said(form, name) for name in asked)


def _check(one: Check, form: Mapping[str, Any]) -> dict[str, Any]:
    kind, key = one["kind"], one["key"]
    made: dict[str, Any] = {"kind": kind}
    if kind in _SUBJECTS:
        made[_SUBJECTS[kind]] = _said(form, f"subject-{key}")
    if kind in _VALUES:
        value = _said(form, f"value-{key}")
        made[_VALUES[kind]] = value.replace(",", ".") if _VALUES[kind] == "most" else value
    if how := _said(form, f"how-{key}"):
        made["of" if kind == "time" else "how"] = how
    if kind == "tool_called":
        made["arguments"] = _arguments(_said(form, f"lines-{key}"), "checks")
    return made
