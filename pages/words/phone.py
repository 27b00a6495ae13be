"""Words of `/phone`."""


class Phone:
    """The numbers of the workspace."""

    TITLE = "Phone"
    NUMBERS = "Your numbers"
    GET = "Get a number"
    NUMBER = "Number"
    LABEL = "Label"
    LABEL_PLACEHOLDER = "Label, such as “Main line”"
    TEXTS = "Texts"
    CALLS = "Calls"
    NOBODY = "Nobody"
    COUNTRY = "Country"
    COPY = "Copy number"
    EMPTY_TITLE = "No numbers yet"
    EMPTY_BODY = "A number is where customers reach your agents. Get one and choose who answers."
    FAILED = "The numbers could not be shown"
    FAILED_SAFE = "They are yours and keep working."
    GET_TITLE = "Get a number"
    GET_LEAD = "Choose a free number. It answers as soon as an agent serves it."
    FIND = "Digits, for example an area code"
    TAKE = "Get"
    TAKING = "Getting…"
    NONE_FREE = "No free number matches. Try other digits."
    RELEASE = "Release"
    RELEASE_TITLE = "Release this number?"
    RELEASE_LOSS = (
        "Texts and calls to it stop now, and another business may get it. Conversations stay in the inbox. "
        "Its return cannot be promised."
    )
    PRACTICE = "Practice phone"
    PRACTICE_HINT = "Play the customer in your browser"
    OFF = "Off"
    TURN_OFF = "Turn off"
    TURN_ON = "Turn on"
    MORE = "More for this number"
    ANSWERING = "Who answers"
    ANSWERING_LEAD = "Choose who takes the calls to this number. Each choice counts from the next call on."
    ANSWERED_BY = "Calls are taken by"
    ANSWERED_BY_CHOICES = (
        ("agent", "The agent"),
        ("people", "People"),
        ("people_then_agent", "People, then the agent"),
        ("agent_then_people", "The agent, then people"),
    )
    ANSWERED_BY_HINTS = (
        ("agent", "Nobody's browser rings."),
        ("people", "Browsers of people on duty ring. The agent takes no calls."),
        ("people_then_agent", "Browsers of people on duty ring first. If nobody answers, the agent does."),
        ("agent_then_people", "People are rung when the agent puts a caller through, or cannot be reached."),
    )
    IF_NOBODY = "If nobody answers"
    IF_NOBODY_CHOICES = (("voicemail", "Take a voicemail"), ("goodbye", "Ask them to call again"))
    GREETING = "Words before the beep"
    GREETING_PLACEHOLDER = "Thank you for calling. Please leave a message after the tone…"
    RING_WHOM = "Whose browsers ring"
    EVERYBODY = "Everybody on duty"
    RING_FOR = "They ring for"
    RING_CHOICES = (("15", "15 seconds"), ("25", "25 seconds"), ("40", "40 seconds"), ("60", "A minute"))
    WRITTEN_DOWN = "What is said in calls of your team"
    WRITTEN_DOWN_CHOICES = (("no", "Is not written down"), ("yes", "Is written down as it is spoken"))
    WRITTEN_DOWN_HINT = (
        "Calls your people take or make with this number are read and searched as those of agents, and get notes. It "
        "costs 1.5 cents a minute. Callers are not told: where the law asks for it, tell them."
    )
    LOOKING = "Looking for free numbers…"
