"""Words of calls that a person holds at their browser."""


class LineWords:
    """What stands on the controls of a line, whatever call it belongs to."""

    MUTE = "Mute"
    UNMUTE = "Unmute"
    KEYPAD = "Keypad"
    HANG_UP = "Hang up"
    MICROPHONE = "Microphone"
    SPEAKER = "Speaker"
    DEFAULT = "Default"
    DEVICES = "Sound devices"
    LEVEL = "How loud you are"
    LOST = "The connection was lost. Call again."
    CONNECTING = "Connecting…"


class TrialCall:
    """Call an agent's draft from its page."""

    AS_CALL = "Call"
    LEAD = "You call the draft. Nobody's phone rings and nothing is stored."
    IDLE = "Talk with {name} as a caller would."
    CALL = "Call {name}"
    AGAIN = "Call again"
    LISTENING = "Listening"
    THINKING = "Thinking…"
    SPEAKING = "{name} is speaking"
    STAND_IN = (
        "Stand-ins hear and speak: this installation has no keys for speech. Type what a caller would say, and read "
        "what {name} answers."
    )
    STAND_IN_VOICE = "The voice is a stand-in: this installation has no key for one."
    NO_MICROPHONE = "Your microphone cannot be used. Type what a caller would say, or allow it in the browser."
    CAPTIONS = "What is said"
    WRITE = "Say by typing"
    SEND = "Say"
    CALLER = "You"
    INTERRUPTED = "interrupted"
    USED = "Used: {tool}"
    ENDED = "The call has ended."
    ENDED_BY_AGENT = "{name} ended the call."
    ENDED_BY_SILENCE = "{name} ended the call, because nobody spoke."
    ENDED_BY_TIME = "A test call lasts ten minutes at most."
    ENDED_BROKEN = "The model or the voice did not answer, so the call was ended."
