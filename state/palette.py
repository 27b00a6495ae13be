"""Find what a person types into the command palette: conversations, contacts, agents and tickets."""

from typing import TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import ListFilter
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164
from backend.support import service as support
from state.errors import answers
from state.session import SessionState

MOST = 6
LONGEST = 80


class Hit(TypedDict):
    """Something found: where it leads, and how it is shown. `kind` is conversation, contact, agent or ticket."""

    kind: str
    label: str
    hint: str
    to: str


class PaletteState(SessionState):
    """What the palette found for the last words; pages and actions are known to the browser."""

    asked: str = ""
    hits: list[Hit] = []

    @rx.event
    @answers
    async def find(self, text: str) -> None:
        """Look for contacts, agents and conversations."""
        principal = await self._principal()
        text = text.strip()[:LONGEST]
        hits: list[Hit] = []
        if text:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    for contact in await contacts.search(session, text, MOST):
                        shown = e164.display(contact.phone_number) if contact.phone_number else contact.email or ""
                        talk = await conversations.of_contact(session, contact.id)
                        to = f"/inbox/{talk}" if talk else f"/contacts/{contact.id}"
                        hits.append({"kind": "contact", "label": contact.name or shown, "hint": shown, "to": to})
                    found = [one for one in await agents.list_all(session) if text.lower() in one.name.lower()]
                    hits += [
                        {"kind": "agent", "label": one.name, "hint": "", "to": f"/agents/{one.id}"}
                        for one in found[:MOST]
                    ]
                    known = {hit["to"] for hit in hits}
                    page = await conversations.page(
                        session, principal.user_id, ListFilter(status="any", search=text), limit=MOST
                    )
                    hits += [
                        {
                            "kind": "conversation",
                            "label": row["name"] or row["phone_display"],
                            "hint": row["match"] or row["preview"],
                            "to": f"/inbox/{row['id']}",
                        }
                        for row in page.rows
                        if f"/inbox/{row['id']}" not in known
                    ]
                    tickets = await support.page(session, support.TicketFilter(search=text), limit=MOST)
                    hits += [
                        {
                            "kind": "ticket",
                            "label": one["subject"],
                            "hint": one["ticket_ref"],
                            "to": f"/tickets?status=any&q={one['ticket_ref']}",
                        }
                        for one in tickets.rows
                    ]
        self.asked, self.hits = text, hits
