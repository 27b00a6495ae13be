"""List every page: its address, what draws it, its title, and what loads when it opens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from pages.admin.jobs import jobs_page
from pages.agents.detail import agent_page
from pages.agents.listing import agents_page
from pages.assistant import page as assistant
from pages.auth import pages as doors
from pages.calls.call import call_page
from pages.calls.listing import ROUTE as CALLS
from pages.calls.listing import calls_page
from pages.chat_widget import page as chat_widget
from pages.contacts.detail import contact_page
from pages.contacts.importing import import_page
from pages.contacts.listing import contacts_page
from pages.frame import frame_events
from pages.home import home_page
from pages.inbox import page as inbox
from pages.knowledge.gaps import gaps_page
from pages.knowledge.listing import knowledge_page
from pages.knowledge.source import source_page
from pages.knowledge.trying import try_page
from pages.messages import messages_page
from pages.phone import phone_page
from pages.settings import account, connections, joining, keys, organization, templates
from pages.team.activity import activity_page
from pages.team.members import members_page
from pages.team.teams import teams_page
from pages.tickets.listing import ROUTE as TICKETS
from pages.tickets.listing import tickets_page
from pages.welcome import welcome_page
from pages.words import (
    Agents,
    Assistant,
    Calls,
    ChatWidget,
    Common,
    Connections,
    ContactImports,
    Contacts,
    ForgotPassword,
    Invitations,
    Knowledge,
    Landing,
    Messages,
    NewOrganization,
    Operations,
    Phone,
    ResetPassword,
    Settings,
    SignIn,
    SignUp,
    Team,
    Tickets,
    VerifyEmail,
    Welcome,
)
from state.agents.listing import AgentListState
from state.agents.open_agent import AgentState
from state.assistant import AssistantState
from state.auth import DoorState
from state.calls.desk import RecentsState
from state.calls.listing import CallsState
from state.calls.own_phone import OwnPhoneState
from state.calls.page import CallPageState
from state.chat_widget import ChatWidgetState
from state.contacts.contact import ContactState
from state.contacts.importing import ImportState
from state.contacts.listing import ContactListState
from state.contacts.memory import ContactMemoryState
from state.knowledge.gaps import GapState
from state.knowledge.listing import KnowledgeState
from state.knowledge.opened import SourcePageState
from state.knowledge.trying import TryState
from state.messages import MessagesState
from state.numbers import NumbersState
from state.onboarding import ChecklistState, WelcomeState
from state.operations import JobsState
from state.settings.calendar import CalendarState
from state.settings.devices import DevicesState
from state.settings.joining import JoiningState
from state.settings.keys import KeysState
from state.settings.organization import OrganizationState
from state.settings.profile import ProfileState
from state.settings.templates import TemplatesState
from state.settings.tool_servers import ToolServersState
from state.settings.voices import VoiceCopiesState
from state.team.activity import ActivityState
from state.team.members import MembersState
from state.team.teams import TeamsState
from state.tickets.listing import TicketsState


@dataclass(frozen=True)
class Route:
    """One page. `on_load` runs each time it opens, and again after a reconnect."""

    path: str
    draw: Callable[[], rx.Component]
    title: str
    on_load: list[Any] = field(default_factory=list)
    description: str = ""


DOORS = (
    Route("/", home_page, Landing.PAGE_TITLE, description=Landing.DESCRIPTION),
    Route("/signup", doors.sign_up_page, SignUp.TITLE, description=SignUp.DESCRIPTION),
    Route("/verify-email", doors.verify_email_page, VerifyEmail.TITLE, [DoorState.load]),
    Route("/login", doors.sign_in_page, SignIn.TITLE, description=SignIn.DESCRIPTION),
    Route(
        "/forgot-password",
        doors.forgot_password_page,
        ForgotPassword.TITLE,
        description=ForgotPassword.DESCRIPTION,
    ),
    Route("/reset-password", doors.reset_password_page, ResetPassword.TITLE, [DoorState.load]),
    # For people who are signed in but may belong to no organization yet, so without the frame.
    Route("/invitation", joining.invitation_page, Invitations.TITLE, [JoiningState.load]),
    Route("/organization/new", joining.new_organization_page, NewOrganization.TITLE),
)

ROOMS = (
    Route(inbox.ROUTE, inbox.inbox, inbox.TITLE, inbox.ON_LOAD),
    Route("/messages", messages_page, Messages.TITLE, [MessagesState.load]),
    Route("/contacts", contacts_page, Contacts.TITLE, [ContactListState.load]),
    Route("/contacts/import", import_page, ContactImports.TITLE, [ImportState.load]),
    Route("/contacts/[contact_id]", contact_page, Contacts.TITLE, [ContactState.load, ContactMemoryState.load]),
    Route(CALLS, calls_page, Calls.TITLE, [CallsState.load]),
    Route("/calls/[call_id]", call_page, Calls.TITLE, [CallPageState.load]),
    Route(TICKETS, tickets_page, Tickets.TITLE, [TicketsState.load]),
    Route("/agents", agents_page, Agents.TITLE, [AgentListState.load, ChecklistState.load]),
    Route("/agents/[agent_id]", agent_page, Agents.TITLE, [AgentState.load]),
    Route("/knowledge", knowledge_page, Knowledge.TITLE, [KnowledgeState.load]),
    Route("/knowledge/try", try_page, Knowledge.TRY, [TryState.load]),
    Route("/knowledge/gaps", gaps_page, Knowledge.GAPS, [GapState.load]),
    Route("/knowledge/[source_id]", source_page, Knowledge.TITLE, [KnowledgeState.load, SourcePageState.load]),
    Route(assistant.ROUTE, assistant.assistant_page, Assistant.TITLE, [AssistantState.load]),
    Route(chat_widget.ROUTE, chat_widget.chat_widget_page, ChatWidget.TITLE, [ChatWidgetState.load]),
    Route("/phone", phone_page, Phone.TITLE, [NumbersState.load, RecentsState.load, OwnPhoneState.load]),
    Route("/welcome", welcome_page, Welcome.TITLE, [WelcomeState.load]),
    Route("/team", members_page, Team.TITLE, [MembersState.load]),
    Route("/team/teams", teams_page, Team.TEAMS, [TeamsState.load]),
    Route("/team/activity", activity_page, Team.ACTIVITY, [ActivityState.load]),
    Route("/settings", account.profile_page, Settings.TITLE, [ProfileState.load]),
    Route("/settings/password", account.password_page, Settings.PASSWORD, [ProfileState.load]),
    Route("/settings/email", account.email_page, Settings.EMAIL, [ProfileState.load]),
    Route("/settings/devices", account.devices_page, Settings.SESSIONS, [DevicesState.load]),
    Route(
        "/settings/organization",
        organization.organization_page,
        Settings.ORGANIZATION,
        [OrganizationState.load, VoiceCopiesState.load],
    ),
    Route("/settings/templates", templates.templates_page, Settings.TEMPLATES, [TemplatesState.load]),
    Route(
        "/settings/connections",
        connections.connections_page,
        Connections.TITLE,
        [ToolServersState.load, CalendarState.load],
    ),
    Route("/settings/api-keys", keys.keys_page, Settings.KEYS, [KeysState.load]),
    Route("/admin/jobs", jobs_page, Operations.TITLE, [JobsState.load]),
)

# Old addresses in mails and bookmarks lead on; the page they lead to is drawn at once.
MOVED = (Route("/settings/team", members_page, Team.TITLE, [rx.redirect("/team", replace=True)]),)


# What a link to a page shows where it is shared; drawn from docs/images/social-card.svg. It needs a whole address.
_CARD = "/social-card.png"


def add_to(app: rx.App) -> None:
    """Add every page; the frame of signed-in pages loads before their own content."""
    card = f"{(rx.config.get_config().deploy_url or '').rstrip('/')}{_CARD}"
    for route in DOORS:
        app.add_page(
            route.draw,
            route=route.path,
            title=_title(route.title),
            image=card,
            on_load=route.on_load,
            **({"description": route.description} if route.description else {}),
        )
    for route in (*ROOMS, *MOVED):
        app.add_page(
            route.draw,
            route=route.path,
            title=_title(route.title),
            image=card,
            on_load=[*frame_events(), *route.on_load],
        )


def _title(words: str) -> str:
    return words if Common.PRODUCT in words else f"{words} · {Common.PRODUCT}"
