"""Say for every event handler who may call it, from which page, and with what.

A handler is whatever Reflex lets a client call: each method of a state class without a leading underscore, decorated
or not. The order matters: a handler that acts on what another asked about stands behind it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from tests.tenancy.routes import AGENT, CUSTOMER, MEMORY, NUMBER, TICKET, Id


class Who(StrEnum):
    """The least that may call a handler."""

    ANYONE = "anyone"
    PERSON = "a signed-in person"
    SUPPORT = "support"
    EDITOR = "editor"
    OWNER = "owner"
    OPERATOR = "an operator of the platform"


@dataclass(frozen=True)
class Rule:
    """How a handler is called. `settle_s` is how long it may work in the background.

    `is_quiet` says that nobody is not sent to the sign-in page by it: the answer is a refusal of another kind.
    """

    who: Who = Who.SUPPORT
    payload: Mapping[str, Any] = field(default_factory=dict)
    settle_s: float = 0.0
    is_quiet: bool = False

    @property
    def at_once(self) -> "Rule":
        """The same, without waiting for what works in the background."""
        return replace(self, settle_s=0.0)


def _rule(who: Who = Who.SUPPORT, settle_s: float = 0.0, is_quiet: bool = False, **payload: Any) -> Rule:
    return Rule(who, payload, settle_s, is_quiet)


@dataclass(frozen=True)
class Widget:
    """One state class: the page it lives on (with places for ids) and its handlers."""

    page: str
    handlers: Mapping[str, Rule]


# Work in the background ends when it ends; this is what asking the stand-in of a model takes on a busy machine.
SOON, MODEL = 0.2, 0.4
FUNCTION = Id("custom_functions")
SKILL_FORM = {
    "intent": "save",
    "skill-message_template": "Mallory",
    "skill-review_url": "https://m.example/",
    "skill-lookback_days": "7",
    "skill-min_days_since_last_request": "30",
    "skill-consent_confirmed": "on",
    "window-mon": "on",
    "window-start": "09:00",
    "window-end": "18:00",
    "daily-limit": "5",
}
SERVER = Id("mcp_servers")
SERVER_TOOL = {"server_id": SERVER, "name": "look_up_stock"}
CALL = Id("call_records")
CONVERSATION, SOURCE, TURN = Id("conversations"), Id("knowledge_sources"), Id("agent_turns")
FAILED, PLANNED, KEY, MEMBER = Id("sms_messages"), Id("planned"), Id("api_keys"), Id("members.support")
DRAFT, TEMPLATE, ALERT = Id("conversation_items"), Id("message_templates"), Id("semantic_match_actions")
ITEM = {"conversation_id": CONVERSATION}
OPEN = _rule(is_open=True)
SHUT = _rule(is_open=False)
INBOX, THREAD = "/inbox", "/inbox/{conversations}"
EDITOR, OWNER, PERSON, OPERATOR, ANYONE = Who.EDITOR, Who.OWNER, Who.PERSON, Who.OPERATOR, Who.ANYONE


def _agent(tab: str) -> str:
    return "/agents/{agent_configs}?tab=" + tab


WIDGETS: dict[str, Widget] = {
    "state.auth.DoorState": Widget("/login", {"load": _rule(ANYONE)}),
    "state.frame.FrameState": Widget(INBOX, {"load": _rule()}),
    "state.inbox.page.InboxState": Widget(THREAD, {"load": _rule(), "reload": _rule()}),
    "state.inbox.conversation_list.ConversationListState": Widget(INBOX, {"load_more": _rule()}),
    "state.inbox.thread.ThreadState": Widget(
        THREAD,
        {
            "rename": _rule(**ITEM, name="Mallory"),
            "set_mode": _rule(**ITEM, mode="human", brief="Mallory"),
            "assign": _rule(**ITEM, assignee_id=Id("support")),
            "assign_team": _rule(**ITEM, team_id=Id("teams"), in_turn=False),
            "snooze": _rule(**ITEM, until="2027-03-01T10:00:00Z"),
            "set_tag": _rule(**ITEM, tag_id=Id("tags"), is_on=True),
            "set_status": _rule(**ITEM, status="closed"),
            "mark_unread": _rule(**ITEM),
        },
    ),
    "state.inbox.timeline.TimelineState": Widget(
        THREAD,
        {
            "load_older": _rule(**ITEM, before_seq=99, back_to=0),
            "seen": _rule(**ITEM),
            "retry": _rule(message_id=FAILED),
            "cancel": _rule(message_id=PLANNED),
            "approve": _rule(**ITEM, seq=3, item_id=DRAFT, body="Mallory"),
            "discard": _rule(**ITEM, seq=3, item_id=DRAFT),
            "decide": _rule(call_id=Id("tool_calls"), is_approved=False, note="Mallory"),
        },
    ),
    "state.inbox.composer.ComposerState": Widget(
        THREAD,
        {
            "choose_sender": _rule(sender=NUMBER),
            "send": _rule(
                is_quiet=True,
                **ITEM,
                client_id="a1",
                body="Mallory",
                sender=NUMBER,
                at="",
                channel="sms",
                files=[],
                began_seq=0,
                is_sure=True,
                subject="Mallory",
            ),
            "note": _rule(**ITEM, body="Mallory", mentioned=[]),
            "save_draft": _rule(**ITEM, mode="reply", body="Mallory", channel="sms", began_seq=0),
        },
    ),
    "state.inbox.choices.ChoicesState": Widget(INBOX, {"make_tag": _rule(name="Mallory")}),
    "state.inbox.bulk.BulkState": Widget(
        INBOX,
        {
            "change": _rule(action="close", value="", ids=[], is_all=True),
            "undo": _rule(token=Id("bulk_actions")),
        },
    ),
    "state.inbox.views.ViewsState": Widget(
        INBOX,
        {
            "save": _rule(name="Mallory", query="view=mine", is_shared=True),
            "share": _rule(view_id=Id("saved_views"), is_shared=True),
            "delete": _rule(view_id=Id("saved_views")),
        },
    ),
    "state.inbox.presence.PresenceState": Widget(THREAD, {"here": _rule(**ITEM, doing="writes")}),
    "state.inbox.translation.TranslationState": Widget(
        THREAD,
        {
            "choose": _rule(language="de"),
            "translate": _rule(settle_s=MODEL, **ITEM, seqs=[3], language="de"),
        },
    ),
    "state.inbox.reach.ReachState": Widget(
        INBOX, {"load": _rule(), "set_preference": _rule(name="has_sound", is_on=True)}
    ),
    "state.inbox.writing.WritingState": Widget(
        THREAD,
        {
            "suggest": _rule(settle_s=MODEL, **ITEM, order="Say that you are Mallory"),
        },
    ),
    "state.settings.templates.TemplatesState": Widget(
        "/settings/templates",
        {
            "load": _rule(),
            "filter_by": _rule(name="q", value="canary"),
            "clear_filters": _rule(),
            "delete": _rule(template_id=TEMPLATE),
            "restore": _rule(kept={"kind": "message", "title": "Mallory", "body": "Mallory"}),
        },
    ),
    "state.settings.template_editor.TemplateEditorState": Widget(
        "/settings/templates",
        {
            "begin": _rule(kind="message"),
            "edit": _rule(template_id=TEMPLATE),
            "set_kind": _rule(kind="email"),
            "insert": _rule(name="contact.name"),
            "save": _rule(form={"template_title": "Mallory", "template_body": "Mallory"}),
            "set_open": SHUT,
        },
    ),
    "state.settings.template_editor.TemplatePreviewState": Widget(
        "/settings/templates",
        {
            "write": _rule(name="body", words="Hello {{contact.name}}"),
            "search": _rule(text="canary"),
            "choose": _rule(person=Id("contacts")),
        },
    ),
    "state.inbox.contact_panel.ContactPanelState": Widget(
        THREAD,
        {
            "save": _rule(contact_id=Id("contacts"), field="notes", value="Mallory"),
            "save_custom": _rule(contact_id=Id("contacts"), key="shoe_size", value="Mallory"),
            "set_tag": _rule(contact_id=Id("contacts"), name="Mallory", is_on=True),
        },
    ),
    "state.calls.listing.CallsState": Widget("/calls", {"load": _rule(), "load_more": _rule()}),
    "state.calls.page.CallPageState": Widget("/calls/{call_records}", {"load": _rule()}),
    "state.calls.transcript.TranscriptState": Widget(
        "/calls/{call_records}", {"open_call": _rule(call_id=CALL), "show_more": _rule(is_earlier=True)}
    ),
    "state.calls.calling.CallingState": Widget(
        "/contacts/{contacts}",
        {
            "begin": _rule(contact_id=Id("contacts")),
            "choose": _rule(template_id=TEMPLATE),
            "choose_caller": _rule(by="own_phone"),
            "save": _rule(form={"call_agent_id": AGENT, "call_caller_id": NUMBER, "call_purpose": "Mallory"}),
            "set_open": SHUT,
        },
    ),
    "state.calls.acting.CallActionState": Widget(
        "/calls/{call_records}",
        {
            "hang_up": _rule(call_id=CALL),
            "ask": _rule(call_id=CALL, wish="note", text="Mallory"),
            "come_in": _rule(call_id=CALL, door="listen"),
        },
    ),
    "state.tickets.listing.TicketsState": Widget(
        "/tickets",
        {
            "load": _rule(),
            "load_more": _rule(),
            "filter_by": _rule(name="q", value="canary"),
            "clear_filters": _rule(),
        },
    ),
    "state.tickets.editor.TicketEditorState": Widget(
        THREAD,
        {
            "begin": _rule(conversation_id=CONVERSATION),
            "edit": _rule(ticket_id=TICKET),
            "save": _rule(form={"ticket_subject": "Mallory", "ticket_priority": "low"}),
            "set_status": _rule(ticket_id=TICKET, status="closed"),
            "set_open": SHUT,
        },
    ),
    "state.palette.PaletteState": Widget(INBOX, {"find": _rule(text="canary")}),
    "state.messages.MessagesState": Widget("/messages", {"load": _rule(), "load_more": _rule()}),
    "state.inbox.new_message.NewMessageState": Widget(
        INBOX,
        {
            "set_open": OPEN,
            "search": _rule(text="canary"),
            "choose_channel": _rule(channel="email"),
            "choose_sender": _rule(sender=NUMBER),
            "choose_box": _rule(box=Id("agent_configs")),
            "choose": _rule(to=CUSTOMER),
            "submit": _rule(form={"body": "Mallory"}),
        },
    ),
    "state.inbox.unread.UnreadState": Widget(INBOX, {"load": _rule()}),
    "state.inbox.why.WhyState": Widget(THREAD, {"explain": _rule(turn_id=TURN), "close": _rule()}),
    "state.assistant.AssistantState": Widget(
        "/agent/{assistant_conversations}",
        {
            "load": _rule(),
            "confirm": _rule(proposal_id=Id("assistant_proposals")),
            "dismiss": _rule(proposal_id=Id("assistant_proposals")),
            "ask": _rule(settle_s=MODEL, text="Find canary"),
            "ask_again": _rule(settle_s=MODEL),
            "stop": _rule(),
            "set_deleting": OPEN,
            "delete": _rule(),
        },
    ),
    "state.contacts.listing.ContactListState": Widget(
        "/contacts", {"load": _rule(), "count": _rule(), "load_more": _rule()}
    ),
    "state.contacts.bulk.ContactTagsState": Widget(
        "/contacts", {"tag": _rule(ids=[Id("contacts")], is_everybody=False, name="Mallory", is_on=True)}
    ),
    "state.contacts.bulk.ContactBinState": Widget(
        "/contacts",
        {
            "delete": _rule(EDITOR, ids=[Id("contacts")], is_everybody=False),
            "undo": _rule(EDITOR, token=Id("contacts")),
            "restore": _rule(EDITOR, ids=[Id("contacts")]),
            "delete_open": _rule(EDITOR, contact_id=Id("contacts")),
        },
    ),
    "state.contacts.creating.NewContactState": Widget(
        "/contacts", {"set_open": OPEN, "create": _rule(form={"first_name": "Mallory", "tags": "Mallory"})}
    ),
    "state.contacts.fields.OwnFieldsState": Widget(
        "/contacts",
        {
            "set_open": OPEN,
            "choose_kind": _rule(kind="text"),
            "add": _rule(EDITOR, form={"label": "Mallory", "choices": ""}),
            "ask_delete": _rule(field_id=Id("contact_fields")),
            "keep": OPEN,
            "delete": _rule(EDITOR),
        },
    ),
    "state.contacts.memory.ContactMemoryState": Widget(
        "/contacts/{contacts}",
        {
            "load": _rule(),
            "correct": _rule(fact_id=Id("memory_facts"), content="Mallory"),
            "strike": _rule(fact_id=Id("memory_facts")),
        },
    ),
    "state.contacts.forgetting.ForgetState": Widget(
        "/contacts/{contacts}",
        {"keep": SHUT, "ask": _rule(memory_id=MEMORY), "forget": _rule(EDITOR)},
    ),
    "state.contacts.contact.ContactState": Widget(
        "/contacts/{contacts}",
        {
            "load": _rule(),
            "save": _rule(name="company", value="Mallory"),
            "save_custom": _rule(key="mallory", value="Mallory"),
            "set_whitelisted": _rule(is_on=True),
            "add_tag": _rule(form={"tag": "Mallory"}),
            "remove_tag": _rule(name="Mallory"),
            "set_blocking": OPEN,
            "set_recording": OPEN,
            "record": _rule(form={"channel": "call", "choice": "out", "reason": "Mallory"}),
            "load_older": _rule(),
            "block": _rule(form={"reason": "Mallory"}),
            "unblock": _rule(),
        },
    ),
    "state.contacts.merging.MergeState": Widget(
        "/contacts/{contacts}",
        {
            "begin": _rule(keep_id=Id("contacts"), other_id=Id("contacts")),
            "begin_conversations": _rule(keep_id=CONVERSATION, other_id=CONVERSATION),
            "find": _rule(text="canary"),
            "compare": _rule(other_id=Id("contacts")),
            "choose": _rule(key="name", choice="dropped"),
            "merge": _rule(EDITOR),
            "set_open": SHUT,
        },
    ),
    "state.contacts.erasing.EraseState": Widget(
        "/contacts/{contacts}",
        {
            "ask": OPEN,
            "type_confirmation": _rule(text="Mallory"),
            "erase": _rule(OWNER),
            "leave": _rule(),
        },
    ),
    "state.contacts.importing.ImportState": Widget(
        "/contacts/import?id={contact_imports}",
        {
            "load": _rule(EDITOR),
            "check": _rule(EDITOR),
            "change": _rule(EDITOR, name="policy", value="update"),
            "set_header": _rule(EDITOR, is_header=False),
            "map_column": _rule(EDITOR, place=0, target="name"),
            "tag_all": _rule(EDITOR, names="Mallory"),
            "find_countries": _rule(query="a"),
            "start": _rule(EDITOR),
            "cancel": _rule(EDITOR),
        },
    ),
    "state.agents.listing.AgentListState": Widget(
        "/agents",
        {
            "load": _rule(),
            "filter_by": _rule(name="q", value="canary"),
            "clear_filters": _rule(),
            "set_active": _rule(EDITOR, agent_id=AGENT, is_active=False),
            "duplicate": _rule(EDITOR, agent_id=AGENT),
            "close_lacking": SHUT,
            "export_file": _rule(EDITOR, agent_id=AGENT),
            "set_importing": OPEN,
            "refuse_file": _rule(reason="too large"),
            "import_file": _rule(EDITOR, text="magpipe_agent = 1"),
            "keep": SHUT,
            "ask_delete": _rule(agent_id=AGENT),
            "delete": _rule(EDITOR),
            "restore": _rule(EDITOR, agent_id=AGENT),
        },
    ),
    "state.agents.creating.NewAgentState": Widget(
        "/agents",
        {"set_open": OPEN, "choose": _rule(agent_type="text"), "create": _rule(EDITOR, form={"name": "Mallory"})},
    ),
    "state.agents.open_agent.AgentState": Widget(
        _agent("configure"),
        {
            "load": _rule(),
            "load_tab": _rule(),
            "set_active": _rule(EDITOR, is_active=False),
            "keep_mine": _rule(),
            "keep_theirs": _rule(),
            "forget_mention": _rule(),
        },
    ),
    "state.agents.configure.ConfigureState": Widget(
        _agent("configure"),
        {
            "save": _rule(EDITOR, name="agent_role", value="Mallory", base=""),
            "switch": _rule(EDITOR, name="priority_sequencing", is_on=True),
            "close_type": SHUT,
            "ask_type": _rule(agent_type="email"),
            "change_type": _rule(EDITOR),
        },
    ),
    "state.agents.prompt.PromptState": Widget(
        _agent("prompt"),
        {
            "save": _rule(EDITOR, name="greeting", value="Say that you are Mallory.", base=""),
            "restore": _rule(EDITOR),
            "show_full": OPEN,
            "add_variable": _rule(EDITOR, form={"variable_name": "secret", "variable_value": "Mallory"}),
            "remove_variable": _rule(EDITOR, name="secret"),
        },
    ),
    "state.agents.proposal.ProposalState": Widget(
        _agent("prompt"),
        {
            "set_open": OPEN,
            "show_mention": _rule(),
            "improve": _rule(EDITOR, settle_s=MODEL, form={"wish": "shorter"}),
            "accept": _rule(),
        },
    ),
    "state.agents.history.PublishState": Widget(
        _agent("configure"),
        {
            "set_open": OPEN,
            "publish": _rule(EDITOR, form={"note": "Mallory"}),
            "discard": _rule(EDITOR),
        },
    ),
    "state.agents.history.HistoryState": Widget(
        _agent("versions"),
        {
            "load_more": _rule(),
            "choose": _rule(side="older", number="1"),
            "close_roll_back": SHUT,
            "ask_roll_back": _rule(number=1),
            "roll_back": _rule(EDITOR),
        },
    ),
    "state.agents.analytics.AnalyticsState": Widget(
        _agent("analytics"),
        {
            "load": _rule(),
            "choose": _rule(name="days", value="7"),
            "export": _rule(),
        },
    ),
    "state.agents.presence.AgentPresenceState": Widget(_agent("configure"), {"here": _rule()}),
    "state.agents.notifications.AgentNotificationsState": Widget(
        _agent("notifications"),
        {
            "set_scope": _rule(scope="defaults"),
            "switch": _rule(channel="email", name="inbound_messages", is_on=True),
            "save": _rule(channel="email", name="prefix", value="Mallory"),
            "follow_defaults": _rule(),
            "send_test": _rule(channel="email"),
        },
    ),
    "state.agents.alerts.AlertsState": Widget(
        _agent("alerts"),
        {
            "set_active": _rule(EDITOR, alert_id=ALERT, is_active=False),
            "forget_secret": SHUT,
            "keep": SHUT,
            "ask_delete": _rule(alert_id=ALERT),
            "delete": _rule(EDITOR),
        },
    ),
    "state.agents.alerts.AlertLogState": Widget(
        _agent("alerts"),
        {
            "open": _rule(alert_id=ALERT),
            "load_more": _rule(),
            "retry": _rule(EDITOR, match_id=Id("semantic_matches")),
            "set_open": SHUT,
        },
    ),
    "state.agents.alert_editor.AlertEditorState": Widget(
        _agent("alerts"),
        {
            "begin": _rule(),
            "edit": _rule(alert_id=ALERT),
            "set_kind": _rule(kind="email"),
            "set_percent": _rule(percent="50"),
            "set_template": _rule(template_id=TEMPLATE),
            "save": _rule(
                EDITOR,
                form={"alert_name": "Mallory", "alert_topic": "Mallory", "alert_target": "mallory@example.com"},
            ),
            "set_open": SHUT,
        },
    ),
    "state.agents.alert_editor.AlertTryState": Widget(
        _agent("alerts"),
        {"attempt": _rule(EDITOR, settle_s=MODEL, form={"alert_topic": "canary", "alert_own": "Mallory"})},
    ),
    "state.agents.memory.AgentMemoryState": Widget(
        _agent("memory"),
        {
            "load": _rule(),
            "switch": _rule(EDITOR, name="memory_enabled", is_on=True),
            "choose": _rule(EDITOR, field="memory_config", option="max_tokens", value="200"),
            "flag": _rule(EDITOR, field="memory_config", option="include_summaries", is_on=False),
            "link": _rule(EDITOR, agent_id=AGENT, is_on=True),
            "search": _rule(query="Mallory"),
            "load_more": _rule(),
            "open_memory": _rule(memory_id=MEMORY),
            "close_memory": SHUT,
            "ask_clear": OPEN,
            "clear": _rule(EDITOR),
        },
    ),
    "state.knowledge.listing.KnowledgeState": Widget(
        _agent("knowledge"),
        {
            "load": _rule(),
            "set_paused": _rule(EDITOR, source_id=SOURCE, is_paused=False),
            "read_again": _rule(EDITOR, source_id=SOURCE),
            "keep": SHUT,
            "ask_remove": _rule(source_id=SOURCE),
            "remove": _rule(EDITOR),
        },
    ),
    "state.knowledge.adding.SourceState": Widget(
        _agent("knowledge"),
        {
            "begin": _rule(),
            "choose_agent": _rule(agent_id=AGENT),
            "choose_site_kind": _rule(kind="site"),
            "set_robots": _rule(respects_robots=False),
            "set_more_open": _rule(),
            "add_pair": _rule(),
            "choose_form": _rule(form="text"),
            "save": _rule(EDITOR, form={"title": "Mallory", "content": "Mallory"}),
            "edit": _rule(source_id=SOURCE),
            "taken": _rule(),
            "set_open": SHUT,
        },
    ),
    "state.knowledge.opened.SourcePageState": Widget(
        "/knowledge/{knowledge_sources}",
        {
            "load": _rule(),
            "choose_page": _rule(page_id=Id("knowledge_pages")),
            "turn": _rule(is_forward=True),
            "retry_page": _rule(EDITOR, page_id=Id("knowledge_pages")),
        },
    ),
    "state.knowledge.gaps.GapState": Widget(
        "/knowledge/gaps",
        {
            "load": _rule(),
            "begin": _rule(group_id=Id("gap")),
            "set_for_all": _rule(is_for_all=False),
            "answer": _rule(EDITOR, form={"question": "Mallory?", "answer": "Mallory"}),
            "dismiss": _rule(EDITOR, group_id=Id("gap")),
            "undo": _rule(EDITOR),
            "set_open": SHUT,
        },
    ),
    "state.knowledge.trying.TryState": Widget(
        "/knowledge/try",
        {
            "load": _rule(),
            "choose_agent": _rule(agent_id=AGENT),
            "ask": _rule(form={"question": "What does canary whitening cost?"}),
        },
    ),
    "state.agents.functions.FunctionsState": Widget(
        _agent("functions"),
        {
            "set_active": _rule(EDITOR, function_id=FUNCTION, is_active=False),
            "keep": SHUT,
            "ask_remove": _rule(function_id=FUNCTION),
            "remove": _rule(EDITOR),
            "ask_secret": SHUT,
            "renew_secret": _rule(EDITOR),
            "forget_secret": SHUT,
        },
    ),
    "state.agents.policies.PoliciesState": Widget(
        _agent("functions"),
        {
            "set_policy": _rule(EDITOR, name="send_text", policy="ask"),
            "save": _rule(EDITOR, name="approval_minutes", value="30", base="60"),
            "set_notices": _rule(EDITOR, is_on=False),
            "set_copying": _rule(EDITOR, is_on=True),
            "begin": _rule(field="recipients"),
            "add": _rule(EDITOR, form={"label": "Mallory", "address": "mallory@example.com"}),
            "set_open": SHUT,
            "remove": _rule(EDITOR, field="message_recipients", label="Mallory"),
        },
    ),
    "state.agents.tools.AgentToolsState": Widget(
        _agent("functions"),
        {
            "set_kind": _rule(EDITOR, kind_id=101, is_on=True),
            "compare": _rule(**SERVER_TOOL),
            "close_comparing": SHUT,
            "set_tool": _rule(EDITOR, **SERVER_TOOL, is_on=True),
        },
    ),
    "state.agents.details.DetailsState": Widget(
        _agent("functions"),
        {
            "begin": _rule(),
            "set_kind": _rule(kind="enum"),
            "set_shared": _rule(is_shared=True),
            "save": _rule(EDITOR, form={"detail_name": "mallory", "detail_options": "a, b"}),
            "edit": _rule(detail_id=Id("shared_detail")),
            "set_open": SHUT,
            "close_remove": SHUT,
            "ask_remove": _rule(detail_id=Id("shared_detail")),
            "remove": _rule(EDITOR),
        },
    ),
    "state.agents.function_editor.FunctionEditorState": Widget(
        _agent("functions"),
        {
            "begin": _rule(),
            "set_shared": _rule(is_shared=True),
            "set_method": _rule(method="GET"),
            "add_row": _rule(table="headers"),
            "remove_row": _rule(table="headers", key="r1"),
            "save": _rule(EDITOR, form={"function_name": "mallory", "function_timeout": "10", "function_retries": "2"}),
            "edit": _rule(function_id=Id("shared_function")),
            "set_open": SHUT,
        },
    ),
    "state.agents.function_trying.FunctionTryState": Widget(
        _agent("functions"),
        {
            "open": _rule(function_id=Id("shared_function"), view="try"),
            "show": _rule(view="calls"),
            "load_more": _rule(),
            "run": _rule(EDITOR, settle_s=MODEL, form={}),
            "set_open": SHUT,
        },
    ),
    "state.agents.skills.SkillsState": Widget(
        _agent("skills"),
        {
            "set_enabled": _rule(EDITOR, slug="review_request", is_enabled=False),
            "run_now": _rule(EDITOR, slug="review_request"),
            "keep": SHUT,
            "ask_remove": _rule(slug="review_request"),
            "remove": _rule(EDITOR),
        },
    ),
    "state.agents.skill_editor.SkillEditorState": Widget(
        _agent("skills"),
        {
            "edit": _rule(slug="review_request"),
            "set_interval": _rule(interval="weekly"),
            "set_trigger": _rule(trigger="on_demand"),
            "add_tag": _rule(which="tags_any", tag_id=Id("tags")),
            "remove_tag": _rule(which="tags_any", tag_id=Id("tags")),
            "submit": _rule(EDITOR, settle_s=SOON, form=SKILL_FORM),
            "set_open": SHUT,
        },
    ),
    "state.agents.skill_history.SkillHistoryState": Widget(
        _agent("skills"),
        {
            "open": _rule(slug="review_request"),
            "set_status": _rule(status="running"),
            "show_run": _rule(run_id=Id("skill_runs")),
            "load_more": _rule(),
            "cancel": _rule(EDITOR, run_id=Id("skill_runs")),
            "set_open": SHUT,
        },
    ),
    "state.agents.deployment.DeploymentState": Widget(
        _agent("deployment"),
        {
            "serve": _rule(EDITOR, number_id=Id("service_numbers")),
            "leave": _rule(EDITOR, number_id=Id("service_numbers")),
            "make_widget": _rule(EDITOR),
            "set_widget_active": _rule(EDITOR, widget_id=Id("chat_widgets"), is_active=False),
        },
    ),
    "state.agents.mailbox.MailboxState": Widget(
        _agent("deployment"),
        {
            "connect": _rule(EDITOR),
            "save": _rule(EDITOR, field="public_address", value="mallory@m.example"),
            "set_mode": _rule(EDITOR, mode="auto"),
            "set_active": _rule(EDITOR, is_active=False),
            "test": _rule(EDITOR),
            "ask_to_detach": OPEN,
            "detach": _rule(EDITOR),
        },
    ),
    "state.agents.schedule.ScheduleState": Widget(
        _agent("schedule"),
        {
            "choose_channel": _rule(channel="sms"),
            "set_mode": _rule(EDITOR, mode="hours"),
            "add_range": _rule(EDITOR, day="sat"),
            "set_time": _rule(EDITOR, day="sat", place=0, edge="start", value="10:00"),
            "remove_range": _rule(EDITOR, day="sat", place=0),
            "copy_to_all": _rule(EDITOR, day="mon"),
            "add_holiday": _rule(EDITOR, form={"holiday_date": "2026-12-25", "holiday_name": "Mallory"}),
            "remove_holiday": _rule(EDITOR, place=0),
            "save": _rule(EDITOR, name="after_hours_message", value="Mallory", base=""),
        },
    ),
    "state.agents.trial_call.TrialCallState": Widget(
        _agent("test"), {"begin": _rule(), "explain": _rule(turn={"model": "canary"})}
    ),
    "state.agents.playground.PlaygroundState": Widget(
        _agent("test"),
        {
            "say": _rule(settle_s=MODEL, form={"message": "What does canary whitening cost?"}),
            "choose_channel": _rule(channel="chat"),
            "clear": _rule(),
        },
    ),
    "state.agents.proving.ProvingState": Widget(
        _agent("tests"),
        {
            "choose_target": _rule(number="0"),
            "close_naming": SHUT,
            "name_suite": _rule(suite_id=Id("test_suites")),
            "set_shared": _rule(is_shared=True),
            "save_suite": _rule(EDITOR, form={"suite_name": "Mallory", "suite_about": ""}),
            "run_suite": _rule(EDITOR, suite_id=Id("test_suites")),
            "run_case": _rule(EDITOR, case_id=Id("test_cases")),
            "keep": SHUT,
            "ask_remove": _rule(kind="case", subject_id=Id("test_cases")),
            "remove": _rule(EDITOR),
        },
    ),
    "state.agents.case_editor.CaseEditorState": Widget(
        _agent("tests"),
        {
            "begin": _rule(suite_id=Id("test_suites")),
            "edit": _rule(case_id=Id("test_cases")),
            "set_kind": _rule(key="r1", kind="judge"),
            "add_row": _rule(table="results"),
            "remove_row": _rule(table="results", key="r2"),
            "save": _rule(EDITOR, form={"case_name": "Mallory", "opening": "Hello", "max_turns": "3"}),
            "set_open": SHUT,
        },
    ),
    "state.agents.round.RoundState": Widget(
        _agent("tests&round={test_rounds}"),
        {
            "choose": _rule(key=Id("test_runs")),
            "compare": _rule(other_id=Id("test_rounds")),
            "explain": _rule(side="after", place=1),
            "close_why": SHUT,
            "run_again": _rule(EDITOR),
            "cancel": _rule(EDITOR),
        },
    ),
    "state.agents.replay.ReplayState": Widget(
        _agent("configure"),
        {
            "choose_size": _rule(size="5"),
            "begin": _rule(EDITOR),
            "cancel": _rule(EDITOR),
        },
    ),
    "state.inbox.testing.MakeTestState": Widget(
        THREAD,
        {
            "make": _rule(**ITEM),
            "show": _rule(agent_id=AGENT, case_id=Id("test_cases")),
        },
    ),
    "state.calls.desk.DeskState": Widget(
        "/phone",
        {
            "dial": _rule(phone_number="+14155550166", caller_id="+14155550100"),
            "hang_up": _rule(call_id=Id("call_records")),
            "answer": _rule(wait=Id("call_waits")),
            "join": _rule(call_id=Id("call_records"), party="x"),
        },
    ),
    "state.calls.own_phone.OwnPhoneState": Widget(
        "/phone",
        {
            "load": _rule(),
            "dial": _rule(phone_number="+14155550166", caller_id=NUMBER, own_phone="+14155550155"),
            "dismiss": _rule(),
        },
    ),
    "state.calls.desk.RecentsState": Widget("/phone", {"load": _rule()}),
    "state.calls.ringing.RingingState": Widget(
        "/phone", {"load": _rule(), "decline": _rule(wait=Id("call_waits"), call_id="")}
    ),
    "state.numbers.AnsweringState": Widget(
        "/phone",
        {
            "show": _rule(number_id=Id("service_numbers")),
            "choose": _rule(EDITOR, name="ring_s", value="40"),
            "set_open": SHUT,
        },
    ),
    "state.numbers.NumbersState": Widget(
        "/phone",
        {
            "load": _rule(),
            "assign": _rule(EDITOR, number_id=Id("service_numbers"), slot="text", agent_id=AGENT),
            "rename": _rule(EDITOR, number_id=Id("service_numbers"), label="Mallory"),
            "set_active": _rule(EDITOR, number_id=Id("service_numbers"), is_active=False),
            "keep": SHUT,
            "ask_release": _rule(number_id=Id("service_numbers")),
            "release": _rule(OWNER),
        },
    ),
    "state.chat_widget.ChatWidgetState": Widget(
        "/chat-widget/{chat_widgets}",
        {
            "load": _rule(),
            "save": _rule(EDITOR, field="name", value="Mallory"),
            "turn": _rule(EDITOR, field="is_active", is_on=False),
            "hide_on": _rule(EDITOR, page="/inbox", is_hidden=True),
            "show_secret": _rule(EDITOR),
            "ask_to_renew": SHUT,
            "renew_secret": _rule(EDITOR),
            "ask_to_delete": SHUT,
            "delete": _rule(EDITOR),
        },
    ),
    "state.numbers.GetNumberState": Widget(
        "/phone",
        {
            "set_open": Rule(payload={"is_open": True}, settle_s=SOON),
            "look": _rule(EDITOR, settle_s=SOON),
            "search": _rule(settle_s=SOON, digits="415"),
            "take": _rule(EDITOR, settle_s=SOON, phone_number=NUMBER),
        },
    ),
    "state.onboarding.WelcomeState": Widget(
        "/welcome",
        {
            "load": _rule(),
            "go": _rule(step="number"),
            "create": _rule(EDITOR, form={"business": "Mallory", "facts": "Mallory"}),
            "look": _rule(EDITOR, settle_s=SOON),
            "show_other": _rule(),
            "use": _rule(EDITOR, settle_s=SOON, phone_number=NUMBER),
            "ask": _rule(settle_s=MODEL, form={"message": "What does canary whitening cost?"}),
        },
    ),
    "state.onboarding.ChecklistState": Widget("/agents", {"load": _rule(), "dismiss": _rule()}),
    "state.operations.JobsState": Widget(
        "/admin/jobs",
        {
            "load": _rule(OPERATOR, is_quiet=True),
            "retry": _rule(OPERATOR, job_id=1),
            "retry_all": _rule(OPERATOR),
        },
    ),
    "state.settings.calendar.CalendarState": Widget(
        "/settings/connections",
        {
            "load": _rule(),
            "connect": _rule(EDITOR, settle_s=SOON, form={"api_key": "cal_mallory"}),
            "look": _rule(EDITOR, settle_s=SOON),
            "set_replacing": _rule(is_replacing=True),
            "ask_to_leave": OPEN,
            "disconnect": _rule(EDITOR),
        },
    ),
    "state.settings.tool_servers.ToolServersState": Widget(
        "/settings/connections",
        {
            "load": _rule(),
            "set_adding": OPEN,
            "connect": _rule(
                EDITOR, settle_s=SOON, form={"server_name": "Mallory", "server_url": "https://127.0.0.1/"}
            ),
            "ask_value": _rule(server_id=SERVER),
            "close_value": SHUT,
            "replace_value": _rule(EDITOR, settle_s=SOON, form={"server_header_value": "Mallory"}),
            "look": _rule(EDITOR, settle_s=SOON, server_id=SERVER),
            "show_tools": _rule(server_id=SERVER),
            "close_tools": SHUT,
            "close_remove": SHUT,
            "ask_remove": _rule(server_id=SERVER),
            "remove": _rule(EDITOR),
        },
    ),
    "state.settings.devices.DevicesState": Widget(
        "/settings",
        {"load": _rule(PERSON), "end": _rule(PERSON, session_id=Id("user_sessions")), "end_others": _rule(PERSON)},
    ),
    "state.settings.joining.JoiningState": Widget("/join?id={organization_members}", {"load": _rule(PERSON)}),
    "state.settings.keys.KeysState": Widget(
        "/settings",
        {
            "load": _rule(),
            "create": _rule(EDITOR, form={"name": "Mallory"}),
            "forget_key": SHUT,
            "forget_revoking": SHUT,
            "ask_to_revoke": _rule(key_id=Id("owner_key")),
            "revoke": _rule(),
        },
    ),
    "state.settings.organization.OrganizationState": Widget(
        "/settings",
        {
            "load": _rule(),
            "save": _rule(OWNER, field="name", value="Mallory"),
            "find_countries": _rule(query="a"),
            "find_zones": _rule(query="a"),
        },
    ),
    "state.settings.voices.VoiceCopiesState": Widget(
        "/settings/organization",
        {"load": _rule(), "keep": SHUT, "ask_remove": _rule(copy_id=Id("voice_copies")), "remove": _rule(OWNER)},
    ),
    "state.settings.profile.ProfileState": Widget(
        "/settings",
        {
            "load": _rule(PERSON),
            "save": _rule(PERSON, field="name", value="Mallory"),
            "find_zones": _rule(PERSON, query="a"),
            "code_sent": _rule(PERSON),
        },
    ),
    "state.team.members.MembersState": Widget(
        "/team",
        {
            "load": _rule(),
            "filter_by": _rule(name="q", value="a"),
            "clear_filters": _rule(),
            "open_invitation": OPEN,
            "choose_role": _rule(role="owner"),
            "invite": _rule(OWNER, form={"email": "mallory@tenancy.example", "role": "owner", "full_name": "Mallory"}),
            "change_role": _rule(OWNER, member_id=MEMBER, role="owner"),
            "act": _rule(OWNER, action="suspend", member_id=MEMBER),
        },
    ),
    # Anybody may leave, so what is asked here is the removal of somebody else.
    "state.team.leaving.LeavingState": Widget(
        "/team",
        {
            "ask": _rule(member_id=Id("members.owner")),
            "choose": _rule(hand_to=""),
            "remove": _rule(OWNER),
            "close": SHUT,
        },
    ),
    "state.team.teams.TeamsState": Widget(
        "/team/teams",
        {
            "load": _rule(),
            "open_naming": _rule(team_id=Id("teams")),
            "close_naming": SHUT,
            "save": _rule(OWNER, form={"name": "Mallory"}),
            "put": _rule(OWNER, team_id=Id("teams"), user_id=Id("support"), is_member=True),
            "keep": SHUT,
            "ask_delete": _rule(team_id=Id("teams")),
            "delete": _rule(OWNER),
        },
    ),
    "state.team.activity.ActivityState": Widget(
        "/team/activity",
        {"load": _rule(), "load_more": _rule(), "filter_by": _rule(name="subject", value="team", zone="UTC")},
    ),
}
# Classes of development pages: they hold nothing and read nothing.
GALLERIES = {"pages.gallery.GalleryState"}
# Handlers of Reflex itself: they fill the tab from what it holds, and what it holds is what handlers above put there.
FRAMEWORK = {"hydrate", "hydrate_and_load", "set_is_hydrated", "on_load_internal", "update_vars_internal"} | {
    "handle_frontend_exception",
    "setvar",
}
