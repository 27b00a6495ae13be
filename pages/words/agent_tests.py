"""The words of an agent's tests, and of replaying conversations before publishing."""


class AgentProving:
    """The list of suites and rounds."""

    LEAD = (
        "Conversations you expect to go well, run whenever the agent changes. Nobody is written to, no system is "
        "called, and nothing of it shows in the inbox or the figures."
    )
    TARGET = "Test"
    NEW_SUITE = "New suite"
    EMPTY_TITLE = "Nothing is tested yet"
    EMPTY_BODY = (
        "Write down a conversation and what must come of it, or open a real one in the inbox and choose “Make a test "
        "of this”."
    )
    FAILED = "The tests could not be loaded"
    FAILED_SAFE = "Nothing was changed."
    EVERY = "Every agent"
    RUN = "Run"
    ADD_CASE = "Add test"
    MORE = "More for"
    RENAME = "Edit suite"
    REMOVE_SUITE = "Delete suite…"
    EDIT = "Edit"
    RUN_CASE = "Run this test alone"
    REMOVE_CASE = "Delete…"
    NO_CASES = "No tests in this suite yet."
    FROM_CONVERSATION = "From a conversation"
    ONE_CHECK = "check"
    MANY_CHECKS = "checks"
    PASSED = "passed"
    FAILED_COUNT = "failed"
    STATUSES = {
        "": "Never run",
        "queued": "Waiting",
        "running": "Running",
        "passed": "Passed",
        "failed": "Failed",
        "error": "Could not run",
        "cancelled": "Stopped",
    }
    ROUNDS = "Latest runs"
    STOPPED = "Stopped"
    DRAFT = "Draft"
    VERSION = "Version"
    OF = "of"
    BY = "by"

    NEW_TITLE = "New suite"
    EDIT_TITLE = "Edit suite"
    NAME = "Name"
    NAME_PLACEHOLDER = "Bookings"
    ABOUT = "What it covers"
    FOR_ALL = "For every agent"
    FOR_ALL_HINT = "Off: only this agent. A suite for every agent stands on each agent’s page."
    SAVE = "Save suite"
    REMOVE_SUITE_TITLE = "Delete this suite?"
    REMOVE_CASE_TITLE = "Delete this test?"
    REMOVE_SUITE_LOSS = "Its tests go with it. What was run stays in the list of runs."
    REMOVE_CASE_LOSS = "What was run stays in the list of runs."
    REMOVE_VERB = "Delete"


class AgentCase:
    """The dialog of one test."""

    NEW_TITLE = "Add a test"
    EDIT_TITLE = "Edit test"
    SAVE = "Save test"
    NAME = "Name"
    NAME_PLACEHOLDER = "Books a table for four"
    CHANNEL = "Written as"
    CHANNELS = (("sms", "Text"), ("chat", "Chat"), ("email", "Email"))
    OPENING = "What the customer writes"
    OPENING_HINT = "One message a line, sent one after another as the agent answers."
    OPENING_PLACEHOLDER = "Hi, do you have a table for four on Friday?\nAt seven, please."
    GOES_ON = "How it goes on"
    GOES_ON_LEAD = (
        "After those lines a model plays the customer, until they have what they want. Leave empty to stop there."
    )
    PERSONA = "Who they are"
    PERSONA_PLACEHOLDER = "In a hurry, writes short messages, does not like to repeat themselves."
    GOAL = "What they want"
    GOAL_PLACEHOLDER = "Book a table for four on Friday evening and get it confirmed."
    MAX_TURNS = "Most messages"
    CLOCK = "Happens at"
    CLOCK_HINT = "The agent’s own time. Its hours count then. Empty: now, whatever its hours."
    KNOWN = "What the agent knows before"
    FACT_NAME = "Their name"
    FACT_PHONE = "Their number"
    FACT_DETAILS = "Details already found out"
    FACT_DETAILS_PLACEHOLDER = "party_size = 4"
    FACT_KNOWN = "Anything else"
    FACT_KNOWN_PLACEHOLDER = "Came twice this year and sat outside."
    RESULTS = "What tools answer"
    RESULTS_LEAD = "No system is called in a test. A tool without an answer here is told “Done.”"
    RESULT_TOOL = "Tool, such as look_up_order"
    RESULT_STATUS = "Outcome"
    RESULT_STATUSES = (("ok", "Works"), ("failed", "Fails"), ("refused", "Is refused"))
    RESULT_TEXT = "What it answers"
    RESULT_ARGUMENTS = "Only when: day = Friday"
    ADD_RESULT = "Add answer"
    CHECKS = "What must come of it"
    CHECKS_LEAD = "The test passes when every check does. That each message is answered is always checked."
    ADD_CHECK = "Add check"
    CHECK_KIND = "Check"
    KINDS = (
        ("said", "It says"),
        ("never_said", "It never says"),
        ("tool_called", "It calls"),
        ("tool_not_called", "It never calls"),
        ("detail", "It finds out"),
        ("handed_over", "It hands over"),
        ("not_handed_over", "It does not hand over"),
        ("never_unsure", "It never says it does not know"),
        ("used_source", "It reads the source"),
        ("ended", "It ends because"),
        ("turns", "Turns, at most"),
        ("time", "Seconds, at most"),
        ("cost", "Cost in dollars, at most"),
        ("judge", "Ask a judge"),
    )
    HOW = "How it is compared"
    HOWS_TEXT = (("contains", "these words"), ("matches", "this pattern"))
    HOWS_DETAIL = (("any", "anything"), ("equals", "is"), ("contains", "contains"), ("matches", "matches"))
    HOWS_TIME = (("answer", "each answer"), ("conversation", "all answers"))
    ENDINGS = (
        ("reached", "the customer got what they wanted"),
        ("gave_up", "the customer gave up"),
        ("handed_over", "it was handed over"),
        ("script_over", "the customer had no more to say"),
        ("silent", "the agent stayed silent"),
        ("out_of_turns", "it ran out of messages"),
    )
    TOOL = "Tool, such as book_visit"
    DETAIL = "Detail, such as party_size"
    WORDS = "Words or pattern"
    VALUE = "Value"
    NUMBER = "Number"
    SOURCE = "Title or words of the source"
    QUESTION = "A question whose good answer is yes, such as: Is it polite?"
    ARGUMENTS = "With: day = Friday, day contains Fri, day ~ ^Fri"


class AgentRound:
    """One round: its cases, and one of them line by line."""

    BACK = "All tests"
    GONE_TITLE = "This run is gone"
    GONE_BODY = "It was too long ago, or it belongs to another agent."
    PROGRESS = "Tests finished"
    STOP = "Stop"
    AGAIN = "Run again"
    COMPARE = "Compare with"
    COMPARE_NONE = "Nothing"
    BETTER = "better"
    WORSE = "worse"
    SAME = "Same"
    CASES = "Tests of this run"
    CHANGES = {"better": "Better", "worse": "Worse", "same": "Same", "other": "Only in one"}
    PICK = "Choose a test to see what was said."
    CLOSE_CASE = "Back to the tests"
    CHECKS = "Checks"
    WAS = "was"
    VERDICTS = {"pass": "Passed", "fail": "Failed", "maybe": "Unclear"}
    LINE = "Line"
    TRANSCRIPT = "What was said"
    BEFORE = "Before"
    AFTER = "This run"
    NOTHING_SAID = "Nothing was said yet."
    CUSTOMER = "Customer"
    CALLED = "Called"
    WHY = "Why?"
    WHY_TITLE = "Why it said that"
    ENDINGS = {
        "script_over": "The customer had no more to say.",
        "reached": "The customer got what they wanted.",
        "gave_up": "The customer gave up.",
        "handed_over": "Handed over to people.",
        "silent": "The agent stayed silent.",
        "out_of_turns": "It ran out of messages.",
    }
    COST = "Cost"
    MINUS = "without an answer"


class AgentReplay:
    """Replaying conversations in the dialog that publishes."""

    TITLE = "Try it on real conversations"
    LEAD = (
        "The draft answers your latest conversations again, unseen by customers and without calling any system. "
        "You see which decisions change; wording does not count."
    )
    SIZE = "How many"
    SIZES = (("5", "5"), ("10", "10"), ("25", "25"), ("50", "50"))
    START = "Try the draft"
    AGAIN = "Try again"
    PROGRESS = "Messages answered again"
    STOP = "Stop"
    STALE = "The draft changed since this was tried."
    STOPPED = "This was stopped before it was through."
    NOTHING = "No decision changes in"
    CHANGES_ONE = "decision changes in"
    CHANGES_MANY = "decisions change in"
    CONVERSATIONS = "conversations"
    CONVERSATION = "conversation"
    ERRORS = "messages could not be tried."
    ERROR = "message could not be tried."
    ASKED = "asked"
    WHATS = {"outcome": "Decision", "tools": "Calls", "refused": "Refused", "source": "Answers from"}
    NOW = "Live"
    DRAFT = "Draft"
    ANSWERS = "Both answers"
    OPEN = "Open the conversation"
    SILENT = "It would say nothing."
