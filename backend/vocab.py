"""Name the values that cross every layer: each enum's values are the wire values and the database's."""

from enum import StrEnum


class MemberRole(StrEnum):
    """What a person may do in an organization; each includes the ones below it."""

    OWNER = "owner"
    EDITOR = "editor"
    SUPPORT = "support"


class PlatformRole(StrEnum):
    """What a person may do on the platform as a whole."""

    USER = "user"
    SUPPORT = "support"
    ADMIN = "admin"
    GOD = "god"


class AccountStatus(StrEnum):
    """Whether an account may sign in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    BANNED = "banned"


class MemberStatus(StrEnum):
    """Where a membership stands."""

    PENDING = "pending"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class CodePurpose(StrEnum):
    """What a one-time code lets its holder do."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105
    CHANGE_EMAIL = "change_email"


class AgentType(StrEnum):
    """The five kinds of agent."""

    INBOUND_VOICE = "inbound_voice"
    OUTBOUND_VOICE = "outbound_voice"
    TEXT = "text"
    EMAIL = "email"
    CHAT_WIDGET = "chat_widget"


class Channel(StrEnum):
    """How a message travels."""

    SMS = "sms"
    CALL = "call"
    EMAIL = "email"
    CHAT = "chat"


class Direction(StrEnum):
    """Which way a message travels, seen from the business."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class MailboxMode(StrEnum):
    """What an agent does with the emails of its mailbox: nothing, drafts for a person to approve, or answers."""

    OFF = "off"
    DRAFT = "draft"
    AUTO = "auto"


class MessageStatus(StrEnum):
    """Where a text stands. Sending may only move forward (see `messaging.statuses`)."""

    RECEIVED = "received"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CallStatus(StrEnum):
    """Where a call stands; it only moves forward, and the last five are its ends (see `calls.projection`)."""

    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELED = "canceled"


# Whom an agent puts a caller through to where its number has people take calls at their browsers.
THE_TEAM = "the team"


class AnsweredBy(StrEnum):
    """Who takes the calls to a number, and in which order."""

    AGENT = "agent"
    PEOPLE = "people"
    PEOPLE_THEN_AGENT = "people_then_agent"
    AGENT_THEN_PEOPLE = "agent_then_people"
    """People are rung when the agent puts a caller through to the team, or cannot be reached."""


class WaitOutcome(StrEnum):
    """What came of a caller's wait for people; empty in the database while it lasts."""

    TAKEN = "taken"
    MISSED = "missed"


class Disposition(StrEnum):
    """What came of a call; empty in the database while nobody can tell."""

    ANSWERED_BY_AGENT = "answered_by_agent"
    ANSWERED_BY_PERSON = "answered_by_person"
    TRANSFERRED = "transferred"
    FORWARDED = "forwarded"
    FORWARD_FAILED = "forward_failed"
    VOICEMAIL = "voicemail"
    SCREENED_OUT = "screened_out"
    AFTER_HOURS = "after_hours"
    BLOCKED = "blocked"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    CANCELED = "canceled"


class CallOutcome(StrEnum):
    """What a call that was talked through led to, as a model read it."""

    RESOLVED = "resolved"
    BOOKED = "booked"
    FOLLOW_UP = "follow_up"
    NOT_INTERESTED = "not_interested"
    WRONG_NUMBER = "wrong_number"
    UNCLEAR = "unclear"


class ConversationStatus(StrEnum):
    """Where a conversation stands in the team's day."""

    OPEN = "open"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class AnswerMode(StrEnum):
    """Who answers a conversation: the agent, the agent after a person approves, or people."""

    AI = "ai"
    DRAFT = "draft"
    HUMAN = "human"


class ItemKind(StrEnum):
    """What one row of a timeline is."""

    MESSAGE = "message"
    NOTE = "note"
    EVENT = "event"
    DRAFT = "draft"
    APPROVAL = "approval"
    CALL = "call"


class AuthorKind(StrEnum):
    """Who stands behind an item."""

    CONTACT = "contact"
    AGENT = "agent"
    MEMBER = "member"
    SYSTEM = "system"


class TurnStatus(StrEnum):
    """How far an agent's turn came."""

    RUNNING = "running"
    WAITING = "waiting"
    ANSWERED = "answered"
    DRAFTED = "drafted"
    HANDED_OFF = "handed_off"
    SKIPPED = "skipped"


class ToolKind(StrEnum):
    """Whose a tool is: of the conversation itself, the product, people's functions, their calendar, or a server."""

    OWN = "own"
    ACTION = "action"
    FUNCTION = "function"
    CALENDAR = "calendar"
    MCP = "mcp"


class ToolPolicy(StrEnum):
    """What an agent's settings say of a tool."""

    ALLOWED = "allowed"
    ASK = "ask"
    OFF = "off"


class TransferMode(StrEnum):
    """How an agent puts a caller through: at once, or after whoever is rung said that they take them."""

    BLIND = "blind"
    WARM = "warm"


class Authority(StrEnum):
    """Who allowed a call: nobody (yet), the agent's settings, or a person."""

    NOBODY = ""
    POLICY = "policy"
    PERSON = "person"


class ToolCallStatus(StrEnum):
    """How far the call of a tool came; of an uncertain one nobody knows whether it was done."""

    WAITING = "waiting"
    APPROVED = "approved"
    RUNNING = "running"
    OK = "ok"
    REFUSED = "refused"
    EXPIRED = "expired"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class RecordingStatus(StrEnum):
    """How far a recording came: it is made, it is brought from a vendor, it can be heard, or there is none."""

    RECORDING = "recording"
    FETCHING = "fetching"
    READY = "ready"
    MISSING = "missing"


class VoiceCopyStatus(StrEnum):
    """Whether a copied voice can be spoken with: the vendor makes it, has it, or will not; or it is being removed."""

    SUBMITTING = "submitting"
    READY = "ready"
    FAILED = "failed"
    REMOVING = "removing"


class TicketStatus(StrEnum):
    """Whether somebody still has to do something about a ticket."""

    OPEN = "open"
    CLOSED = "closed"


class TicketPriority(StrEnum):
    """How soon a ticket is to be dealt with, the least pressing first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class ActionStatus(StrEnum):
    """Where a scheduled action stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TagColour(StrEnum):
    """The colours a tag may have; the design system holds a tone for each."""

    GREY = "grey"
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    TEAL = "teal"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"


class FieldKind(StrEnum):
    """What a field of a contact holds that a business invented."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"


class ConsentSource(StrEnum):
    """How we know that a person agreed or refused."""

    KEYWORD = "keyword"
    CARRIER = "carrier"
    MANUAL = "manual"
    IMPORT = "import"
    API = "api"
    MERGE = "merge"


class DuplicatePolicy(StrEnum):
    """What an import does with a row whose person is known already."""

    SKIP = "skip"
    UPDATE = "update"
    CREATE = "create"


class ImportStatus(StrEnum):
    """Where the reading of a file stands."""

    UPLOADED = "uploaded"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ErasureStatus(StrEnum):
    """Where the erasing of a person stands."""

    RUNNING = "running"
    DONE = "done"


class SourceKind(StrEnum):
    """What a source of knowledge is."""

    TEXT = "text"
    PAIRS = "pairs"
    FILE = "file"
    PAGE = "page"
    SITE = "site"
    SITEMAP = "sitemap"


class SyncPeriod(StrEnum):
    """How often an address is read again."""

    NEVER = "never"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class CrawlStatus(StrEnum):
    """Where the reading of an address stands."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"


class PageStatus(StrEnum):
    """How the reading of a page ended. A kept page could not be read this time, and what it said before stays."""

    WAITING = "waiting"
    READ = "read"
    SKIPPED = "skipped"
    KEPT = "kept"
    GONE = "gone"
    FAILED = "failed"


class FactKind(StrEnum):
    """What a remembered fact is about; a need is told to the agent whatever the question."""

    NEED = "need"
    PREFERENCE = "preference"
    DETAIL = "detail"
    PLAN = "plan"


class FactOrigin(StrEnum):
    """How a fact came to be remembered: said by the contact, corrected at their word, or written by the team."""

    SAID = "said"
    CORRECTED = "corrected"
    TEAM = "team"


class GapStatus(StrEnum):
    """What became of a question that no agent could answer."""

    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class AlertAction(StrEnum):
    """What an alert does when a message is about its topic."""

    SMS = "sms"
    EMAIL = "email"
    SLACK = "slack"
    HUBSPOT = "hubspot"
    WEBHOOK = "webhook"


class MatchStatus(StrEnum):
    """Where a match of an alert stands."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    """It may have arrived, and nobody can tell: a person decides whether to send it again."""
    HELD = "held"
    """The alert had just fired; nothing was sent."""


class RunStatus(StrEnum):
    """Where one run of a skill stands."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DeliveryOutcome(StrEnum):
    """What came of a skill's message for one person; a dry run only says what would be sent."""

    WAITING = "waiting"
    SENT = "sent"
    WOULD_SEND = "would_send"
    LEFT_OUT = "left_out"
    ANSWERED = "answered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RoundKind(StrEnum):
    """What a round runs: the cases of tests, or past conversations."""

    TESTS = "tests"
    REPLAY = "replay"


class RoundStatus(StrEnum):
    """How far a round came."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class CaseStatus(StrEnum):
    """How far one case, or one turn of a replay, came. A broken one proved nothing: no model answered, for example."""

    QUEUED = "queued"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    CANCELLED = "cancelled"


class Ending(StrEnum):
    """How a tested conversation ended."""

    SCRIPT_OVER = "script_over"
    REACHED = "reached"
    GAVE_UP = "gave_up"
    HANDED_OVER = "handed_over"
    SILENT = "silent"
    OUT_OF_TURNS = "out_of_turns"
