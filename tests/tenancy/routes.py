"""Say for every route of the API who may call it, and with what a fair caller calls it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.vocab import MemberRole

SUPPORT, EDITOR, OWNER = MemberRole.SUPPORT, MemberRole.EDITOR, MemberRole.OWNER

# Open to everyone; they say nothing of any organization.
PUBLIC = {("GET", "/api/health"), ("GET", "/api/openapi.json")}
# For the carrier, who has a key for each file (tests/backend/messaging/test_uploads.py).
PUBLIC |= {("GET", "/api/carrier-media/{media_id}/{key}")}
# For whoever was given a link that is signed for one recording (tests/backend/recordings/test_playing.py).
PUBLIC |= {("GET", "/api/recordings/{recording_id}/{org}/{until}/{seal}")}
# For the carrier, who signs.
SIGNED = {("POST", "/functions/v1/webhook-inbound-sms"), ("POST", "/functions/v1/webhook-sms-status")}
SIGNED |= {("POST", "/functions/v1/webhook-inbound-call"), ("POST", "/functions/v1/webhook-call-status")}
SIGNED |= {("POST", "/functions/v1/sip-call-status"), ("POST", "/functions/v1/sip-recording-callback")}
SIGNED |= {("POST", "/functions/v1/webhook-livekit-egress")}
SIGNED |= {("POST", "/functions/v1/transfer-cxml"), ("POST", "/functions/v1/warm-transfer-cxml")}
SIGNED |= {("POST", "/functions/v1/own-phone-cxml")}
SIGNED |= {("POST", "/functions/v1/warm-transfer-status")}
SIGNED |= {("POST", "/functions/v1/conference-cxml"), ("POST", "/functions/v1/conference-status")}
SIGNED |= {("POST", "/functions/v1/webhook-call-pickup")}
SIGNED |= {("POST", "/functions/v1/outbound-call-cxml")}
# For the mail service, which shows a password.
SIGNED |= {("POST", "/functions/v1/webhook-inbound-email"), ("POST", "/functions/v1/webhook-email-status")}
# For visitors of anybody's site: bound to a widget by key and Origin, and to a session by a signed token;
# tests/backend/chat says what each opens and refuses.
VISITORS = {
    ("GET", "/api/chat/widget"),
    ("POST", "/api/chat/session"),
    ("POST", "/api/chat/message"),
    ("POST", "/api/chat/poll"),
    ("POST", "/api/chat/end"),
    ("POST", "/api/chat/upload"),
    ("GET", "/api/chat/file/{file_id}"),
    ("GET", "/api/chat/preview"),
    ("GET", "/api/chat/preview.css"),
    ("GET", "/api/chat/support"),
    ("WEBSOCKET", "/api/chat/socket"),
    ("POST", "/functions/v1/webhook-chat-message"),
}
# Answers "there is nothing here" for every other path.
NOTHING = {"/functions/{rest:path}", "/api/{rest:path}"}


@dataclass(frozen=True)
class Id:
    """A place for the id (or number) of something of a business, by its name in `Business.ids`."""

    name: str


@dataclass(frozen=True)
class Call:
    """One way to call a route.

    `role` is the least that may; `foreign` the answer when a thing named is another business's: 404, or 200 for a
    listing that then finds nothing. `fair` is the answer to a fair caller, `or_else` the one when the same
    call by another name came first. `is_for_people` calls are refused to keys.
    """

    path: str
    body: Mapping[str, Any] = field(default_factory=dict)
    role: MemberRole = SUPPORT
    method: str = "POST"
    foreign: int = 404
    fair: int = 200
    or_else: int = 0
    values: Mapping[str, Id] = field(default_factory=dict)
    is_for_people: bool = False

    def __str__(self) -> str:
        action = f" {self.body['action']}" if "action" in self.body else ""
        return f"{self.method} {self.path}{action} {'+'.join(self.ids)}".strip()

    @property
    def ids(self) -> list[str]:
        """The fields, of the path and the body, that name a thing of a business."""
        return [*self.values, *_places(self.body)]

    def filled(self, ids: Mapping[str, str], other: Mapping[str, str] | None = None, at: str = "") -> tuple[str, Any]:
        """Return path and body with the ids of one business, and at the field `at` with another's."""

        def pick(place: str, id: Id) -> str:
            return (other if other is not None and place == at else ids)[id.name]

        path = self.path.format(**{place: pick(place, id) for place, id in self.values.items()})
        return path, _fill(self.body, pick)


def _places(body: Mapping[str, Any], before: str = "") -> list[str]:
    found = []
    for name, value in body.items():
        if isinstance(value, Id) or (isinstance(value, list) and any(isinstance(item, Id) for item in value)):
            found.append(before + name)
        elif isinstance(value, Mapping):
            found += _places(value, f"{before}{name}.")
    return found


def _fill(body: Mapping[str, Any], pick: Any, before: str = "") -> dict[str, Any]:
    filled = {}
    for name, value in body.items():
        if isinstance(value, Id):
            filled[name] = pick(before + name, value)
        elif isinstance(value, list):
            filled[name] = [pick(before + name, item) if isinstance(item, Id) else item for item in value]
        elif isinstance(value, Mapping):
            filled[name] = _fill(value, pick, f"{before}{name}.")
        else:
            filled[name] = value
    return filled


LATER = "2027-03-01T10:00:00-05:00"
AGENT, NUMBER, CUSTOMER = Id("agent_configs"), Id("number"), Id("customer")
SOURCE, SKILL = Id("knowledge_sources"), Id("agent_skills")
MEMORY, TICKET = Id("conversation_contexts"), Id("support_tickets")
SUITE, CASE = Id("test_suites"), Id("test_cases")

# Calls that need somebody of a business, by key or by cookie; the destructive ones last, because fair callers of the
# same test run use the same things.
MEMBERS = (
    Call("/functions/v1/list-agents"),
    Call("/functions/v1/get-agent", {"agent_id": AGENT}),
    Call("/functions/v1/list-models"),
    Call("/functions/v1/list-voices"),
    Call("/functions/v1/list-messages", {"conversation_id": Id("conversations")}, foreign=200),
    Call("/functions/v1/list-messages", {"phone_number": CUSTOMER}, foreign=200),
    Call("/functions/v1/get-message", {"message_id": Id("sms_messages")}),
    Call("/functions/v1/list-phone-numbers", {"agent_id": AGENT}, foreign=200),
    Call("/functions/v1/list-phone-numbers", {"text_agent_id": AGENT}, foreign=200),
    Call("/functions/v1/scheduled-actions", method="GET"),
    Call("/functions/v1/process-scheduled-actions"),
    Call("/api/media/{media_id}", method="GET", values={"media_id": Id("message_media")}),
    Call("/api/recordings/{recording_id}", method="GET", values={"recording_id": Id("call_recordings")}),
    Call("/api/recordings/{recording_id}/peaks", method="GET", values={"recording_id": Id("call_recordings")}),
    Call("/api/activity.csv", role=MemberRole.OWNER, method="GET", is_for_people=True),
    Call("/api/messages.csv", method="GET"),
    Call("/api/inbox/files/{conversation_id}", fair=422, values={"conversation_id": Id("conversations")}),
    Call("/api/inbox/chat-files/{conversation_id}", fair=422, values={"conversation_id": Id("conversations")}),
    Call("/api/inbox/chosen-files/{file_id}", method="GET", values={"file_id": Id("outgoing_files")}),
    Call("/functions/v1/generate-agent-message", {"prompt": "Say hello", "recipient_phone": "+14155550178"}),
    Call("/functions/v1/translate-text", {"texts": ["Hallo"], "targetLang": "en"}),
    Call("/functions/v1/manage-api-keys", {"action": "list"}),
    Call(
        "/functions/v1/send-email",
        {"to_email": "m@tenancy.example", "subject": "Hello", "body_text": "Hello", "agent_id": AGENT},
    ),
    Call("/functions/v1/send-user-sms", {"from": NUMBER, "to": "+14155550178", "body": "Hello"}),
    Call("/functions/v1/send-sms", {"from": NUMBER, "to": "+14155550178", "body": "Hello"}),
    Call("/functions/v1/schedule-sms", {"from": NUMBER, "to": "+14155550178", "body": "Hi", "scheduled_at": LATER}),
    Call(
        "/functions/v1/scheduled-actions",
        {"scheduled_at": LATER, "parameters": {"to": "+14155550178", "message": "Hello", "from": NUMBER}},
        fair=201,
    ),
    Call(
        "/functions/v1/scheduled-actions/{action_id}",
        {"status": "cancelled"},
        method="PATCH",
        values={"action_id": Id("scheduled_actions")},
    ),
    Call("/functions/v1/list-chat-sessions", {"widget_id": Id("chat_widgets")}, foreign=200),
    Call("/functions/v1/create-chat-widget", {"agent_id": AGENT, "name": "Mallory"}, EDITOR, fair=201),
    Call("/functions/v1/list-contacts"),
    Call("/functions/v1/get-contact", {"contact_id": Id("contacts")}),
    Call("/functions/v1/get-contact", {"phone_number": CUSTOMER}),
    Call("/functions/v1/create-contact", {"name": "Mallory", "email": "m@tenancy.example"}, fair=201),
    Call("/functions/v1/update-contact", {"contact_id": Id("contacts"), "company": "Mallory's"}),
    Call("/api/contacts/imports", role=EDITOR, fair=201),
    Call(
        "/api/contacts/imports/{import_id}/errors",
        role=EDITOR,
        method="GET",
        values={"import_id": Id("contact_imports")},
    ),
    Call("/api/contacts/export", role=EDITOR, method="GET"),
    Call("/functions/v1/knowledge-source-list"),
    Call("/functions/v1/list-knowledge-sources"),
    Call("/functions/v1/knowledge-source-add", {"url": "https://m.example", "agent_id": AGENT}, EDITOR),
    Call("/functions/v1/knowledge-source-manual", {"title": "M", "content": "Mallory", "agent_id": AGENT}, EDITOR),
    Call("/functions/v1/knowledge-source-sync", {"id": SOURCE}, EDITOR),
    Call("/api/knowledge/files", role=EDITOR, fair=201),
    Call("/functions/v1/knowledge-source-delete", {"id": SOURCE}, EDITOR, or_else=404),
    Call("/functions/v1/delete-knowledge-source", {"source_id": SOURCE}, EDITOR, or_else=404),
    Call("/functions/v1/delete-voice", {"voice_id": Id("voice_copies")}, OWNER),
    Call("/functions/v1/delete-contact", {"contact_id": Id("contacts")}, EDITOR),
    Call("/functions/v1/tool-approvals", method="GET"),
    Call("/functions/v1/tool-approvals/{approval_id}", method="GET", values={"approval_id": Id("tool_calls")}),
    Call(
        "/functions/v1/tool-approvals/{approval_id}", {"decision": "refuse"}, values={"approval_id": Id("tool_calls")}
    ),
    Call("/functions/v1/support-tickets", method="GET"),
    Call("/functions/v1/support-tickets", {"subject": "Mallory", "contact_id": Id("contacts")}, fair=201),
    Call("/functions/v1/support-tickets/{ticket_id}", method="GET", values={"ticket_id": TICKET}),
    Call(
        "/functions/v1/support-tickets/{ticket_id}", {"priority": "low"}, method="PATCH", values={"ticket_id": TICKET}
    ),
    Call("/api/tickets.csv", role=EDITOR, method="GET"),
    Call("/api/calls.csv", role=EDITOR, method="GET"),
    Call("/functions/v1/cal-com-get-slots", {"start": "2027-03-01", "end": "2027-03-01"}),
    Call(
        "/functions/v1/cal-com-create-booking",
        {"start": LATER, "name": "Mallory", "email": "m@tenancy.example"},
        or_else=409,
    ),
    Call("/functions/v1/cal-com-cancel-booking", {"uid": Id("booking")}),
    Call("/functions/v1/custom-functions", method="GET"),
    Call("/functions/v1/custom-functions", {"action": "list", "agent_id": AGENT}),
    Call(
        "/functions/v1/custom-functions/{function_id}",
        method="GET",
        values={"function_id": Id("custom_functions")},
    ),
    Call(
        "/functions/v1/custom-functions",
        {
            "agent_id": AGENT,
            "name": "mallory",
            "description": "Mallory",
            "http_method": "POST",
            "endpoint_url": "https://api.example.com/",
        },
        EDITOR,
        fair=201,
    ),
    Call(
        "/functions/v1/custom-functions/{function_id}",
        {"description": "Mallory"},
        EDITOR,
        "PATCH",
        values={"function_id": Id("custom_functions")},
    ),
    Call(
        "/functions/v1/custom-functions/{function_id}",
        role=EDITOR,
        method="DELETE",
        values={"function_id": Id("custom_functions")},
    ),
    Call("/functions/v1/manage-dynamic-variables", method="GET"),
    Call(
        "/functions/v1/manage-dynamic-variables/{variable_id}",
        method="GET",
        values={"variable_id": Id("dynamic_variables")},
    ),
    Call("/functions/v1/manage-dynamic-variables", {"agent_id": AGENT, "name": "mallory"}, EDITOR, fair=201),
    Call(
        "/functions/v1/manage-dynamic-variables/{variable_id}",
        {"description": "Mallory"},
        EDITOR,
        "PATCH",
        values={"variable_id": Id("dynamic_variables")},
    ),
    Call(
        "/functions/v1/manage-dynamic-variables/{variable_id}",
        role=EDITOR,
        method="DELETE",
        values={"variable_id": Id("dynamic_variables")},
    ),
    Call(
        "/functions/v1/initiate-bridged-call",
        {"phone_number": "+14155550178", "caller_id": NUMBER, "agent_id": AGENT, "purpose": "Confirm"},
        fair=422,
    ),
    Call(
        "/functions/v1/initiate-callback-call",
        {"destination_number": "+14155550178", "caller_id": NUMBER},
        fair=422,
    ),
    Call("/functions/v1/list-calls", {"agent_id": AGENT}, foreign=200),
    Call("/functions/v1/list-calls", {"phone_number": CUSTOMER}, foreign=200),
    Call("/functions/v1/get-signed-recording-url", {"call_id": Id("call_records")}),
    Call("/functions/v1/get-call", {"call_id": Id("call_records")}),
    Call("/functions/v1/terminate-call", {"call_id": Id("call_records")}),
    Call(
        "/functions/v1/conference-transfer",
        {"caller_call_sid": Id("call_records"), "target_number": "+14155550178"},
        fair=409,
    ),
    Call("/functions/v1/manage-call-whitelist", method="GET"),
    Call(
        "/functions/v1/manage-call-whitelist",
        {"agent_id": AGENT, "caller_number": "+14155550178", "forward_to": "+14155550179"},
        EDITOR,
        fair=201,
        or_else=409,
    ),
    Call("/functions/v1/manage-call-whitelist", {"id": Id("call_whitelist")}, EDITOR, "DELETE", or_else=404),
    Call("/functions/v1/manage-skills/definitions", method="GET"),
    Call("/functions/v1/manage-skills", method="GET"),
    Call(
        "/functions/v1/manage-skills",
        {"agent_id": AGENT, "skill_definition_id": "review_request", "config": {"lookback_days": 5}},
        EDITOR,
        fair=201,
    ),
    Call("/functions/v1/manage-skills/{skill_id}", {"daily_limit": 5}, EDITOR, "PATCH", values={"skill_id": SKILL}),
    Call("/functions/v1/manage-skills/{skill_id}/execute", {"dry_run": True}, EDITOR, values={"skill_id": SKILL}),
    Call("/functions/v1/manage-skills/{skill_id}/executions", method="GET", values={"skill_id": SKILL}),
    Call("/functions/v1/manage-skills/{skill_id}", role=EDITOR, method="DELETE", values={"skill_id": SKILL}),
    Call("/functions/v1/list-memories", {"agent_id": AGENT}),
    Call("/functions/v1/get-memory", {"memory_id": MEMORY}),
    Call("/functions/v1/semantic-memory-search", {"agent_id": AGENT, "query": "Mallory"}),
    Call("/functions/v1/update-memory", {"memory_id": MEMORY, "summary": "Mallory"}),
    Call("/functions/v1/delete-memory", {"memory_id": MEMORY}, EDITOR, or_else=404),
    Call("/functions/v1/test-cases", method="GET"),
    Call("/functions/v1/test-cases", {"action": "list_suites", "agent_id": AGENT}),
    Call("/functions/v1/test-cases", {"action": "list_cases", "suite_id": SUITE}),
    Call("/functions/v1/test-cases", {"action": "create_suite", "name": "Mallory"}, EDITOR),
    Call("/functions/v1/test-cases", {"action": "create_suite", "name": "Mallory", "agent_id": AGENT}, EDITOR),
    Call("/functions/v1/test-cases", {"action": "update_suite", "suite_id": SUITE, "name": "Mallory"}, EDITOR),
    Call("/functions/v1/test-cases", {"action": "create_case", "suite_id": SUITE, "name": "Mallory"}, EDITOR),
    Call("/functions/v1/test-cases", {"action": "update_case", "case_id": CASE, "name": "Mallory"}, EDITOR),
    Call("/functions/v1/run-test", {"test_case_id": CASE}, EDITOR),
    Call("/functions/v1/test-runs", method="GET"),
    Call("/functions/v1/test-runs/{run_id}", method="GET", values={"run_id": Id("test_runs")}),
    Call("/functions/v1/test-cases", {"action": "delete_case", "case_id": CASE}, EDITOR),
    Call("/functions/v1/test-cases", {"action": "delete_suite", "suite_id": SUITE}, EDITOR),
    Call("/functions/v1/create-agent", {"name": "Mallory", "agent_type": "text"}, EDITOR, fair=201),
    Call("/functions/v1/update-agent", {"agent_id": AGENT, "name": "Mallory"}, EDITOR),
    Call("/functions/v1/assign-phone-number", {"phone_number": NUMBER, "agent_id": AGENT}, EDITOR),
    Call("/functions/v1/manage-api-keys", {"action": "generate", "name": "Mallory's"}, EDITOR, is_for_people=True),
    Call("/functions/v1/manage-api-keys", {"action": "revoke", "key_id": Id("api_keys")}, is_for_people=True),
    Call("/functions/v1/delete-agent", {"agent_id": AGENT}, EDITOR),
)

# Calls of our own pages that need a signed-in person, by cookie alone.
PEOPLE = (
    Call("/api/session/switch-organization", {"organization": Id("organizations")}),
    Call("/api/session/accept-invitation", {"invitation": Id("organization_members")}, fair=404),
    Call("/api/session/create-organization", {"name": "A second one"}),
    Call("/api/session/change-password", {"current": "a wrong password", "password": "correct horse"}, fair=422),
    Call("/api/session/change-email", {"email": "m@tenancy.example", "password": "a wrong password"}, fair=422),
    Call("/api/session/confirm-email", {"code": "123456"}, fair=422),
)

# Calls of our own pages before anybody is signed in; what a stranger learns from them is nothing.
DOORS = (
    Call("/api/session/sign-up", {"name": "M", "email": Id("owner_email"), "password": "correct horse battery"}),
    Call("/api/session/sign-in", {"email": Id("owner_email"), "password": "a wrong password"}, fair=401),
    Call("/api/session/verify-email", {"code": "123456"}, fair=422),
    Call("/api/session/resend-code", fair=204),
    Call("/api/session/forgot-password", {"email": Id("owner_email")}),
    Call("/api/session/reset-password", {"code": "123456", "password": "correct horse battery"}, fair=422),
    Call("/api/session/sign-out"),
)
