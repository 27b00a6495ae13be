"""Make or change a function in a dialog; tables of rows grow and shrink while what is typed stays in the browser."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.tenancy import org_scope, unit_of_work
from backend.functions import service as functions
from state.agents.functions import FunctionsState
from state.agents.open_agent import AgentState
from state.editor import TableEditor
from state.errors import answers
from state.session import SessionState

FIELDS = (
    "name", "description", "http_method", "endpoint_url", "headers", "query_params", "body_template", "body_schema",
    "response_variables", "timeout_ms", "max_retries",
)  # fmt: skip
# The form is longer than its dialog, so what is wrong is brought into view.
SHOW_ERROR = (
    "setTimeout(() => [...document.querySelectorAll('#function-form [id$=-error]')]"
    ".find((one) => one.textContent)?.scrollIntoView({block: 'center'}), 100)"
)


class Parameter(TypedDict):
    """A parameter the agent fills in; `options` are the choices of a text, separated by commas."""

    key: str
    name: str
    type: str
    description: str
    required: bool
    options: str


class Pair(TypedDict):
    """A row of a header, a query or what is read of an answer; `has_value` marks a secret that is kept."""

    key: str
    name: str
    value: str
    has_value: bool


class FunctionEditorState(TableEditor, SessionState):
    """The dialog of one function."""

    TABLES: ClassVar[tuple[str, ...]] = ("body_schema", "headers", "query_params", "response_variables")

    function_id: str = ""
    is_shared: bool = False
    values: dict[str, str] = {}
    method: str = "POST"
    body_schema: list[Parameter] = []
    headers: list[Pair] = []
    query_params: list[Pair] = []
    response_variables: list[Pair] = []
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    drawing: int = 0
    _began: dict[str, Any] = {}
    _next: int = 0

    @rx.event
    @answers
    async def begin(self) -> None:
        """Open the dialog for a new function."""
        await self._principal()
        self._fill({}, is_shared=False)
        self._add("body_schema")

    @rx.event
    @answers
    async def edit(self, function_id: str) -> None:
        """Open the dialog with a stored function."""
        principal = await self._principal()
        found, is_shared = await (await self.get_state(FunctionsState))._find(principal, function_id)
        if found is None:
            raise NotFound("This function is gone.")
        self._fill(found, is_shared=is_shared)

    @rx.event
    @answers
    async def set_shared(self, is_shared: bool) -> None:
        """Choose whether every agent may call the new function, or this one alone."""
        await self._principal()
        if not self.function_id:
            self.is_shared = is_shared

    @rx.event
    @answers
    async def set_method(self, method: str) -> None:
        """Choose how the address is called; some methods have no body."""
        await self._principal()
        self.method = method[:10]

    @rx.event
    @answers
    async def save(self, form: dict[str, Any]) -> Any:
        """Store the function and close the dialog; what is wrong stands at its field."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        listed = await self.get_state(FunctionsState)
        self.errors = dict.fromkeys(FIELDS, "")
        try:
            given = self._given(form)
            if self.is_shared:
                with org_scope(principal.org_id):
                    async with unit_of_work() as session:
                        await functions.save_shared(session, principal, given, self.function_id)
            else:
                base = opened._own("custom_functions")
                with org_scope(principal.org_id):
                    async with unit_of_work() as session:
                        rows, _ = await functions.saved(session, principal, base, given, self.function_id)
                # What somebody else did to this very function meanwhile must not be lost.
                began = [self._began if one["id"] == self.function_id else one for one in base]
                await opened._change(principal, {"custom_functions": rows}, {"custom_functions": began})
        except (Invalid, Conflict) as error:
            field = error.field if error.field in FIELDS else "name"
            self.errors = {**self.errors, field: error.message}
            return rx.call_script(SHOW_ERROR)
        self.is_open = False
        await listed._show(principal, opened._values)
        return rx.toast("The function is saved." if self.is_shared else "The function is saved in the draft.")

    def _given(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the form says. Raises `Invalid` for a number that is none."""

        def said(name: str) -> str:
            return str(form.get(name, "") or "").strip()

        return {
            "name": said("function_name"),
            "description": said("function_description"),
            "http_method": self.method,
            "endpoint_url": said("function_url"),
            "body_template": said("function_body") if self.method not in ("GET", "DELETE") else "",
            "timeout_ms": _number(said("function_timeout"), "timeout_ms", 1000),
            "max_retries": _number(said("function_retries"), "max_retries", 1),
            "body_schema": [
                {
                    "name": name,
                    "type": said(f"type-{one['key']}") or "string",
                    "description": said(f"about-{one['key']}"),
                    "required": form.get(f"required-{one['key']}") in ("on", "true", True),
                    "options": [word.strip() for word in said(f"options-{one['key']}").split(",") if word.strip()],
                }
                for one in self.body_schema
                if (name := said(f"name-{one['key']}"))
            ],
            "headers": self._pairs(form, self.headers, "value"),
            "query_params": self._pairs(form, self.query_params, "value"),
            "response_variables": self._pairs(form, self.response_variables, "json_path"),
        }

    def _pairs(self, form: Mapping[str, Any], rows: list[Pair], value: str) -> list[dict[str, Any]]:
        found = [
            {
                "name": str(form.get(f"name-{one['key']}", "") or "").strip(),
                value: str(form.get(f"value-{one['key']}", "") or "").strip(),
            }
            for one in rows
        ]
        return [one for one in found if one["name"] or one[value]]

    def _fill(self, found: Mapping[str, Any], *, is_shared: bool) -> None:
        self._began, self.function_id, self.is_shared = dict(found), found.get("id", ""), is_shared
        self.method = found.get("http_method", "POST")
        self.values = {
            "name": found.get("name", ""),
            "description": found.get("description", ""),
            "endpoint_url": found.get("endpoint_url", ""),
            "body_template": found.get("body_template", ""),
            "timeout": f"{found.get('timeout_ms', 10_000) / 1000:g}",
            "retries": str(found.get("max_retries", 2)),
        }
        self.body_schema = [
            Parameter(
                key=self._key(),
                name=one["name"],
                type=one["type"],
                description=one["description"],
                required=one["required"],
                options=", ".join(one["options"]),
            )
            for one in found.get("body_schema", [])
        ]
        self.headers = [
            Pair(key=self._key(), name=one["name"], value="", has_value=bool(one["secret"]))
            for one in found.get("headers", [])
        ]
        self.query_params = [
            Pair(key=self._key(), name=one["name"], value=one["value"], has_value=False)
            for one in found.get("query_params", [])
        ]
        self.response_variables = [
            Pair(key=self._key(), name=one["name"], value=one["json_path"], has_value=False)
            for one in found.get("response_variables", [])
        ]
        self.errors = dict.fromkeys(FIELDS, "")
        self.drawing += 1
        self.is_open = True

    def _add(self, table: str) -> None:
        if table == "body_schema":
            self.body_schema = [
                *self.body_schema,
                Parameter(key=self._key(), name="", type="string", description="", required=True, options=""),
            ]
            return
        setattr(self, table, [*getattr(self, table), Pair(key=self._key(), name="", value="", has_value=False)])

    def _key(self) -> str:
        self._next += 1
        return f"r{self._next}"


def _number(said: str, field: str, scale: int) -> int:
    try:
        found = round(float(said.replace(",", ".")) * scale)
    except (ValueError, OverflowError):
        raise Invalid("Write a number.", field=field) from None
    return found
