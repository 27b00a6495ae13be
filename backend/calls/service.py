"""Hold calls: each is a log of events that many tell, and one record that says what they come to (DESIGN law 6).

The modules of this package hold the work; callers come here.
"""

from backend.calls.admission import admit
from backend.calls.callbacks import accept_recording, accept_status, leg_ended
from backend.calls.incoming import answer as answer_inbound
from backend.calls.outgoing import CallOrder, place, terminate
from backend.calls.outgoing import answered as answer_outbound
from backend.calls.reading import CallFilter, one, page
from backend.calls.records import append, brief, get
from backend.calls.rooms import accept as accept_room_event
from backend.calls.schemas import CallBrief
from backend.calls.whitelist import add as add_to_whitelist
from backend.calls.whitelist import entries as whitelist
from backend.calls.whitelist import remove as remove_from_whitelist

__all__ = [
    "CallBrief",
    "CallFilter",
    "CallOrder",
    "accept_recording",
    "accept_room_event",
    "accept_status",
    "add_to_whitelist",
    "admit",
    "answer_inbound",
    "answer_outbound",
    "append",
    "brief",
    "get",
    "leg_ended",
    "one",
    "page",
    "place",
    "remove_from_whitelist",
    "terminate",
    "whitelist",
]
