"""Words of the parts of an agent's page."""


class AgentConfigure:
    """Who the agent is and how it speaks: labels and hints by field, words by choice."""

    WHO = "Who it is"
    WHO_LEAD = "These fill the words in double braces in its instructions."
    BASIC = "How it talks"
    BASIC_LEAD = "What it answers, in which language, and in which tone."
    VOICE = "Voice"
    VOICE_LEAD = "How it sounds on calls."
    CONVERSATION = "On a call"
    CONVERSATION_LEAD = "When it listens, speaks, waits and hangs up."
    OUTGOING = "When it calls somebody"
    OUTGOING_LEAD = "What it does when no person picks up."
    AI = "How it thinks"
    AI_LEAD = "The model thinks; these say how."
    LIMITS = "Limits"
    LIMITS_LEAD = "In one conversation and day. Once a limit is reached the team is called, and the agent waits."
    PRIVACY = "Privacy"
    PRIVACY_LEAD = "What is kept of what people say."
    TYPE_TITLE = "Change what it answers?"
    TYPE_LOSS = (
        "Its instructions were written for the other kind and may need a change. Nothing is lost, and customers see "
        "nothing of it until you publish."
    )
    TYPE_VERB = "Change it"
    LABELS = {
        "name": "Name",
        "organization_name": "Business name",
        "owner_name": "Owner’s name",
        "agent_role": "Role",
        "agent_type": "What it answers",
        "greeting": "Opening line",
        "system_prompt": "Instructions",
        "custom_functions": "Functions",
        "dynamic_variables": "Details to find out",
        "tool_policies": "What it may do",
        "transfer_targets": "Whom it may transfer to",
        "transfer_numbers": "Whom it may put callers through to",
        "voice_copying": "Take samples of callers’ voices",
        "message_recipients": "Whom else it may write to",
        "approval_minutes": "Minutes to decide",
        "approval_notice": "Tell the customer that it has to ask",
        "approval_message": "Message while it waits",
        "appointments": "Appointments",
        "mcp_tools": "Tools of servers",
        "variables": "Variables",
        "response_style": "Tone",
        "language": "Language",
        "translate_to": "Translate for the team",
        "voice_id": "Voice",
        "vetting_strategy": "Unknown callers",
        "agent_volume": "Volume",
        "voice_speed": "Speed",
        "voice_stability": "Steadiness",
        "ambient_sound": "Background sound",
        "ambient_sound_volume": "Background volume",
        "noise_suppression": "Noise suppression",
        "backchannel_enabled": "Shows that it listens",
        "backchannel_words": "Words it says meanwhile",
        "backchannel_frequency": "How often",
        "interrupt_sensitivity": "Easy to interrupt",
        "responsiveness": "Quick to answer",
        "idle_seconds": "Silence before a reminder, in seconds",
        "max_idle_reminders": "Most reminders",
        "max_call_duration": "Longest call, in seconds",
        "end_call_phrases": "Phrases that end the call",
        "pronunciations": "Pronunciations",
        "transfer_phone_number": "Put through to",
        "at_machine": "An answering machine",
        "at_screening": "A service asks who is calling",
        "voicemail_message": "Message it leaves",
        "llm_model": "Model",
        "temperature": "Variety",
        "max_tokens": "Longest reply, in tokens",
        "priority_sequencing": "Priority at the model",
        "vocabulary": "Special words",
        "max_conversation_turns": "Most answers",
        "max_conversation_cost": "Most spent on the model, in US dollars",
        "recording_enabled": "Record calls",
        "recording_notice": "Announcement of the recording",
        "pii_storage": "Personal details",
        "memory_enabled": "Remembers customers",
        "memory_config": "What it remembers",
        "semantic_memory_enabled": "Recalls similar conversations",
        "semantic_memory_config": "How it recalls similar conversations",
        "shared_memory_agent_ids": "Agents whose memory it reads",
        "calls_schedule": "Hours for calls",
        "texts_schedule": "Hours for texts",
        "chats_schedule": "Hours for chat",
        "emails_schedule": "Hours for email",
        "schedule_timezone": "Time zone",
        "holidays": "Holidays",
        "after_hours_action": "Outside the hours",
        "after_hours_message": "Message outside the hours",
        "after_hours_sms_forwarding": "Forward texts to",
        "after_hours_call_forwarding": "Forward calls to",
    }
    HINTS = {
        "name": "Customers learn it when they ask who answers.",
        "organization_name": "Empty: the name of your organization.",
        "agent_role": "For example: receptionist of a dental practice.",
        "translate_to": "Conversations in another language are also shown in this one.",
        "vetting_strategy": "What it asks before it puts somebody through.",
        "voice_stability": "Low sounds livelier, high more even.",
        "backchannel_words": "Separated by commas.",
        "interrupt_sensitivity": "High: a short word stops it.",
        "responsiveness": "Low: it waits longer before it speaks.",
        "max_idle_reminders": "0: it never reminds.",
        "pronunciations": "As written = as spoken, separated by commas: Nguyen = win, SQL = sequel.",
        "end_call_phrases": "Separated by commas. When it says one of these, the call ends.",
        "transfer_phone_number": "A number of yours, with its country code.",
        "at_screening": "Before it rings anybody, as some phones do.",
        "voicemail_message": "Empty: who called, for whom, and to call back. {{contact.first_name}} works here.",
        "temperature": "Low keeps to the same wording; high varies it.",
        "max_tokens": "300 tokens are about 200 words. It stays shorter when it can.",
        "priority_sequencing": "Quicker answers at busy times, for 10 cents a minute of calls.",
        "vocabulary": "Names and terms that are easy to mishear, separated by commas.",
        "max_conversation_turns": "Stops two machines that answer each other.",
        "max_conversation_cost": "A hundred usual answers cost between 10 cents and 2 dollars.",
        "recording_notice": "Said before a call that is recorded. Many places require it; empty says nothing.",
        "pii_storage": "Redacted: names, numbers and addresses are blackened before anything is kept.",
    }
    CHOICES = {
        "response_style": {
            "professional": "Professional", "friendly": "Friendly", "casual": "Casual", "formal": "Formal"
        },
        "language": {
            "en-US": "English", "multi": "The customer’s language", "es": "Español", "fr": "Français", "de": "Deutsch"
        },
        "translate_to": {"": "Off", "en": "English", "fr": "Français", "es": "Español", "de": "Deutsch"},
        "vetting_strategy": {
            "name-and-purpose": "Name and reason (recommended)", "strict": "Strict", "lenient": "Lenient"
        },
        "at_machine": {"hang_up": "Hangs up", "leave_message": "Leaves a message after the beep"},
        "at_screening": {"talk": "Says who calls and why", "hang_up": "Hangs up"},
        "ambient_sound": {
            "off": "None",
            "coffee-shop": "Coffee shop",
            "convention-hall": "Convention hall",
            "summer-outdoor": "Outdoors in summer",
            "mountain-outdoor": "Outdoors in the mountains",
            "call-center": "Call centre",
        },
        "noise_suppression": {"high": "High", "medium": "Medium", "low": "Low", "off": "Off"},
        "pii_storage": {"enabled": "Kept", "disabled": "Not kept", "redacted": "Redacted"},
        "after_hours_action": {
            "message": "Reply with a message",
            "forward": "Reply, and forward to a number",
            "take_message": "Take a message for the team",
            "silent": "Stay silent",
        },
    }  # fmt: skip
    ON = "On"
    OFF = "Off"


class AgentPrompt:
    """The prompt."""

    LABEL = "Instructions"
    HINT = (
        "Say who it is, what it helps with, what it must not promise, and when to call a person. "
        "Type {{ for a variable."
    )
    INSERT = "Insert a variable"
    WORDS = "words"
    ABOUT = "about"
    TOKENS = "tokens"
    OVER = "over the limit"
    FULL = "See the full prompt"
    FULL_LEAD = "What the model reads before the conversation, with today’s values filled in."
    RESTORE = "Restore the default"
    RESTORE_TITLE = "Restore the default instructions?"
    RESTORE_LOSS = "Your own wording leaves the draft. Published versions keep it."
    RESTORE_VERB = "Replace my instructions"
    GREETING = "Opening line"
    GREETING_HINT = "Said first in a new conversation. Empty: it answers straight away."
    VARIABLES = "Your own variables"
    VARIABLES_LEAD = "Facts you use in several places of the instructions, written {{like_this}}."
    VARIABLE = "Variable"
    VALUE = "Value"
    VARIABLE_PLACEHOLDER = "booking_link"
    VALUE_PLACEHOLDER = "northdental.example/book"
    ADD_VARIABLE = "Add variable"
    CONTACT_FIRST_NAME = "Customer’s first name"
    CONTACT_NAME = "Customer’s name"
    CONTACT_PHONE = "Customer’s number"
    BUSINESS_NAME = "Business"
    AGENT_NAME = "Agent"
    AGENT_ROLE = "Role"
    OWNER_NAME = "Owner"
    OWNER_FIRST_NAME = "Owner’s first name"
    NOW = "Date and time"
    IMPROVE = "Improve with AI"
    IMPROVE_TITLE = "Improve the instructions"
    IMPROVE_LEAD = "The model proposes a wording. You see each change and decide."
    WISH = "What should become better"
    WISH_PLACEHOLDER = "Shorter, and stricter about prices"
    ASK = "Propose"
    ASKING = "Writing a proposal…"
    ACCEPT = "Use this wording"
    LOST = "These variables would be gone:"
    MENTION_TITLE = "Change the name in the instructions"
    CHANGED_LINES = "Changed lines"


class AgentDeployment:
    """How the agent is reached."""

    NUMBERS = "Numbers"
    LEAD = "Texts to these numbers are answered by this agent."
    LEAD_VOICE = "It is the voice of these numbers, and answers their texts when no text agent does."
    LEAD_OUTBOUND = "Calls by this agent show one of these numbers."
    SERVES = "Serves"
    OTHERS = "Your other numbers"
    SLOT_CALLS = "Calls"
    SLOT_TEXTS = "Texts"
    SLOT_OUTBOUND = "Outgoing"
    NOBODY = "nobody"
    USE = "Use for this agent"
    TAKE = "Take over from"
    STOP = "Stop serving"
    EMPTY_TITLE = "This agent has no number yet"
    EMPTY_BODY = "Choose one of your numbers, or get a new one."
    GET = "Get a number"
    WIDGETS = "Chat widgets"
    WIDGETS_LEAD = "Visitors of these websites chat with this agent."
    NO_WIDGET_TITLE = "This agent stands on no website yet"
    NO_WIDGET_BODY = "Make a chat widget and put its one line of code into your site."
    MAKE_WIDGET = "Make a chat widget"
    WIDGET_SETTINGS = "Settings"
    WIDGET_ON = "Shown"
    WIDGET_OFF = "Hidden"
    EMBED = "Copy embed code"
    ANY_SITE = "Any website"


class AgentMailbox:
    """The mailbox of an agent that answers emails."""

    NONE_TITLE = "No mailbox is connected"
    NONE_BODY = "Connect one, and have your mail forwarded to it. At first the agent drafts, and you approve."
    CONNECT = "Connect a mailbox"
    ANSWERS = "Answering"
    ANSWERS_LEAD = "What the agent does with the emails that arrive here."
    ACTIVE = "Mailbox is on"
    ACTIVE_HINT = "Off, emails still come to the inbox, and nobody writes from here."
    MODE = "The agent"
    OFF = "Stays silent"
    DRAFT = "Drafts"
    AUTO = "Answers"
    OFF_HINT = "People answer every email."
    DRAFT_HINT = "It writes a draft into the inbox, which leaves when somebody approves it."
    AUTO_HINT = "It answers by itself, and hands over to people when it does not know."
    SENDER = "Name of the sender"
    SENDER_HINT = "Customers see it beside the address."
    FORWARDING = "Getting mail here"
    FORWARDING_LEAD = "Three steps, once."
    PUBLIC = "Your own address"
    PUBLIC_HINT = "The one your customers write to, like hello@yourbusiness.com."
    FORWARD = "With whoever hosts that address, forward its mail to this one:"
    COPY = "Copy address"
    TEST_LEAD = "Check that it works. We write to your address and wait for the email to arrive here."
    TEST = "Send a test email"
    TEST_AGAIN = "Send another test"
    VERIFIED = "Mail arrives"
    WAITING = "Waiting for the test"
    WAITING_HINT = "It usually takes less than a minute. Sent"
    UNTESTED = "Not tested yet"
    DETACH = "Detach this mailbox"
    DETACH_TITLE = "Detach this mailbox?"
    DETACH_LOSS = (
        "Emails to its address will not arrive any more. What came before stays in the inbox. A new mailbox gets a new"
        " address."
    )


class AgentSchedule:
    """When the agent answers."""

    WHEN = "When it answers"
    CHANNEL = "Channel"
    CALLS = "Calls"
    TEXTS = "Texts"
    CHAT = "Chat"
    EMAIL = "Email"
    ALWAYS = "Always"
    HOURS = "During these hours"
    ZONE = "Time zone"
    OPEN_NOW = "Open now"
    CLOSED_NOW = "Closed now"
    OPENS = "Opens"
    CLOSED_DAY = "Closed"
    FROM = "From"
    TO = "To"
    NEXT_DAY = "next day"
    ADD_RANGE = "Add hours"
    REMOVE_RANGE = "Remove these hours"
    COPY_TO_ALL = "Copy to every day"
    HOLIDAYS = "Holidays"
    HOLIDAYS_LEAD = "On these days it keeps other hours on every channel. Without hours it is closed."
    HOLIDAY_DATE = "Date"
    HOLIDAY_NAME = "Name"
    HOLIDAY_NAME_PLACEHOLDER = "Christmas Day"
    HOLIDAY_START = "Open from"
    HOLIDAY_END = "Until"
    HOLIDAY_YEARLY = "Every year"
    HOLIDAY_ADD = "Add holiday"
    HOLIDAY_REMOVE = "Remove this holiday"
    AFTER = "Outside these hours"
    AFTER_LEAD = "What happens when somebody writes or calls while it is closed."
    ACTION = "It should"
    AFTER_MESSAGE = "Message to the customer"
    AFTER_MESSAGE_HINT = "Sent once per closed period. Empty: that you are closed, and when you open."
    AFTER_MESSAGE_PLACEHOLDER = "Thanks for your text. We are closed and answer from 9 in the morning."
    FORWARD = "Forward texts to"
    FORWARD_CALLS = "Forward calls to"
    FORWARD_HINT = "A phone number of yours, with its country code."
    DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class AgentNotifications:
    """What the person is told of."""

    LEAD = "Only you see and change these. Your team members have their own."
    SCOPE = "Settings for"
    THIS = "This agent"
    DEFAULTS = "All my agents"
    FOLLOWS = "This agent follows what you set for all your agents. Changing anything here makes it differ."
    DIFFERS = "This agent differs from what you set for all your agents."
    FOLLOW = "Follow it again"
    EMAIL = "Email"
    SMS = "Text message"
    EMAIL_ON = "Send me emails"
    SMS_ON = "Send me texts"
    EMAIL_ADDRESS = "Email address"
    EMAIL_ADDRESS_HINT = "Empty: the address you sign in with."
    SMS_ADDRESS = "Phone number"
    SMS_ADDRESS_HINT = "With its country code. Texts cost what your numbers’ texts cost."
    WHEN = "Tell me of"
    NEEDS_PERSON = "Conversations that need a person"
    TICKETS = "New tickets"
    INBOUND = "Every message from customers"
    ALL = "Every message, ours too"
    INCLUDES = "It includes"
    CONTACT = "Who it is"
    AGENT = "The agent"
    MESSAGE = "The message"
    PREFIX = "Begins with"
    PREFIX_PLACEHOLDER = "[Front desk]"
    TEST = "Send a test"


class AgentTest:
    """Talk with the agent before customers do."""

    LEAD = "You talk with the draft. Nobody is texted and nothing is stored."
    CHANNEL = "Try it as"
    AS_TEXT = "Text"
    AS_CHAT = "Chat"
    AS_EMAIL = "Email"
    PLACEHOLDER = "Write as a customer"
    SEND = "Send"
    THINKING = "Answering…"
    CLEAR = "Start over"
    YOU = "Customer"
    FIRST = "Ask something a customer would ask."
    TRY_HOURS = "Are you open on Sunday?"
    TRY_PRICE = "What does it cost?"
    TRY_PERSON = "Can I talk to a person?"
    WHY = "Why this answer"
    WHY_EMPTY = "Sources, tools and timings of the latest answer appear here."
    SOURCES = "What it read"
    NO_SOURCES = "Nothing from what it knows matched."
    TOOLS = "What it did"
    MODEL = "Model"
    TIME = "Time"
    TOKENS = "Tokens"
    COST = "Cost"
    PROMPT = "Full prompt"
    UNANSWERED = "It did not know"
    HANDED_OVER = "Handed over to people because"
