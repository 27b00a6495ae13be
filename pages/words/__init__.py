"""Hold every word on screen, by page, so that texts are edited and translated in one place.

Sentence case, verbs on buttons, no internal ids, no vendor names. A page reads its own class; `Common` is shared.
"""

from pages.words.agent_functions import AgentDetails, AgentFunctions, AgentPolicies
from pages.words.agent_parts import (
    AgentConfigure,
    AgentDeployment,
    AgentMailbox,
    AgentNotifications,
    AgentPrompt,
    AgentSchedule,
    AgentTest,
)
from pages.words.agent_skills import AgentSkills
from pages.words.agent_tests import AgentCase, AgentProving, AgentReplay, AgentRound
from pages.words.agents import Agent, AgentHistory, AgentPublish, Agents, AgentTypes
from pages.words.alerts import AgentAlerts
from pages.words.analytics import AgentAnalytics, Charts
from pages.words.assistant import Assistant
from pages.words.calls import Calling, Calls, CallWords
from pages.words.chat_widget import ChatWidget
from pages.words.connections import AgentTools, Connections
from pages.words.contacts import Contact, ContactImports, Contacts, Facts, OwnFields
from pages.words.doors import (
    ForgotPassword,
    Forms,
    Invitations,
    Landing,
    NewOrganization,
    ResetPassword,
    SignIn,
    SignUp,
    VerifyEmail,
)
from pages.words.frame import Common, Crash, NotFound, PaletteWords, Public, Shell, Time
from pages.words.inbox import InboxBulk, InboxFilters, InboxList, InboxNew, InboxPage, InboxWhen
from pages.words.inbox_conversation import InboxComposer, InboxSide, InboxThread, InboxTimeline
from pages.words.knowledge import Knowledge, KnowledgeFiles
from pages.words.lines import Desk, LineWords, Ringing, TrialCall
from pages.words.memory import Memory
from pages.words.messages import Messages
from pages.words.operations import Operations
from pages.words.phone import Phone
from pages.words.settings import Settings
from pages.words.team import Activity, Team, Teams
from pages.words.templates import Templates
from pages.words.tickets import Tickets
from pages.words.welcome import Welcome

__all__ = [
    "Activity",
    "Agent",
    "AgentAlerts",
    "AgentAnalytics",
    "AgentCase",
    "AgentConfigure",
    "AgentDeployment",
    "AgentDetails",
    "AgentFunctions",
    "AgentHistory",
    "AgentMailbox",
    "AgentNotifications",
    "AgentPolicies",
    "AgentPrompt",
    "AgentProving",
    "AgentPublish",
    "AgentReplay",
    "AgentRound",
    "AgentSchedule",
    "AgentSkills",
    "AgentTest",
    "AgentTools",
    "AgentTypes",
    "Agents",
    "Assistant",
    "CallWords",
    "Calling",
    "Calls",
    "Charts",
    "ChatWidget",
    "Common",
    "Connections",
    "Contact",
    "ContactImports",
    "Contacts",
    "Crash",
    "Desk",
    "Facts",
    "ForgotPassword",
    "Forms",
    "InboxBulk",
    "InboxComposer",
    "InboxFilters",
    "InboxList",
    "InboxNew",
    "InboxPage",
    "InboxSide",
    "InboxThread",
    "InboxTimeline",
    "InboxWhen",
    "Invitations",
    "Knowledge",
    "KnowledgeFiles",
    "Landing",
    "LineWords",
    "Memory",
    "Messages",
    "NewOrganization",
    "NotFound",
    "Operations",
    "OwnFields",
    "PaletteWords",
    "Phone",
    "Public",
    "ResetPassword",
    "Ringing",
    "Settings",
    "Shell",
    "SignIn",
    "SignUp",
    "Team",
    "Teams",
    "Templates",
    "Tickets",
    "Time",
    "TrialCall",
    "VerifyEmail",
    "Welcome",
]
