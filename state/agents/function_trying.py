"""Call a function as a try, see request and answer, and read the log of its calls."""

import contextlib
import json
from typing import Any, TypedDict

import reflex as rx

from backend.core.errors import Invalid, MagpipeError, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.functions import service as functions
from backend.functions.service import CallRow, CallSetting
from state.agents.functions import FunctionsState
from state.agents.open_agent import AgentState
from state.errors import answers
from state.session import SessionState

SHOWN_LIMIT = 4000


class Argument(TypedDict):
    """A parameter to fill in for a try."""

    name: str
    type: str
    description: str
    required: bool
    choices: list[str]


class CallView(TypedDict):
    """One call as it is shown: arguments and answer as text, cut at a length a tab can hold."""

    id: str
    status: str
    asked: str
    arguments: str
    answer: str
    http_status: int
    attempts: int
    ms: str
    who: str
    is_test: bool
    conversation_id: str
    at: str


NO_CALL = CallView(
    id="", status="", asked="", arguments="", answer="", http_status=0, attempts=0, ms="", who="", is_test=False,
    conversation_id="", at="",
)  # fmt: skip


class FunctionTryState(SessionState):
    """The dialog that tries a function and shows its calls."""

    is_open: bool = False
    function_id: str = ""
    name: str = ""
    method: str = ""
    view: str = "try"
    arguments: list[Argument] = []
    is_running: bool = False
    error: str = ""
    result: CallView = NO_CALL
    calls: list[CallView] = []
    has_more: bool = False
    is_loaded: bool = False

    @rx.event
    @answers
    async def open(self, function_id: str, view: str) -> None:
        """Open the dialog of a function: to try it, or to read its calls."""
        principal = await self._principal()
        found, _ = await (await self.get_state(FunctionsState))._find(principal, function_id)
        if found is None:
            raise NotFound("This function is gone.")
        self.function_id, self.name, self.method = found["id"], found["name"], found["http_method"]
        self.arguments = [
            Argument(
                name=one["name"],
                type=one["type"],
                description=one["description"],
                required=one["required"],
                choices=list(one["options"]),
            )
            for one in found["body_schema"]
        ]
        self.error, self.result, self.calls, self.is_running = "", NO_CALL, [], False
        self.is_open, self.is_loaded = True, False
        await self._look(principal, view)

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Close the dialog; what was answered does not stay in the tab's memory."""
        await self._principal()
        if not is_open:
            self.is_open, self.result, self.calls = False, NO_CALL, []

    @rx.event
    @answers
    async def show(self, view: str) -> None:
        """Change between trying and the calls."""
        await self._look(await self._principal(), view)

    @rx.event
    @answers
    async def load_more(self) -> None:
        """Show older calls."""
        principal = await self._principal()
        if self.calls and self.function_id:
            await self._read(principal, self.calls[-1]["id"])

    @rx.event(background=True)
    @answers
    async def run(self, form: dict[str, Any]) -> None:
        """Call the function with what was filled in, and show what came of it."""
        async with self:
            principal = await self._principal()
            if self.is_running or not self.function_id:
                return
            self.error, self.result = "", NO_CALL
            found, _ = await (await self.get_state(FunctionsState))._find(principal, self.function_id)
            opened = await self.get_state(AgentState)
            agent_id, name, version = opened.id, opened.name, opened.version
            if found is None:
                raise NotFound("This function is gone.")
            self.is_running = True
        setting = CallSetting(
            principal.org_id, parse_id(agent_id), name, version, known={"agent.name": name}, is_test=True,
            allowed_by=principal.user_id, allowed_by_name=principal.name,
        )  # fmt: skip
        try:
            row = await functions.try_call(principal, found, _read(form, found), setting)
        except MagpipeError as problem:
            async with self:
                self.is_running, self.error = False, problem.message
            return
        except BaseException:
            async with self:
                self.is_running = False
            raise
        async with self:
            self.is_running = False
            if self.function_id == found["id"]:
                self.result = _shown(row)

    async def _look(self, principal: Principal, view: str) -> None:
        self.view = "calls" if view == "calls" else "try"
        if self.view == "calls" and self.function_id:
            await self._read(principal, "")

    async def _read(self, principal: Principal, before: str) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                rows = await functions.calls(session, parse_id(self.function_id), parse_id(before) if before else None)
        found = [_shown(one) for one in rows]
        self.calls = [*self.calls, *found][-200:] if before else found
        self.has_more, self.is_loaded = len(rows) == functions.MOST_CALLS and len(self.calls) < 200, True


def _read(form: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments a person filled in, each of its type. Raises `Invalid` in words."""
    arguments: dict[str, Any] = {}
    for one in found["body_schema"]:
        said = functions.clean_text(str(form.get(f"argument-{one['name']}", "") or "")).strip()
        if not said:
            continue
        if one["type"] == "string":
            arguments[one["name"]] = said
            continue
        try:
            arguments[one["name"]] = functions.read_json(said.lower() if one["type"] == "boolean" else said)
        except ValueError:
            raise Invalid(f"{one['name']} is not of the type {one['type']}.", field="arguments") from None
    return arguments


def _shown(row: CallRow) -> CallView:
    return CallView(
        id=row["id"],
        status=row["status"],
        asked=f"{row['method']} {row['url']}".strip(),
        arguments=json.dumps(row["arguments"], ensure_ascii=False),
        answer=_readable(row["answer"]),
        http_status=row["http_status"],
        attempts=row["attempts"],
        ms=f"{row['ms']:,} ms",
        who=row["allowed_by"] or row["agent_name"],
        is_test=row["is_test"],
        conversation_id=row["conversation_id"],
        at=row["at"],
    )


def _readable(answer: str) -> str:
    with contextlib.suppress(ValueError):
        answer = json.dumps(functions.read_json(answer), ensure_ascii=False, indent=2)
    return answer[:SHOWN_LIMIT] + ("…" if len(answer) > SHOWN_LIMIT else "")
