"""Name every JSON endpoint with a body that uses all its fields, so that each of them can be attacked in turn."""

from backend.api.limits import LARGER
from tests.tenancy.routes import AGENT, CUSTOMER, DOORS, EDITOR, LATER, MEMBERS, NUMBER, PEOPLE, Call, Id

_AGENT_FIELDS = {
    "name": "Ava",
    "system_prompt": "Be kind.",
    "greeting": "Hello",
    "organization_name": "North Dental",
    "owner_name": "Ana",
    "agent_role": "receptionist",
    "language": "en-US",
    "llm_model": "gpt-4.1-mini",
    "temperature": 0.5,
    "max_tokens": 300,
    "texts_schedule": {"mon": [["09:00", "17:00"]]},
    "schedule_timezone": "America/New_York",
    "after_hours_message": "We are closed.",
    "after_hours_sms_forwarding": "+14155550178",
    "variables": {"parking": "Behind the house"},
    "is_active": True,
}
_CONTACT_FIELDS = {
    "name": "Dana Ruiz",
    "first_name": "Dana",
    "last_name": "Ruiz",
    "email": "dana@example.com",
    "company": "Ruiz & Co",
    "job_title": "Owner",
    "address": "1 Main Street",
    "city": "Springfield",
    "region": "OR",
    "country": "US",
    "notes": "Likes mornings",
    "tags": ["VIP"],
    "custom_fields": {},
    "metadata": {"source": "fair"},
}
_PAGE = {"limit": 10, "offset": 0}
_TEXT = {"from": NUMBER, "to": "+14155550178", "body": "Hello", "media_urls": []}

# By path: all the fields a call takes, where MEMBERS names but those it needs.
FULL: dict[str, Call] = {
    call.path: call
    for call in (
        Call("/functions/v1/list-agents", {**_PAGE, "agent_type": "text", "is_active": True}),
        Call("/functions/v1/create-agent", {"agent_type": "text", **_AGENT_FIELDS}, fair=201),
        Call("/functions/v1/update-agent", {"agent_id": AGENT, "expected_version": 1, **_AGENT_FIELDS}),
        Call(
            "/functions/v1/list-messages",
            {
                **_PAGE,
                "conversation_id": Id("conversations"),
                "phone_number": CUSTOMER,
                "direction": "inbound",
                "from_date": "2026-01-01",
                "to_date": "2026-12-31T10:00:00Z",
            },
        ),
        Call(
            "/functions/v1/list-phone-numbers",
            {**_PAGE, "agent_id": AGENT, "text_agent_id": AGENT, "is_active": True},
        ),
        Call("/functions/v1/process-scheduled-actions", {**_PAGE, "action": "list", "status": "pending"}),
        Call(
            "/functions/v1/list-contacts",
            {**_PAGE, "search": "dana", "tags": ["VIP"], "sort_by": "name", "sort_order": "asc"},
        ),
        Call("/functions/v1/get-contact", {"contact_id": Id("contacts")}),
        Call("/functions/v1/create-contact", {"phone_number": "+14155550177", **_CONTACT_FIELDS}, fair=201),
        Call(
            "/functions/v1/update-contact",
            {
                "contact_id": Id("contacts"),
                "phone_number": "+14155550176",
                "add_tags": ["VIP"],
                "remove_tags": ["VIP"],
                **_CONTACT_FIELDS,
            },
        ),
        Call(
            "/functions/v1/list-chat-sessions",
            {**_PAGE, "widget_id": Id("chat_widgets"), "status": "active", "from_date": "2026-01-01"},
        ),
        Call(
            "/functions/v1/create-chat-widget",
            {
                "agent_id": AGENT,
                "name": "Shop",
                "agent_name": "Ava",
                "primary_color": "#4f46e5",
                "theme": "auto",
                "position": "bottom-left",
                "offset_x": 10,
                "offset_y": 10,
                "welcome_message": "Hello",
                "offline_message": "Closed",
                "has_ai_greeting": False,
                "collect_visitor_name": True,
                "collect_visitor_email": False,
                "takes_identity": True,
                "takes_files": True,
                "is_active": True,
                "is_support_agent": False,
                "is_portal_widget": False,
                "allowed_domains": ["shop.example"],
                "hidden_paths": ["/inbox"],
            },
            EDITOR,
            fair=201,
        ),
        Call(
            "/functions/v1/custom-functions",
            {
                "agent_id": AGENT,
                "name": "book_visit",
                "description": "Book a visit.",
                "http_method": "POST",
                "endpoint_url": "https://api.example.com/",
                "headers": [{"name": "X-Key", "value": "secret"}],
                "query_params": [{"name": "day", "value": "{{day}}"}],
                "body_template": '{"day": "{{day}}"}',
                "body_schema": [{"name": "day", "type": "string", "required": True}],
                "response_variables": [{"name": "number", "json_path": "$.booking.number"}],
                "timeout_ms": 5000,
                "max_retries": 1,
                "is_active": True,
            },
            EDITOR,
            fair=201,
        ),
        Call(
            "/functions/v1/manage-dynamic-variables",
            {
                "agent_id": AGENT,
                "name": "seating",
                "description": "Where",
                "var_type": "enum",
                "enum_options": ["Inside"],
                "required": True,
                "read_back": False,
                "send_to": {"slack": True},
            },
            EDITOR,
            fair=201,
        ),
        Call(
            "/functions/v1/manage-skills",
            {
                "agent_id": AGENT,
                "skill_definition_id": "review_request",
                "config": {"review_url": "https://m.example/"},
                "audience": {"only_agent": False},
                "sending_window": {"days": ["mon"], "start": "09:00", "end": "18:00"},
                "trigger_type": "schedule",
                "schedule_config": {"interval": "daily", "time": "10:00"},
                "delivery_channels": ["sms"],
                "recipients": [],
                "daily_limit": 5,
                "is_enabled": False,
            },
            EDITOR,
            fair=201,
        ),
        Call(
            "/functions/v1/send-email",
            {"to_email": "m@tenancy.example", "subject": "Hello", "body_html": "<p>Hello</p>", "agent_id": AGENT},
        ),
        Call("/functions/v1/send-user-sms", {**_TEXT, "scheduled_at": LATER}),
        Call("/functions/v1/send-sms", {**_TEXT, "scheduled_at": LATER}),
        Call("/functions/v1/schedule-sms", {**_TEXT, "scheduled_at": LATER}),
        Call("/functions/v1/assign-phone-number", {"phone_number": NUMBER, "agent_id": AGENT, "channel": "sms"}),
        Call(
            "/api/session/sign-up",
            {
                "name": "M",
                "email": "nobody@tenancy.example",
                "password": "correct horse battery",
                "timezone": "UTC",
                "next": "/inbox",
            },
        ),
        Call(
            "/api/session/sign-in",
            {"email": "nobody@tenancy.example", "password": "a wrong password", "next": "/inbox"},
        ),
        Call("/api/session/verify-email", {"code": "123456", "next": "/inbox"}),
        Call("/api/session/forgot-password", {"email": "nobody@tenancy.example"}),
        Call("/api/session/create-organization", {"name": "A second one", "timezone": "UTC"}),
    )
}
# Fields a call cannot do without: left out, the answer names them.
REQUIRED: dict[str, tuple[str, ...]] = {
    "/functions/v1/get-agent": ("agent_id",),
    "/functions/v1/create-agent": ("name",),
    "/functions/v1/update-agent": ("agent_id",),
    "/functions/v1/delete-agent": ("agent_id",),
    "/functions/v1/create-chat-widget": ("agent_id",),
    "/functions/v1/get-message": ("message_id",),
    "/functions/v1/send-email": ("to_email", "subject", "body_text:body_html"),
    "/functions/v1/send-user-sms": ("serviceNumber:from", "contactPhone:to", "message:body"),
    "/functions/v1/send-sms": ("serviceNumber:from", "contactPhone:to", "message:body"),
    "/functions/v1/schedule-sms": ("serviceNumber:from", "contactPhone:to", "message:body", "scheduled_at"),
    "/functions/v1/assign-phone-number": ("phone_number", "agent_id"),
    "/functions/v1/manage-skills": ("agent_id", "skill_definition_id"),
    "/functions/v1/scheduled-actions": ("scheduled_at", "parameters"),
    "/functions/v1/scheduled-actions/{action_id}": ("status",),
    "/functions/v1/manage-api-keys": ("action",),
    "/api/session/sign-up": ("name", "email", "password"),
    "/api/session/verify-email": ("code",),
    "/api/session/sign-in": ("email", "password"),
    "/api/session/forgot-password": ("email",),
    "/api/session/reset-password": ("code", "password"),
    "/api/session/switch-organization": ("organization",),
    "/api/session/create-organization": ("name",),
    "/api/session/accept-invitation": ("invitation",),
    "/api/session/change-password": ("current", "password"),
    "/api/session/change-email": ("email", "password"),
    "/api/session/confirm-email": ("code",),
}


def every() -> list[Call]:
    """Return one call of every endpoint that takes a JSON body, with all its fields; files are larger and no JSON."""
    found = {}
    for call in (*MEMBERS, *PEOPLE, *DOORS):
        is_file = call.path.startswith(tuple(LARGER))
        if call.method != "GET" and not is_file and (call.path, call.method) not in found:
            found[call.path, call.method] = FULL.get(call.path, call)
    return list(found.values())
