"""Words of calls: in a conversation, in the list of all, and on the page of one."""


class CallWords:
    """What every place says of a call."""

    INBOUND = "Incoming call"
    OUTBOUND = "Outgoing call"
    MISSED = "Missed call"
    INITIATED = "Calling…"
    RINGING = "Ringing…"
    IN_PROGRESS = "In progress"
    ANSWERED_BY_AGENT = "Answered by {name}"
    SPOKEN_BY_AGENT = "{name} spoke with them"
    ANSWERED_BY_PERSON = "Answered by a person"
    TRANSFERRED = "Transferred"
    FORWARDED = "Forwarded"
    FORWARD_FAILED = "Forwarded, but nobody took it"
    VOICEMAIL = "Reached voicemail"
    SCREENED_OUT = "Screened out"
    AFTER_HOURS = "Outside business hours"
    BLOCKED = "Blocked caller"
    REFUSED = "Not taken"
    NO_ANSWER = "Nobody answered"
    BUSY = "The line was busy"
    FAILED = "Could not be connected"
    CANCELED = "Given up before anybody answered"
    RESOLVED = "Resolved"
    BOOKED = "Booked"
    FOLLOW_UP = "Needs follow-up"
    NOT_INTERESTED = "Not interested"
    WRONG_NUMBER = "Wrong number"
    POSITIVE = "Sounded pleased"
    NEGATIVE = "Sounded unhappy"
    AGENT = "AI agent"
    CALLER = "Caller"
    PERSON = "Team"
    MINUTES = "min"
    SECONDS = "s"
    TO_DO = "To do"
    PURPOSE = "Why"
    GOAL = "To reach"
    GIVEN = "The agent knew"
    TEMPLATE = "Template"
    TRANSCRIPT = "Transcript"
    HIDE_TRANSCRIPT = "Hide the transcript"
    NO_LINES = "Nothing was said, or no words are kept."
    NO_LINES_YET = "Nothing has been said yet."
    LOADING = "Loading…"
    EARLIER = "Show earlier"
    LATER = "Show more"
    INTERRUPTED = "interrupted"
    IN_LANGUAGE = "In {language}:"
    OPEN = "Open the call"
    RECORDING = "Recording"
    RECORDING_MADE = "The recording is being finished. It appears here in a moment."
    RECORDING_FAILED = "The recording cannot be played. Check your connection and try again."
    PART = "Part {number} of {count}"
    PLAY = "Play"
    PAUSE = "Pause"
    PLAY_FROM = "Play from {time}"
    POSITION = "Position in the recording"
    BACK_10 = "Back 10 seconds"
    FORWARD_10 = "Forward 10 seconds"
    SPEED = "Speed"
    DOWNLOAD = "Download the recording"
    HANG_UP = "Hang up"
    HANG_UP_TITLE = "Hang up this call?"
    HANG_UP_BODY = "Whoever is on the line is cut off at once, in the middle of a sentence."
    KEEP = "Keep the call"
    GOODBYE = "Let the agent say goodbye"
    STEP_IN = "Step in"
    ASKING = "Sending…"
    WHISPER = "Whisper"
    WHISPER_LABEL = "Tell the agent"
    WHISPER_HINT = "The caller does not hear it. The agent follows it from its next words on."
    WHISPER_SEND = "Whisper"
    WHISPERED = "{name}, to the agent alone"
    NOTE = "Note"
    NOTE_LABEL = "Note about this call"
    NOTE_HINT = "For the team. Neither the agent nor the caller gets it."
    NOTE_SEND = "Save note"
    NOTED = "Note by {name}"
    LISTEN = "Listen in"
    STOP_LISTENING = "Stop listening"
    YOU_HEAR = "You hear the call. Nobody hears you."
    TAKE_OVER = "Speak to the caller"
    YOU_SPEAK = "You are speaking with the caller"
    YOU_SPEAK_HINT = "The agent is silent and reads along. Leaving this page gives the call back to it."
    NO_MICROPHONE = "Your microphone cannot be used: type what the caller is to hear, or allow it in the browser."
    SAY_LABEL = "Say by typing"
    SAY_SEND = "Say"
    MUTE = "Mute"
    UNMUTE = "Unmute"
    HAND_BACK = "Hand back to the agent"
    TAKEN_BY = "{name} is speaking with the caller."
    TOOK = "{name} speaks with the caller"
    GAVE = "{name} gave the call back to the agent"
    HOLD = "Hold"
    RESUME = "Resume"
    HELD = "{name} put the caller on hold"
    RESUMED = "The caller is with the agent again"
    HELD_BY = "{name} has put the caller on hold. They hear music."
    CONNECTING = "Connecting…"
    LINE_LOST = "The connection was lost. The agent has the call."
    ADD = "Add"
    ADD_LABEL = "Add to the call"
    ADD_HINT = "A number with its country. It rings, hears who adds it, and then everybody hears everybody."
    ADD_SEND = "Ring"
    COLLEAGUES = "Or ring a colleague:"
    LEAVE = "Leave"
    END_FOR_ALL = "End for all"
    OTHERS_STAY = "You left. The others go on talking."
    IN_THIS_CALL = "In this call"
    IS_MUTED = "muted"
    MUTE_PARTY = "Mute {name}"
    UNMUTE_PARTY = "Let {name} be heard"
    PUT_OUT = "Take {name} out"
    TRANSFER = "Transfer"
    TRANSFER_LABEL = "Put the caller through to"
    TRANSFER_HINT = "A number with its country, such as +1 415 555 0123. Where nobody answers, the caller comes back."
    TRANSFER_SEND = "Put through"


class Calls:
    """`/calls`, and the page of one call."""

    TITLE = "Calls"
    EXPORT = "Export"
    SEARCH = "Search what was said, and names"
    DIRECTION = "Direction"
    ANY_DIRECTION = "In and out"
    IN = "Incoming"
    OUT = "Outgoing"
    RESULT = "Result"
    ANY_RESULT = "Any result"
    RESULTS = (
        ("live", "Live now"),
        ("missed", "Missed"),
        ("answered_by_agent", "Answered by an agent"),
        ("answered_by_person", "Answered by a person"),
        ("transferred", "Transferred"),
        ("forwarded", "Forwarded"),
        ("voicemail", "Voicemail"),
        ("after_hours", "Outside business hours"),
        ("no_answer", "Nobody answered"),
        ("busy", "Line busy"),
        ("failed", "Failed"),
        ("canceled", "Given up"),
        ("blocked", "Blocked"),
        ("refused", "Not taken"),
    )
    AGENT = "Agent"
    ANY_AGENT = "Any agent"
    NUMBER = "Our number"
    ANY_NUMBER = "Any number"
    SINCE = "From"
    UNTIL = "To"
    CLEAR_FILTERS = "Clear filters"
    MORE = "Show older"
    UNKNOWN = "Unknown"
    ON = "on"
    COLLECTED = "Found out in this call"
    COST = "Cost"
    COMPONENTS = (
        ("voice", "Hearing and speaking"),
        ("model", "Language model"),
        ("telephony", "Line"),
        ("extras", "Extras"),
    )
    FAILED = "The calls could not be loaded"
    FAILED_SAFE = "They are stored and untouched."
    EMPTY_TITLE = "No calls yet"
    EMPTY_BODY = "Calls to and from your numbers are listed here, with what was said and what came of them."
    EMPTY_ACTION = "Set up a number"
    NO_MATCH_TITLE = "No call fits"
    NO_MATCH_BODY = "Change a filter or search for other words."
    BACK = "All calls"
    GONE_TITLE = "This call does not exist"
    GONE_BODY = "It may belong to somebody who was erased."
    FAILED_ONE = "The call could not be loaded"
    SHOW_CONVERSATION = "Open the conversation"
    NOTES = "Notes"
    NO_NOTES = "Notes are written when a call ends in which something was said."
    FACTS = "Details"
    WITH = "With"
    RESULT_LABEL = "Result"
    STARTED = "Started"
    LASTED = "Lasted"
    PURPOSE = "Purpose"
    GOAL = "Goal"
    TEMPLATE = "Template"
    GIVEN = "What the agent was given"
    HAPPENED = "What happened"
    EVENTS = {
        "call.initiated": "The call was placed",
        "call.ringing": "It rang",
        "call.answered": "It was picked up",
        "call.ended": "The call ended",
        "call.refused": "It was not taken",
        "stream.opened": "A line to the agent was opened",
        "agent.joined": "The agent joined",
        "agent.left": "The agent left",
        "agent.lost": "The agent’s line broke off",
        "recording.announced": "The recording was announced",
        "words.removed": "Recording and transcript were removed",
        "agent.missed": "The agent did not pick up",
        "person.joined": "A person joined",
        "voicemail.offered": "A message was asked for",
        "voicemail.left": "A message was left",
        "people.rung": "Browsers of the team rang",
        "people.took": "Somebody took the call",
        "people.declined": "Somebody declined",
        "people.missed": "Nobody took the call",
        "forward.started": "It was forwarded",
        "forward.ended": "The forwarding ended",
        "transfer.started": "A transfer began",
        "transfer.failed": "The transfer failed",
        "transfer.completed": "It was transferred",
        "machine.detected": "A machine picked up",
        "machine.records": "The machine began to record",
        "callee.spoke": "Somebody spoke with the agent",
        "own_phone.answered": "Their own phone was picked up",
        "own_phone.accepted": "The key was pressed",
        "callee.rung": "The other phone rang",
        "callee.ended": "The other phone was put down",
        "tool.called": "The agent used a tool",
        "keypad.pressed": "A key was pressed",
        "room.opened": "The line was opened",
        "room.closed": "The line was closed",
        "line.joined": "Somebody came on the line",
        "line.left": "Somebody left the line",
        "recording.told": "The recording was reported",
        "hang_up.asked": "Hanging up was asked for",
        "goodbye.asked": "A goodbye was asked for",
        "transfer.asked": "A transfer was asked for",
        "caller.returned": "The caller came back",
        "hold.started": "The caller was put on hold",
        "hold.ended": "The caller was taken off hold",
        "transfer.accepted": "Somebody agreed to take the caller",
        "transfer.ended": "Who took the caller put the phone down",
        "takeover.started": "A person took over",
        "takeover.ended": "The agent took over again",
        "captions.began": "What is said was written down from here on",
        "party.asked": "Somebody was rung to join",
        "party.joined": "Somebody joined the call",
        "party.muted": "Somebody was muted",
        "party.unmuted": "Somebody could be heard again",
        "party.put_out": "Somebody was taken out",
        "party.left": "Somebody left the call",
        "request.failed": "What was asked could not be done",
    }
    EVENT = "Something happened"


class Calling:
    """The dialog that calls a contact."""

    CALL = "Call"
    TITLE = "Call this contact"
    OWN_HINT = "Your own phone rings first. Press the key asked for, and they are called from the number above."
    AGENT = "Who calls"
    FROM = "From"
    TEMPLATE = "Template"
    NO_TEMPLATE = "None"
    ASKED = "The template needs to know"
    PURPOSE = "What it is about"
    PURPOSE_HINT = "The agent knows it from its first word."
    GOAL = "When it has succeeded"
    GOAL_HINT = "For example: they confirmed Tuesday, or named another day."
    CALL_NOW = "Call now"
    NO_AGENT = "No voice agent is switched on."
    AGENTS = "Go to agents"
    NO_NUMBER = "You need a number to call from."
    NUMBERS = "Get a number"
