"""Words of the team: its members, its teams, and who did what."""


class Team:
    """/team"""

    TITLE = "Team"
    SECTIONS = "Sections of the team"
    MEMBERS = "Members"
    TEAMS = "Teams"
    ACTIVITY = "Activity"

    SEARCH = "Search by name or email"
    STATUS = "Show"
    ALL = "All"
    NO_MATCH_TITLE = "Nobody matches"
    NO_MATCH_BODY = "Search for another name, or show everybody again."
    CLEAR_FILTERS = "Show everybody"
    FAILED = "The team could not be loaded"
    FAILED_SAFE = "Nobody’s access has changed."
    READ_ONLY = "Owners invite people and change roles. You see who is here; ask one of them for a change."

    ROLE = "Role"
    ROLE_OF = "Role of {name}: {role}"
    OWNER = "Owner"
    EDITOR = "Editor"
    SUPPORT = "Support"
    OWNER_MAY = "Everything, with the team, the organization and who did what."
    EDITOR_MAY = "Agents, numbers, contacts and conversations. Not the team or the organization."
    SUPPORT_MAY = "Reads everything, answers conversations and keeps contacts."
    LAST_OWNER = "The only owner. Make somebody else an owner before this one can change or go."
    YOU = "you"

    PENDING = "Invited"
    EXPIRED = "Invitation expired"
    SUSPENDED = "Suspended"
    INVITED_BY = "Invited by"
    ACTIONS = "More for"
    SEND_AGAIN = "Send the invitation again"
    WITHDRAW = "Withdraw the invitation"
    SUSPEND = "Suspend"
    REACTIVATE = "Let in again"
    REMOVE = "Remove from the team"
    LEAVE = "Leave the team"

    INVITE = "Invite"
    INVITE_TITLE = "Invite to the team"
    INVITE_LEAD = "They get a link by email, valid for 60 days. An account can be made on the way."
    INVITE_NAME = "Name"
    INVITE_SEND = "Send invitation"

    REMOVE_TITLE = "Remove from the team?"
    REMOVE_VERB = "Remove"
    REMOVE_LOSS = "They lose access at once, on all devices. What they wrote stays, and what they planned is sent."
    LEAVE_TITLE = "Leave the team?"
    LEAVE_VERB = "Leave"
    LEAVE_LOSS = "You lose access at once, on all devices. What you wrote stays. An owner can invite you again."
    WITHDRAW_TITLE = "Withdraw the invitation?"
    WITHDRAW_VERB = "Withdraw the invitation of"
    WITHDRAW_LOSS = "The link in the email stops working. You can invite them again."
    HAND_TO = "Who gets their conversations"
    HAND_TO_YOURS = "Who gets your conversations"
    NOBODY = "Nobody: they wait as unassigned"
    PEOPLE = "People"
    IN_TURN = "Teams, in turn"
    ONE_WAITS = "1 conversation is open or snoozed."
    MANY_WAIT = "{n} conversations are open or snoozed."
    NONE_WAITS = "No conversation of theirs is open now."
    NONE_WAITS_YOU = "No conversation of yours is open now."


class Teams:
    """/team/teams"""

    LEAD = (
        "A conversation can be given to a team, or to whoever’s turn it is in it. People who are away are passed over."
    )
    EMPTY_TITLE = "No teams yet"
    EMPTY_BODY = (
        "Put people who answer the same questions in a team, such as “Reception” or “Billing”. Conversations can then"
        " be given to the team, or to its people in turn."
    )
    NEW = "New team"
    FAILED = "The teams could not be loaded"
    FAILED_SAFE = "Conversations stay with whoever has them."
    READ_ONLY = "Owners make teams and choose who is in them."
    ONE = "1 person"
    MANY = "people"
    NOBODY = "Nobody is in this team yet."
    ALL_AWAY = "Everybody is away: conversations given in turn wait as unassigned."
    AWAY = "Away"
    PEOPLE = "Choose people"
    PEOPLE_OF = "Choose the people of"
    TAKE_OFF = "Take off the team:"
    ACTIONS = "More for"
    RENAME = "Rename"
    DELETE = "Delete"
    NAME = "Name"
    NAME_HINT = "What your people call it, for example “Reception”."
    RENAME_TITLE = "Rename the team"
    CREATE = "Create team"
    DELETE_TITLE = "Delete this team?"
    DELETE_VERB = "Delete"
    DELETE_LOSS = "Its conversations stay with the people who have them. Nobody loses access. This cannot be undone."


class Activity:
    """/team/activity"""

    LEAD = "What people and their programs changed, newest first."
    OWNERS_TITLE = "Only owners see this"
    OWNERS_BODY = "Who changed what is kept for the owners of the organization. Ask one of them."
    EMPTY_TITLE = "Nothing has happened yet"
    EMPTY_BODY = (
        "Each change of the team, agents, numbers, contacts and keys is written down here with who made it and when."
    )
    NO_MATCH_TITLE = "Nothing matches"
    NO_MATCH_BODY = "Nobody did this in these days. Choose another person, subject or time."
    CLEAR_FILTERS = "Show everything"
    FAILED = "The activity could not be loaded"
    FAILED_SAFE = "Everything is written down all the same."
    EXPORT = "Export"
    PERSON = "Person"
    ANYBODY = "Anybody"
    SUBJECT = "About"
    ANYTHING = "Anything"
    FROM = "From"
    TO = "To"
    MORE = "Show older"
    SYSTEM = "Magpipe"
    BY_API = "By API key"
    BY_ASSISTANT = "By the assistant"
    BY_OPERATOR = "By the platform’s support"

    SUBJECTS = {
        "agent": "Agents",
        "alerts": "Alerts",
        "approval": "Approvals",
        "calendar": "Calendar",
        "call": "Calls",
        "contact": "Contacts",
        "contact_field": "Contact fields",
        "contact_import": "Contact imports",
        "details": "Details to find out",
        "functions": "Functions",
        "key": "API keys",
        "knowledge": "Knowledge",
        "mailbox": "Mailboxes",
        "mcp_server": "Tool servers",
        "member": "Members",
        "memory": "Memory",
        "number": "Numbers",
        "organization": "Organization",
        "proposal": "Assistant",
        "skill": "Skills",
        "tag": "Tags",
        "team": "Teams",
        "tests": "Tests",
        "ticket": "Tickets",
        "voice": "Copied voices",
        "widget": "Chat widgets",
    }
    # What somebody did, before the name of what they did it to.
    PHRASES = {
        "agent:created": "created the agent",
        "agent:updated": "changed the agent",
        "agent:published": "published the agent",
        "agent:draft discarded": "discarded the draft of the agent",
        "agent:deleted": "deleted the agent",
        "agent:restored": "brought back the agent",
        "agent:switched on": "switched on the agent",
        "agent:switched off": "switched off the agent",
        "alerts:saved": "saved the alert",
        "alerts:switched": "switched an alert on or off",
        "alerts:deleted": "deleted the alert",
        "approval:approved": "approved what an agent asked for:",
        "approval:refused": "refused what an agent asked for:",
        "calendar:connected": "connected the calendar",
        "calendar:disconnected": "disconnected the calendar",
        "call:exported": "exported calls",
        "call:goodbye": "had the agent say goodbye in a call",
        "call:hold": "put a caller on hold, or took them back",
        "call:listen": "listened in on a call",
        "call:speak": "spoke with a caller instead of the agent",
        "call:transfer": "had somebody rung to take a call",
        "call:whisper": "whispered to the agent in a call",
        "call:emptied": "removed old recordings and transcripts",
        "contact:created": "added the contact",
        "contact:updated": "changed the contact",
        "contact:deleted": "deleted",
        "contact:restored": "brought back",
        "contact:tagged": "tagged",
        "contact:untagged": "took tags off",
        "contact:merged": "merged another contact into",
        "contact:merged away": "merged into another contact:",
        "contact:erased": "erased a person",
        "contact:exported": "exported contacts",
        "contact:blocked": "blocked",
        "contact:unblocked": "unblocked",
        "contact:opted in": "recorded the opt-in of",
        "contact:opted out": "recorded the opt-out of",
        "contact_field:created": "added the contact field",
        "contact_field:updated": "changed the contact field",
        "contact_field:deleted": "deleted the contact field",
        "contact_import:started": "started an import of contacts",
        "contact_import:cancelled": "cancelled an import of contacts",
        "details:saved": "saved the detail to find out",
        "details:removed": "removed the detail to find out",
        "functions:saved": "saved the function",
        "functions:removed": "removed the function",
        "functions:signing secret renewed": "renewed the secret that signs calls of functions",
        "key:created": "created the API key",
        "key:revoked": "revoked an API key",
        "knowledge:added": "added the knowledge",
        "knowledge:updated": "changed the knowledge",
        "knowledge:removed": "removed the knowledge",
        "knowledge:synced": "fetched the knowledge again:",
        "knowledge:gap answered": "answered a question agents could not",
        "knowledge:gap dismissed": "put away a question agents could not answer",
        "knowledge:gap open": "brought back a question agents could not answer",
        "mailbox:connected": "connected a mailbox",
        "mailbox:changed": "changed a mailbox",
        "mailbox:detached": "detached a mailbox",
        "mcp_server:connected": "connected the tool server",
        "mcp_server:secret replaced": "replaced the secret of the tool server",
        "mcp_server:removed": "removed the tool server",
        "member:invited": "invited",
        "member:invited again": "sent another invitation to",
        "member:joined": "joined the team",
        "member:role changed": "changed the role of",
        "member:own phone changed": "changed the own phone of",
        "member:suspended": "suspended",
        "member:reactivated": "let in again",
        "member:removed": "took off the team",
        "memory:corrected": "corrected what agents remember of a contact",
        "memory:struck": "struck out something agents remember of a contact",
        "memory:forgotten": "had agents forget a contact",
        "memory:cleared": "cleared the memory of an agent",
        "memory:changed": "changed the memory of a contact",
        "number:bought": "bought the number",
        "number:released": "released the number",
        "number:renamed": "renamed a number to",
        "number:assigned": "gave a number to an agent",
        "number:switched on": "switched on a number",
        "number:switched off": "switched off a number",
        "organization:created": "created the organization",
        "organization:updated": "changed the organization",
        "proposal:done": "confirmed what the assistant proposed",
        "proposal:dismissed": "declined what the assistant proposed",
        "skill:changed": "changed the skill",
        "skill:removed": "removed the skill",
        "skill:cancelled": "cancelled messages of a skill",
        "tag:updated": "changed the tag",
        "tag:deleted": "deleted the tag",
        "team:created": "created the team",
        "team:renamed": "renamed a team to",
        "team:deleted": "deleted the team",
        "team:member added": "added somebody to the team",
        "team:member removed": "took somebody off the team",
        "tests:started": "ran the tests",
        "tests:cancelled": "stopped tests",
        "tests:suite saved": "saved the tests",
        "tests:suite removed": "removed the tests",
        "tests:case saved": "saved the test case",
        "tests:case removed": "removed the test case",
        "ticket:opened": "opened the ticket",
        "ticket:changed": "changed the ticket",
        "ticket:closed": "closed the ticket",
        "ticket:reopened": "reopened the ticket",
        "ticket:exported": "exported tickets",
        "voice:copied": "had the voice of a caller copied",
        "voice:removed": "deleted the copied voice",
        "widget:created": "created the chat widget",
        "widget:updated": "changed the chat widget",
        "widget:deleted": "deleted the chat widget",
        "widget:secret renewed": "renewed the secret of a chat widget",
    }
