"""Say what an agent may do by itself: the policy of each tool, whom it may write and hand over to, how it asks."""

from collections.abc import Mapping
from typing import Any, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164
from backend.organizations import service as organizations
from backend.vocab import MemberStatus, ToolKind
from state.agents.open_agent import AgentState
from state.errors import answers
from state.session import SessionState

# How the agent asks, as the fields of its draft hold it; each saves itself.
ASKING = ("approval_minutes", "approval_message")
FIELDS = ("label", "address", "target", "phone_number", "mode", "when")
# The lists of people, as they are called here and in the draft.
LISTS = {"recipients": "message_recipients", "targets": "transfer_targets", "numbers": "transfer_numbers"}
_PLACES = {"recipients": "address", "targets": "target", "numbers": "phone_number"}


class ToolRow(TypedDict):
    """One tool beside the functions people made; `policies` are those it may have."""

    name: str
    label: str
    kind: str
    policy: str
    may_ask: bool
    is_fixed: bool


class Recipient(TypedDict):
    """Somebody an agent may write to beside its customer."""

    label: str
    address: str


class Target(TypedDict):
    """Somebody an agent may hand a conversation to."""

    label: str
    kind: str
    when: str


class Telephone(TypedDict):
    """A telephone an agent may put callers through to."""

    label: str
    phone_number: str
    mode: str
    when: str


class PoliciesState(SessionState):
    """What the agent may do, in the Functions part of its page."""

    rows: list[ToolRow] = []
    # The policy of each function people made, by its name.
    functions: dict[str, str] = {}
    recipients: list[Recipient] = []
    targets: list[Target] = []
    numbers: list[Telephone] = []
    choices: list[dict[str, str]] = []
    asking: dict[str, str] = dict.fromkeys(ASKING, "")
    notices: bool = True
    copies_voices: bool = False
    # Whether everything that is said is kept; no voice is copied otherwise.
    keeps_all: bool = True
    saved: str = ""
    # Which of `LISTS` the dialog adds to, or nothing.
    adding: str = ""
    errors: dict[str, str] = dict.fromkeys((*FIELDS, *ASKING), "")
    drawing: int = 0

    async def _open(self, principal: Principal, values: Mapping[str, Any]) -> None:
        self.adding, self.saved, self.errors = "", "", dict.fromkeys(self.errors, "")
        await self._show(principal, values)

    @rx.event
    @answers
    async def set_policy(self, name: str, policy: str) -> None:
        """Allow a tool, have it ask a person first, or switch it off."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        base = opened._own("tool_policies")
        await opened._change(principal, {"tool_policies": {**base, name: policy}}, {"tool_policies": base})
        await self._show(principal, opened._values)

    @rx.event
    @answers
    async def save(self, name: str, value: str, base: str) -> None:
        """Store how long people have, or what the customer is told meanwhile."""
        principal = await self._principal()
        if name not in ASKING:
            raise Invalid("This field cannot be changed here.", field=name)
        opened = await self.get_state(AgentState)
        is_whole = name == "approval_minutes"
        try:
            given, began = (_minutes(value), _minutes(base)) if is_whole else (value.strip(), base)
            is_stored = await opened._change(principal, {name: given}, {name: began})
        except Invalid as error:
            self.errors, self.saved = {**self.errors, name: error.message}, ""
            return
        self.errors, self.saved = {**self.errors, name: ""}, name if is_stored else ""
        self._take(opened._values)

    @rx.event
    @answers
    async def set_notices(self, is_on: bool) -> None:
        """Tell the customer that the agent has to ask, or say nothing until it knows."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        await opened._change(principal, {"approval_notice": is_on}, {"approval_notice": not is_on})
        self._take(opened._values)

    @rx.event
    @answers
    async def set_copying(self, is_on: bool) -> None:
        """Let the agent take samples of callers' voices, or not."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        await opened._change(principal, {"voice_copying": is_on}, {"voice_copying": not is_on})
        self._take(opened._values)

    @rx.event
    @answers
    async def begin(self, field: str) -> None:
        """Open the dialog that adds somebody to a list."""
        principal = await self._principal()
        if field == "targets":
            await self._choose(principal)
        self.adding = field if field in LISTS else ""
        self.errors, self.drawing = dict.fromkeys(self.errors, ""), self.drawing + 1

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Close the dialog."""
        await self._principal()
        if not is_open:
            self.adding = ""

    @rx.event
    @answers
    async def add(self, form: dict[str, Any]) -> None:
        """Add somebody and close the dialog; what is wrong stands at its field."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        if (field := LISTS.get(self.adding)) is None:
            return
        row = self._target(form) if self.adding == "targets" else {name: str(form.get(name, "")) for name in form}
        base = opened._own(field)
        self.errors = dict.fromkeys(self.errors, "")
        try:
            await opened._change(principal, {field: [*base, row]}, {field: base})
        except Invalid as error:
            at = "label" if error.code == "duplicate" or not row.get("label") else _PLACES[self.adding]
            self.errors = {**self.errors, at: error.message}
            return
        self.adding = ""
        await self._show(principal, opened._values)

    @rx.event
    @answers
    async def remove(self, field: str, label: str) -> None:
        """Take somebody off a list."""
        principal = await self._principal()
        if field not in LISTS.values():
            raise NotFound("There is no such list.")
        opened = await self.get_state(AgentState)
        base = opened._own(field)
        left = [one for one in base if one["label"] != label]
        await opened._change(principal, {field: left}, {field: base})
        await self._show(principal, opened._values)

    def _target(self, form: dict[str, Any]) -> dict[str, str]:
        chosen = str(form.get("target", ""))
        kind, _, target_id = chosen.partition(":")
        named = next((one["label"] for one in self.choices if one["value"] == chosen), "")
        label = str(form.get("label", "")).strip() or named.partition(" (")[0]
        return {"kind": kind, "id": target_id, "label": label, "when": str(form.get("when", ""))}

    async def _choose(self, principal: Principal) -> None:
        """Read whom a conversation can be handed to: everybody but the agent itself."""
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                people = [
                    (one["user_id"], one["name"] or one["email"])
                    for one in await organizations.members(session, principal)
                    if one["state"] == MemberStatus.APPROVED and one["user_id"]
                ]
                teams = [(one["id"], one["name"]) for one in await organizations.teams(session)]
                others = [(str(one.id), one.name) for one in await agents.list_all(session)]
        named = (("team", teams, "team"), ("person", people, "person"), ("agent", others, "AI agent"))
        self.choices = [
            {"value": f"{kind}:{one_id}", "label": f"{name} ({word})"}
            for kind, rows, word in named
            for one_id, name in rows
            if one_id != opened.id
        ]

    def _take(self, values: Mapping[str, Any]) -> None:
        self.recipients = [Recipient(**one) for one in values.get("message_recipients", [])]
        self.targets = [
            Target(label=one["label"], kind=one["kind"], when=one["when"]) for one in values.get("transfer_targets", [])
        ]
        self.numbers = [
            Telephone(**{**one, "phone_number": e164.display(one["phone_number"])})
            for one in values.get("transfer_numbers", [])
        ]
        self.asking = {name: str(values.get(name, "")) for name in ASKING}
        self.notices = bool(values.get("approval_notice", True))
        self.copies_voices = bool(values.get("voice_copying", False))
        self.keeps_all = values.get("pii_storage") == "enabled"
        said = values.get("tool_policies", {})
        self.rows = [{**one, "policy": said.get(one["name"], one["policy"])} for one in self.rows]
        self.functions = {name: said.get(name, one) for name, one in self.functions.items()}

    async def _show(self, principal: Principal, values: Mapping[str, Any]) -> None:
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await agents.tools_of(session, parse_id(opened.id), values)
        self.rows = [
            ToolRow(
                name=one.name,
                label=one.label or one.name,
                kind=one.kind,
                policy=one.policy,
                may_ask="ask" in one.policies,
                is_fixed=len(one.policies) == 1,
            )
            for one in found
            if one.kind != ToolKind.FUNCTION
        ]
        self.functions = {one.name: str(one.policy) for one in found if one.kind == ToolKind.FUNCTION}
        self._take(values)


def _minutes(value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise Invalid("Enter a number.", field="approval_minutes") from None
