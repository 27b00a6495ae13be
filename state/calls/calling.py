"""Call a contact: which agent does, or oneself by one's own phone, from which number, and what about, in a dialog."""

from typing import Any

import reflex as rx

from backend.agents import service as agents
from backend.calls import service as calls
from backend.contacts import service as contacts
from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164
from backend.numbers import service as numbers
from backend.organizations import service as organizations
from backend.templates import service as templates
from backend.vocab import AgentType
from state.calls.own_phone import OwnPhoneState
from state.editor import Editor
from state.errors import answers
from state.session import SessionState

VOICE = (AgentType.OUTBOUND_VOICE, AgentType.INBOUND_VOICE)
WRITTEN_LIMIT, GIVEN_LIMIT = 2000, 300
# The person themselves calls, by their own phone.
OWN_PHONE = "own_phone"


class CallingState(Editor, SessionState):
    """The dialog of a call to a contact."""

    contact_id: str = ""
    called: str = ""
    """Who is called, in words."""
    agents: list[dict[str, str]] = []
    by: str = ""
    """Who calls: an agent's id, or `OWN_PHONE`."""
    numbers: list[dict[str, str]] = []
    templates: list[dict[str, str]] = []
    template_id: str = ""
    purpose: str = ""
    goal: str = ""
    """What the chosen template says of this contact."""
    asked: list[dict[str, str]] = []
    """What the template needs to be told, as `name` and `label`."""
    errors: dict[str, str] = dict.fromkeys(
        ("agent_id", "caller_id", "phone_number", "purpose", "goal", "template_id", "dynamic_variables", OWN_PHONE), ""
    )
    # Grow when the form, or what the template says in it, is filled anew.
    drawing: int = 0
    wording: int = 0

    @rx.event
    @answers
    async def begin(self, contact_id: str) -> None:
        """Open the dialog for a contact."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                contact = await contacts.get(session, parse_id(contact_id, "contact_id"))
                speaking = [one for one in await agents.list_all(session) if one.agent_type in VOICE and one.is_active]
                ours = [one for one in await numbers.list_all(session) if one["is_active"]]
                own = await organizations.own_phone(session, principal.user_id)
                written, _ = await templates.templates(session, principal, kind=templates.CALL)
        if not contact.phone_number:
            raise Invalid("This contact has no phone number.")
        # Agents made for calling stand first.
        speaking.sort(key=lambda one: (VOICE.index(AgentType(one.agent_type)), one.name))
        self.contact_id = str(contact.id)
        number = e164.display(contact.phone_number)
        self.called = f"{contact.name} · {number}" if contact.name else number
        self.agents = [{"value": str(one.id), "label": one.name} for one in speaking]
        if own.number:
            self.agents.append({"value": OWN_PHONE, "label": f"Me, on {e164.display(own.number)}"})
        self.by = self.agents[0]["value"] if self.agents else ""
        self.numbers = [
            {"value": one["phone_number"], "label": " · ".join(filter(None, (one["friendly_name"], one["display"])))}
            for one in ours
        ]
        self.templates = [{"value": one["id"], "label": one["title"]} for one in written]
        self.errors = dict.fromkeys(self.errors, "")
        await self._word(principal, next((one["id"] for one in written if one["is_default"]), ""))
        self.drawing += 1
        self.is_open = True

    @rx.event
    @answers
    async def choose_caller(self, by: str) -> None:
        """Choose who calls; what is about an agent alone is asked for agents."""
        await self._principal()
        if by in {one["value"] for one in self.agents}:
            self.by = by

    @rx.event
    @answers
    async def choose(self, template_id: str) -> None:
        """Write what a template says of the contact into the form, or nothing for none."""
        principal = await self._principal()
        if self.is_open:
            await self._word(principal, template_id)

    async def _by_own_phone(self, principal: Principal, caller_id: str) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                contact = await contacts.get(session, parse_id(self.contact_id, "contact_id"))
        await (await self.get_state(OwnPhoneState))._begin(principal, contact.phone_number or "", caller_id)
        self.is_open = False

    async def _word(self, principal: Principal, template_id: str) -> None:
        self.template_id, self.purpose, self.goal, self.asked = "", "", "", []
        if template_id:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    contact = await contacts.get(session, parse_id(self.contact_id, "contact_id"))
                    wanted = parse_id(template_id, "template_id")
                    found = await templates.for_call(session, principal, wanted, contact)
            self.template_id, self.purpose, self.goal = str(found.template_id), found.purpose, found.goal
            self.asked = [{"name": one, "label": one.replace("_", " ").capitalize()} for one in found.asked]
        self.wording += 1

    @rx.event
    @answers
    async def save(self, form: dict[str, Any]) -> Any:
        """Place the call and show it; what is wrong stands at its field. A second press calls nobody again."""
        principal = await self._principal()
        if not self.is_open:
            return None
        self.errors = dict.fromkeys(self.errors, "")
        if self.by == OWN_PHONE:
            await self._by_own_phone(principal, str(form.get("call_caller_id") or ""))
            return None
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                contact = await contacts.get(session, parse_id(self.contact_id, "contact_id"))
                given = {
                    one["name"]: said
                    for one in self.asked
                    if (said := str(form.get(f"call_given_{one['name']}") or "").strip()[:GIVEN_LIMIT])
                }
                order = calls.CallOrder(
                    phone_number=contact.phone_number or "",
                    caller_id=str(form.get("call_caller_id") or ""),
                    agent_id=parse_id(str(form.get("call_agent_id") or ""), "agent_id"),
                    purpose=str(form.get("call_purpose") or "").strip()[:WRITTEN_LIMIT],
                    goal=str(form.get("call_goal") or "").strip()[:WRITTEN_LIMIT],
                    template_id=parse_id(self.template_id, "template_id") if self.template_id else None,
                    variables=given,
                )
                call = await calls.place(session, principal, order)
        self.is_open = False
        return rx.redirect(f"/calls/{call.id}")
