"""Hold recordings of calls, made by the voice worker or brought from a vendor, private to who may hear them.

The modules of this package hold the work; callers come here.
"""

from backend.recordings.making import begin, made
from backend.recordings.playing import links_of, of_call, open_file, open_signed, peaks
from backend.recordings.schemas import Begun, RecordingView

__all__ = [
    "Begun",
    "RecordingView",
    "begin",
    "links_of",
    "made",
    "of_call",
    "open_file",
    "open_signed",
    "peaks",
]
