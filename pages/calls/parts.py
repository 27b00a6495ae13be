"""Publish the JavaScript modules that draw calls, and the words they say."""

from pages.components.local_file import jsx
from pages.inbox.parts import words_of
from pages.words import CallWords, LineWords

SAYING = jsx(__name__, "saying.jsx")
PLAYER = jsx(__name__, "player.jsx")
RECORDINGS = jsx(__name__, "recordings.jsx")
TRANSCRIPT = jsx(__name__, "transcript.jsx")
HANG_UP = jsx(__name__, "hang_up.jsx")
INSIDE = jsx(__name__, "inside.jsx")
LINE_PARTS = jsx(__name__, "line_parts.jsx")
PARTIES = jsx(__name__, "parties.jsx")
STEP_IN = jsx(__name__, "step_in.jsx")
CARD = jsx(__name__, "card.jsx")
DEVICES = jsx(__name__, "devices.js")
DESK_LINE = jsx(__name__, "desk_line.js")

CALL_WORDS = words_of(CallWords)
LINE_WORDS = words_of(LineWords)
