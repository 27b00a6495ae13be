"""The words of an agent's skills."""


class AgentSkills:
    """What the agent does by itself."""

    LEAD = (
        "Routines that start by the clock or by what happens. Each tells beforehand whom it reaches, keeps to your "
        "hours and the customer’s, and writes once for each occasion."
    )
    FAILED = "The skills could not be loaded"
    FAILED_SAFE = "Nothing was changed."
    CATEGORIES = (
        ("sales", "Sales"),
        ("operations", "Operations"),
        ("marketing", "Marketing"),
        ("research", "Research"),
    )
    SWITCH = "Run:"
    SET_UP = "Set up"
    SETTINGS = "Settings"
    HISTORY = "History"
    RUN_NOW = "Run now"
    FORGET = "Forget…"
    MORE = "More for"
    FORGET_TITLE = "Forget this skill?"
    FORGET_VERB = "Forget"
    FORGET_LOSS = (
        "Its settings and history go, and what waits is not sent. Texts that left stay in their conversations."
    )
    ON = "On"
    OFF = "Off"
    NOT_SET_UP = "Not set up"
    INCOMPLETE = "Not complete"
    NEXT = "Runs"
    LAST = "Last ran"
    SENT_WEEK = "sent in 7 days"
    WAITING = "waiting"

    SECRET_KEPT = "Kept; write to replace it"  # noqa: S105
    SECRET_HINT = "Kept encrypted, sent to that system alone, and never shown again."  # noqa: S105
    VARIABLES = "It may hold"
    NO_DATE_FIELD = "Your contacts have no field for a date yet. One is made under Contacts."
    AUDIENCE = "Who gets it"
    AUDIENCE_RECORD = "Whose conversations"
    AUDIENCE_LEAD = "Blocked customers and those who opted out never do."
    ONLY_AGENT = "Only customers this agent answered last"
    SKIP_UNHAPPY = "Leave out who sounded unhappy in the end"
    SKIP_WITH_PERSON = "Leave out whom a person is handling"
    TAGS_ANY = "Only with one of these tags"
    TAGS_NONE = "Never with one of these tags"
    ADD_TAG = "Add a tag"
    WINDOW = "When it may be sent"
    WINDOW_LEAD = (
        "By the clock where the customer’s number is from. What comes up outside waits for the next open hour. "
        "Never before 8:00 or after 21:00."
    )
    DAYS = (
        ("mon", "Mon"),
        ("tue", "Tue"),
        ("wed", "Wed"),
        ("thu", "Thu"),
        ("fri", "Fri"),
        ("sat", "Sat"),
        ("sun", "Sun"),
    )
    START = "From"
    END = "To"
    LIMIT = "At most on one day"
    LIMIT_HINT = "More wait for the next day."
    STARTS = "When it runs"
    TRIGGER = "Started"
    TRIGGERS = (("schedule", "By the clock"), ("on_demand", "Only by people"))
    INTERVAL = "How often"
    INTERVALS = (
        ("hours", "Every few hours"),
        ("daily", "Every day"),
        ("weekly", "Every week"),
        ("monthly", "Every month"),
    )
    TIME = "At"
    EVERY = "Hours between"
    DAY = "Day of the month"
    ZONE = "Time zone:"
    RECIPIENTS = "Who is told"
    RECIPIENTS_LEAD = "They get an email when there is something new."
    TRY = "Try without sending"
    TRYING = "Looking…"
    SAVE = "Save"
    SAVE_ON = "Save and switch on"

    TRIAL = "What it would do now"
    NOBODY = "Nobody is meant by these settings right now."
    WOULD = "would get it"
    LEFT = "left out"
    OVER = "of them wait for tomorrow because of the limit"
    PREVIEW_FOR = "What the next person gets:"
    PREVIEW_EXAMPLE = "What a customer would get, for example:"
    NOTHING_TO_TELL = "There is nothing to tell."

    TITLE_HISTORY = "History of"
    STATUS = "Status"
    STATUS_ANY = "All runs"
    STATUSES = (
        ("pending", "Starting"),
        ("running", "Waiting to send"),
        ("completed", "Done"),
        ("failed", "Failed"),
        ("cancelled", "Cancelled"),
    )
    EMPTY_TITLE = "It did not run yet"
    EMPTY_BODY = "Each run stands here with everybody it concerned, what came of it, and why somebody was left out."
    EMPTY_FILTERED = "No run has this status"
    EMPTY_FILTERED_BODY = "Show all runs to see the others."
    TRIED = "Tried, nothing sent"
    BY_CLOCK = "By the clock"
    BY_EVENT = "By what happened"
    BY_HAND = "By"
    SENT = "sent"
    MEANT = "would get it"
    OTHERS = "no longer needed"
    PEOPLE_CUT = "The first 100 are shown."
    NO_PEOPLE = "It concerned nobody."
    CANCEL = "Do not send the rest"
    LOAD_MORE = "Show older runs"
    OUTCOMES = (
        ("sent", "Sent", "success", "check"),
        ("waiting", "Waiting", "info", "clock"),
        ("would_send", "Would get it", "info", "check"),
        ("left_out", "Left out", "neutral", "ban"),
        ("answered", "In touch first", "neutral", "reply"),
        ("failed", "Failed", "danger", "circle_alert"),
        ("cancelled", "Cancelled", "neutral", "x"),
    )
    HAS_ANSWERED = "Answered"
