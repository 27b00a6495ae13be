"""The words of an agent's alerts."""


class AgentAlerts:
    """What the agent listens for, and what happens then."""

    LEAD = (
        "Say what customers may write about, in plain words. When a text or a chat to this agent means that, whatever "
        "the words, your team hears of it. A change holds at once."
    )
    ADD = "Add alert"
    EMPTY_TITLE = "It listens for nothing yet"
    EMPTY_BODY = "Be told when somebody threatens to leave, asks for a quote, or speaks of a lawyer."
    FAILED = "The alerts could not be loaded"
    FAILED_SAFE = "They listen all the same."
    SWITCH = "Listens:"
    NEVER = "Not yet"
    ONCE = "Once"
    TIMES = "times"
    MORE = "More for"
    EDIT = "Edit"
    HISTORY = "History"
    DELETE = "Delete…"
    DELETE_TITLE = "Delete this alert?"
    DELETE_LOSS = "It stops listening at once, and its history goes with it. This cannot be undone."
    DELETE_VERB = "Delete"
    DOES = (
        ("email", "Mails"),
        ("sms", "Texts"),
        ("slack", "Posts to Slack at"),
        ("hubspot", "Notes in HubSpot"),
        ("webhook", "Calls"),
    )

    NEW_TITLE = "New alert"
    EDIT_TITLE = "Edit alert"
    NAME = "Name"
    NAME_PLACEHOLDER = "Wants to cancel"
    TOPIC = "What customers write about"
    TOPIC_HINT = "One thought, as a customer would mean it."
    TOPIC_PLACEHOLDER = "I want to cancel my subscription and leave"
    EXAMPLES = "Examples"
    EXAMPLES_HINT = "One on each line, in your customers’ own words. They make it find more."
    EXAMPLES_PLACEHOLDER = "Please close my account\nHow do I get out of the contract?"
    LIKENESS = "How alike it must be"
    LIKENESS_HINT = "Lower hears more, and more that is not meant. Try it below on what customers wrote."
    CHANNELS = "Where it listens"
    SMS = "Texts"
    CHAT = "Web chats"
    COOLDOWN = "Then quiet for"
    COOLDOWNS = (
        ("0", "No time: tell each one"),
        ("15", "15 minutes"),
        ("30", "30 minutes"),
        ("60", "An hour"),
        ("240", "4 hours"),
        ("1440", "A day"),
    )
    PER_CUSTOMER = "For the same customer only"
    PER_CUSTOMER_HINT = "Off: nobody’s messages set it off meanwhile."
    KIND = "What happens"
    KINDS = (
        ("email", "Email"),
        ("sms", "Text"),
        ("slack", "Slack"),
        ("hubspot", "HubSpot note"),
        ("webhook", "Webhook"),
    )
    TO_EMAIL = "Email address"
    TO_EMAIL_PLACEHOLDER = "front.desk@example.com"
    TO_SMS = "Phone number"
    TO_SMS_HINT = "Of your team. It is texted from your own number."
    TO_SMS_PLACEHOLDER = "+1 415 555 0100"
    TO_SLACK = "Address of the incoming webhook"
    TO_SLACK_HINT = "In Slack: Apps → Incoming WebHooks → Add to Slack. Kept encrypted, and not shown again."
    TO_SLACK_PLACEHOLDER = "https://hooks.slack.com/services/…"
    TO_HUBSPOT = "Token of your private app"
    TO_HUBSPOT_HINT = (
        "In HubSpot: Settings → Integrations → Private apps, with the scopes to read contacts and write them. The note "
        "stands with the contact of the same address or number. Kept encrypted, and not shown again."
    )
    KEPT = "Kept; write to replace it"
    TO_WEBHOOK = "Address"
    TO_WEBHOOK_HINT = "Gets a signed POST with the message, the customer and the link, as JSON."
    TO_WEBHOOK_PLACEHOLDER = "https://example.com/alerts"
    SUBJECT = "Subject"
    SUBJECT_PLACEHOLDER = "{{alert.name}}: {{contact.name|somebody}}"
    TEMPLATE = "Words"
    OWN_WORDS = "Own words"
    WORDS = "What it says"
    WORDS_HINT = "{{contact.name}}, {{message}}, {{alert.name}}, {{agent.name}} and {{link}} are filled in."
    WORDS_PLACEHOLDER = "{{contact.name|Somebody}} wrote about “{{alert.name}}”: “{{message}}”"
    SAVE = "Save"

    TRY = "Try it"
    TRY_LEAD = "Compares the topic as it stands here with what customers wrote to this agent. Nothing is sent."
    TRY_OWN = "A sentence of your own"
    TRY_OWN_PLACEHOLDER = "I’m done with you, cancel everything"
    TRY_VERB = "Try on past messages"
    TRYING = "Comparing…"
    TRY_NONE = "Nobody wrote to this agent yet. Try a sentence of your own."
    TRY_COUNT = "The most alike of the last"
    TRY_MESSAGES = "messages"
    WOULD = "Would alert"
    WOULD_NOT = "Would not"

    HISTORY_EMPTY_TITLE = "It matched nothing yet"
    HISTORY_EMPTY_BODY = "Each message that is about its topic stands here, with what came of it."
    HISTORY_LEAD = "A message sets an alert off once at most."
    OLDER = "Show older ones"
    STATUSES = (
        ("waiting", "On its way"),
        ("sending", "On its way"),
        ("done", "Done"),
        ("failed", "Failed"),
        ("uncertain", "Uncertain"),
        ("held", "Kept quiet"),
    )
    HELD = "It had just alerted."
    RETRY = "Do it again"
    TRIES = "tries"
    CONVERSATION = "Conversation"
    LIKE = "like"
    SECRET_TITLE = "Your signing secret"  # noqa: S105
    SECRET_LOSS = "Webhooks and functions are signed with it from now on. Copy it now: it is not shown again."  # noqa: S105
    COPY_SECRET = "Copy the secret"  # noqa: S105
    SECRET_DONE = "I have copied it"  # noqa: S105
