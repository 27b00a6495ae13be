"""Words of the assistant."""


class Assistant:
    """The page on which people ask for things in plain words."""

    TITLE = "Assistant"
    NEW = "New talk"
    TALKS = "Earlier talks"
    NO_TALKS = "What you ask is kept here, for you alone."
    MORE = "More for this talk"
    DELETE = "Delete this talk"
    DELETE_TITLE = "Delete this talk?"
    DELETE_LOSS = "The talk goes for good. What you confirmed in it has happened and stays."
    FIRST_TITLE = "What should be done?"
    FIRST_LEAD = (
        "Ask about contacts, conversations, agents and figures, or say what to do. Nothing is sent or changed before"
        " you confirm it."
    )
    TRY = (
        "How many texts came in today?",
        "Which conversations are unassigned?",
        "Which agents are on?",
        "Which texts are planned?",
    )
    PLACEHOLDER = "Ask, or say what to do"
    SEND = "Send"
    STOP = "Stop"
    HINT = "Enter sends, Shift and Enter begins a line"
    YOU = "You"
    THINKING = "Thinking…"
    STOPPED = "Stopped."
    AGAIN = "Try again"
    STEPS = "Steps taken"
    GONE_TITLE = "This talk is not here"
    GONE_BODY = "It was deleted, or it belongs to somebody else."
    FAILED = "The assistant could not be shown"
    FAILED_SAFE = "Your talks are safe, and nothing was sent."
    CHOOSE = "Choose one"

    SEND_TEXT = "Send a text"
    SCHEDULE_TEXT = "Send a text later"
    CANCEL_TEXT = "Take back a planned text"
    CHANGE_AGENT = "Change an agent’s draft"
    PUBLISH_AGENT = "Publish an agent’s changes"
    PLAN_CALLBACK = "Plan a callback"
    PLACE_CALL = "Have an agent call"
    DO_SEND_TEXT = "Send now"
    DO_SCHEDULE_TEXT = "Plan it"
    DO_CANCEL_TEXT = "Take it back"
    DO_CHANGE_AGENT = "Change the draft"
    DO_PUBLISH_AGENT = "Publish"
    DO_PLAN_CALLBACK = "Plan it"
    DO_PLACE_CALL = "Call now"
    DOING = "Working…"
    DISMISS = "Dismiss"

    TO = "To"
    FROM = "From"
    WHEN = "When"
    NOW = "At once"
    COST = "Cost"
    SEGMENT = "text segment at your carrier’s price"
    SEGMENTS = "text segments at your carrier’s price"
    AGENT = "Agent"
    FIELD = "Field"
    BEFORE = "Now"
    AFTER = "Then"
    EMPTY = "Nothing"
    ABOUT = "About"
    CALLBACK_EFFECT = "The conversation comes back to you at that time, with a note to call. Nobody is called."
    UNNAMED = "You did not name this person yourself. Check who this goes to."
    UNTIL = "Confirm before"
    DONE_SEND_TEXT = "Sent to the carrier"
    DONE_SCHEDULE_TEXT = "Planned"
    DONE_CANCEL_TEXT = "Taken back"
    DONE_CHANGE_AGENT = "In the draft. Publish it for customers to meet it"
    DONE_PUBLISH_AGENT = "Published"
    DONE_PLAN_CALLBACK = "Planned"
    DONE_PLACE_CALL = "The call is being made"
    DISMISSED = "Dismissed. Nothing happened."
    EXPIRED = "This waited too long. Ask again to do it."
    REFUSED = "Nothing happened."
    OPEN = "Open"

    WORKING = (
        ("find_contacts", "Looking up contacts…"),
        ("find_conversations", "Looking through conversations…"),
        ("read_conversation", "Reading the conversation…"),
        ("list_agents", "Looking at the agents…"),
        ("read_agent", "Reading the agent…"),
        ("list_numbers", "Looking at the numbers…"),
        ("list_planned_texts", "Looking at planned texts…"),
        ("get_figures", "Counting…"),
        ("send_text", "Preparing the text…"),
        ("cancel_planned_text", "Finding the planned text…"),
        ("change_agent", "Preparing the change…"),
        ("publish_agent", "Preparing to publish…"),
        ("plan_callback", "Preparing the callback…"),
        ("place_call", "Preparing the call…"),
    )
