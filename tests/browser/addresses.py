"""List every page of the product as an address a test can open, and who opens it."""

from dataclasses import dataclass

import httpx

from magpipe import routes
from tests.browser.carrier import Carrier, wait_until
from tests.installation import Installation

VISITORS = ("/", "/signup", "/verify-email", "/login", "/forgot-password", "/reset-password")
CONVERSATION, AGENT, WIDGET = "[[open_conversation]]", "[agent_id]", "[widget_id]"
TALK = "[[open_talk]]"
CONTACT = "[contact_id]"
SOURCE = "[source_id]"
CALL = "[call_id]"

# The pages that load something, and a table or column without which they cannot.
BROKEN_BY = {
    "/inbox": "conversations",
    "/messages": "sms_messages",
    "/contacts": "contact_tags",
    "/contacts/[contact_id]": "contact_tags",
    "/calls": "call_records",
    "/calls/[call_id]": "call_records",
    "/tickets": "support_tickets",
    "/agents": "agent_configs",
    "/agents/[agent_id]": "agent_configs",
    "/agent/[[open_talk]]": "assistant_conversations",
    "/chat-widget/[widget_id]": "chat_widgets",
    "/knowledge": "knowledge_sources",
    "/knowledge/gaps": "knowledge_gaps",
    "/knowledge/[source_id]": "knowledge_sources",
    "/phone": "service_numbers",
    "/team": "organization_members.invited_by",
    "/team/teams": "teams",
    "/team/activity": "audit_log",
    "/settings": "users.timezone",
    "/settings/connections": "mcp_servers",
    "/settings/api-keys": "api_keys",
    "/settings/templates": "message_templates",
}


@dataclass(frozen=True)
class Address:
    """One page. `path` may hold a placeholder that `of` fills with something of the demo workspace."""

    path: str

    @property
    def is_public(self) -> bool:
        """Whether visitors see it; everything else is opened by the owner of the demo workspace."""
        return self.path in VISITORS

    def of(self, up: Installation) -> str:
        """Return the address in an installation."""
        if CONVERSATION in self.path:
            [(found,)] = up.query(
                "select conversation_id from sms_messages where sender_number = '+14155550171' limit 1"
            )
            return self.path.replace(CONVERSATION, str(found))
        if TALK in self.path:
            # A talk is its person's own; the page opens without one.
            return "/agent"
        if AGENT in self.path:
            [(found,)] = up.query("select id from agent_configs where name = 'Front desk'")
            return self.path.replace(AGENT, str(found))
        if CONTACT in self.path:
            [(found,)] = up.query("select id from contacts where name = 'Dana Ruiz' and email <> ''")
            return self.path.replace(CONTACT, str(found))
        if CALL in self.path:
            return self.path.replace(CALL, _a_call(up))
        if SOURCE in self.path:
            [(found,)] = up.query("select id from knowledge_sources where title = 'Prices' limit 1")
            return self.path.replace(SOURCE, str(found))
        if WIDGET in self.path:
            [(found,)] = up.query("select id from chat_widgets where widget_key = %s", up.demo["widget"])
            return self.path.replace(WIDGET, str(found))
        return self.path


def _a_call(up: Installation) -> str:
    """Return a call of the demo workspace; nobody has called it before somebody looks."""
    begun = "select id from call_records order by id limit 1"
    known = "select id from call_records where ended_at is not null order by id limit 1"
    if not up.query(known):
        with httpx.Client(base_url=up.sandbox_url, timeout=60) as client:
            carrier = Carrier(client, up.demo["number"])
            sid = carrier.call("+14155550171")
            wait_until(lambda: up.query(begun), "a call of the demo workspace", 60)
            carrier.hang_up(sid)
        wait_until(lambda: up.query(known), "the end of a call of the demo workspace", 60)
    [(found,)] = up.query(known)
    return str(found)


def every_page() -> list[Address]:
    """Return all pages that have a route, and the page for addresses that lead nowhere."""
    paths = [route.path for route in (*routes.DOORS, *routes.ROOMS)]
    return [*(Address(path) for path in paths), Address("/inbox"), Address("/nowhere")]
