"""The words of an agent's functions."""


class AgentFunctions:
    """What the agent may call."""

    TITLE = "Functions of yours"
    LEAD = "Web addresses of your own systems that the agent may call: to look up an order, to book, to open a ticket."
    ADD = "Add function"
    EMPTY_TITLE = "It calls nothing yet"
    EMPTY_BODY = "Give it a function and it can look things up in your systems, or do something there."
    FAILED = "The functions could not be loaded"
    FAILED_SAFE = "Nothing was changed."
    EVERY = "Every agent"
    EVERY_LEAD = "All your agents may call these. A change holds at once, without publishing."
    OFF = "Off"
    NEEDS_VALUE = "A header has no value"
    SWITCH = "May be called:"
    MORE = "More for"
    EDIT = "Edit"
    TRY = "Try it"
    CALLS = "Calls"
    REMOVE = "Remove…"
    REMOVE_TITLE = "Remove this function?"
    REMOVE_LOSS = "The agent stops calling it once the draft is published. Its calls stay in the log for support."
    REMOVE_LOSS_SHARED = "No agent can call it from now on. It cannot be brought back."
    REMOVE_VERB = "Remove"

    SIGNING = "Proof that a call is yours"
    SIGNING_LEAD = (
        "With a signing secret every call carries X-Magpipe-Timestamp and X-Magpipe-Signature: the HMAC-SHA256, in "
        "hex, of the timestamp, a full stop and the body. Calls without a body sign their query."
    )
    SIGNED = "Calls are signed"
    UNSIGNED = "Calls are not signed"
    MAKE_SECRET = "Make a signing secret"  # noqa: S105
    NEW_SECRET = "Make a new secret"  # noqa: S105
    NEW_SECRET_TITLE = "Make a new signing secret?"  # noqa: S105
    NEW_SECRET_LOSS = (
        "Calls are signed with the new one at once. Systems that check the old one refuse them until told."  # noqa: S105
    )
    SECRET_TITLE = "Your signing secret"  # noqa: S105
    SECRET_LOSS = "Copy it now. It is not shown again."  # noqa: S105
    COPY_SECRET = "Copy the secret"  # noqa: S105
    SECRET_DONE = "I have copied it"  # noqa: S105

    NEW_TITLE = "Add a function"
    EDIT_TITLE = "Edit function"
    NAME = "Name"
    NAME_HINT = "Lower-case letters, digits and _."
    NAME_PLACEHOLDER = "look_up_order"
    DESCRIPTION = "When to call it"
    DESCRIPTION_PLACEHOLDER = "Look up the state of an order when a customer asks where it is."
    FOR_ALL = "Every agent may call it"
    FOR_ALL_HINT = "Off: only this agent, as part of its draft."
    METHOD = "Method"
    URL = "Address"
    URL_PLACEHOLDER = "https://api.example.com/orders/{{number}}"
    URL_HINT = "Parameters stand in double braces, and {{contact.phone}}, {{contact.name}} or your own variables."
    PARAMETERS = "What the agent fills in"
    PARAMETERS_LEAD = "The agent takes these from the conversation. Values of another type are refused."
    PARAMETER_NAME = "Parameter"
    PARAMETER_TYPE = "Type"
    PARAMETER_ABOUT = "What it is"
    PARAMETER_OPTIONS = "Choices, with commas"
    PARAMETER_REQUIRED = "Required"
    ADD_PARAMETER = "Add parameter"
    HEADERS = "Headers"
    HEADERS_LEAD = "Values are kept encrypted, sent to this server alone, and never shown again."
    HEADER_NAME = "Header"
    HEADER_VALUE = "Value"
    HEADER_KEPT = "Kept; write to replace it"
    ADD_HEADER = "Add header"
    QUERY = "Query"
    QUERY_NAME = "Name"
    QUERY_VALUE = "Value"
    ADD_QUERY = "Add to the query"
    BODY = "Body"
    BODY_HINT = "JSON with variables in quotes. Empty: all parameters, with the channel and the conversation’s id."
    BODY_PLACEHOLDER = '{"order": {"id": "{{number}}"}}'
    ANSWER = "What the agent reads of the answer"
    ANSWER_LEAD = "Without rows it reads all of it, up to 10,000 characters."
    ANSWER_NAME = "Name"
    ANSWER_PATH = "Path, such as $.order.status"
    ADD_ANSWER = "Pick a value"
    TIMEOUT = "Seconds to wait"
    TIMEOUT_HINT = "In a conversation at most 12 in all."
    RETRIES = "Tries again"
    RETRIES_HINT = "Only where nothing can happen twice."
    SAVE_DRAFT = "Save in the draft"
    SAVE = "Save"
    TYPES = (
        ("string", "Text"),
        ("number", "Number"),
        ("integer", "Whole number"),
        ("boolean", "Yes or no"),
        ("array", "List"),
        ("object", "Object"),
    )

    VIEW = "View"
    TRY_LEAD = "This really calls the address, with the values you give here."
    TRY_NOTHING = "This function takes no values."
    TRY_VERB = "Call it"
    TRYING = "Calling…"
    REQUEST = "Request"
    RESPONSE = "Answer"
    NO_ANSWER = "The answer was empty."
    CALLS_EMPTY_TITLE = "It was not called yet"
    CALLS_EMPTY_BODY = "Each call stands here with what was sent, what came back, and for whom."
    LOAD_MORE = "Show older calls"
    OK = "Answered"
    FAILED_CALL = "Failed"
    REFUSED = "Refused"
    RUNNING = "Running"
    WAITING = "Waits for approval"
    TEST = "Tried"
    ATTEMPTS = "times sent"
    CONVERSATION = "Conversation"


class AgentDetails:
    """What the agent finds out."""

    TITLE = "Details to find out"
    LEAD = (
        "The agent asks for these in the course of a conversation, checks them, and keeps them beside it. "
        "Prompts and functions name them {{like_this}}."
    )
    ADD = "Add detail"
    EMPTY = "It asks for nothing in particular."
    EVERY = "Every agent"
    MORE = "More for"
    EDIT = "Edit"
    REMOVE = "Remove…"
    REMOVE_TITLE = "Remove this detail?"
    REMOVE_LOSS = "The agent stops asking once the draft is published. What was found out stays."
    REMOVE_LOSS_SHARED = "No agent asks for it from now on. What was found out stays."
    REMOVE_VERB = "Remove"
    NEW_TITLE = "Add a detail"
    EDIT_TITLE = "Edit detail"
    NAME = "Name"
    NAME_HINT = "Lower-case letters, digits and _."
    NAME_PLACEHOLDER = "party_size"
    DESCRIPTION = "What it is"
    DESCRIPTION_PLACEHOLDER = "How many people will come"
    KIND = "Kind"
    KINDS = (("text", "Text"), ("number", "Number"), ("boolean", "Yes or no"), ("enum", "One of a few"))
    OPTIONS = "Choices"
    OPTIONS_HINT = "Separated by commas."
    LOW = "Least"
    HIGH = "Most"
    FORM = "Must be"
    FORMS = (
        ("", "Any text"),
        ("email", "An email address"),
        ("phone", "A phone number"),
        ("date", "A date"),
        ("url", "A web address"),
    )
    REQUIRED = "Needed"
    REQUIRED_HINT = "The agent asks until it knows."
    READ_BACK = "Read back"
    READ_BACK_HINT = "It counts once the customer said that it is right."
    FOR_ALL = "Every agent finds it out"
    FOR_ALL_HINT = "Off: only this agent, as part of its draft."
    SAVE_DRAFT = "Save in the draft"
    SAVE = "Save"


class AgentPolicies:
    """What an agent may do by itself."""

    TITLE = "What it may do"
    LEAD = (
        "Beside answering. With “Ask first” it shows the team in the inbox what it wants to do, and waits until "
        "somebody approves."
    )
    POLICY = "May it:"
    ALLOWED = "Allowed"
    ASK = "Ask first"
    OFF = "Off"
    ALWAYS = "Always"
    HINTS = {
        "hand_over_to_person": "Whoever asks for a person gets one.",
        "save_contact_name": "When customers say what they are called.",
        "save_details": "What you have it find out, below.",
        "transfer_conversation": "To those listed below.",
        "send_text": "To the customer’s own number, or to those listed below.",
        "send_email": "To the customer’s address on file, or to those listed below.",
    }
    RECIPIENTS = "Whom else it may write to"
    RECIPIENTS_LEAD = "People of your business, such as the kitchen or the office. It writes to nobody else."
    ADD_RECIPIENT = "Add somebody"
    ADD_RECIPIENT_TITLE = "Let it write to somebody"
    ADDRESS = "Phone number or email address"
    ADDRESS_HINT = "A number with its country code."
    LABEL = "Name"
    LABEL_HINT = "The agent calls them by this name."
    LABEL_HINT_TARGET = "The agent calls them by this name. Empty: as they are called here."
    TARGETS = "Whom it may transfer to"
    TARGETS_LEAD = "A person, a team, or another of your agents, who goes on with the conversation."
    ADD_TARGET = "Add a target"
    ADD_TARGET_TITLE = "Let it transfer to somebody"
    NUMBERS = "Whom it may put callers through to"
    NUMBERS_LEAD = (
        "Telephones of your business. Whoever is asked first hears who calls and why and presses 1 to take the call; "
        "the caller hears music meanwhile. If nobody takes the call, the agent goes on and says so."
    )
    ADD_NUMBER = "Add a telephone"
    ADD_NUMBER_TITLE = "Let it put callers through"
    NUMBER = "Phone number"
    MODE = "How"
    MODE_HINT = "At once: the agent leaves the call, and takes the caller back if nobody answers."
    MODES = (("warm", "Ask them first"), ("blind", "At once"))
    TARGET = "To whom"
    WHEN = "When"
    WHEN_PLACEHOLDER = "Questions about invoices and refunds"
    KINDS = {"person": "Person", "team": "Team", "agent": "AI agent"}
    REMOVE = "Remove"
    SAVE = "Save in the draft"
    COPYING = "Take samples of callers’ voices"
    COPYING_HINT = (
        "The agent asks the caller for consent in words that are always the same, and has them speak for half a "
        "minute. The voice stands under Settings, Organization."
    )
    COPYING_PRIVATE = "Only where everything said is kept: Personal details, in Configure."
    ASKING = "When it has to ask"
    ASKING_LEAD = "The conversation waits meanwhile. What the customer writes is answered afterwards."
    MINUTES = "Minutes to decide"
    MINUTES_HINT = "From 5 minutes to a week. After that it is not done."
    NOTICE = "Tell the customer that it has to ask"
    NOTICE_HINT = "Off: they hear nothing until the agent knows."
    MESSAGE = "In your words"
    MESSAGE_PLACEHOLDER = "I need to check this with a colleague first. I’ll get back to you here."
