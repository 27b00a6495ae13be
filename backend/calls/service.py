"""Hold calls: each is a log of events that many tell, and one record that says what they come to (DESIGN law 6).

The modules of this package hold the work; callers come here.
"""

from backend.calls.admission import admit
from backend.calls.callbacks import accept_pickup, accept_recording, accept_status, leg_ended
from backend.calls.conference import Party, Stand, parties
from backend.calls.conference import add as add_party
from backend.calls.conference import joined as party_joined
from backend.calls.conference import left as party_left
from backend.calls.conference import mute as mute_party
from backend.calls.conference import put_out as put_party_out
from backend.calls.conference import stands as party_stands
from backend.calls.consulting import admit as admit_consulted
from backend.calls.consulting import failure as consult_failure
from backend.calls.consulting import instructions as consult_instructions
from backend.calls.consulting import joined as consult_joined
from backend.calls.consulting import ring as consult
from backend.calls.consulting import stop as stop_consulting
from backend.calls.consulting import told as consult_told
from backend.calls.desk import leave as leave_desk
from backend.calls.desk import place as place_own
from backend.calls.desk import take as take_desk
from backend.calls.emptying import empty, too_old
from backend.calls.exporting import export
from backend.calls.incoming import answer as answer_inbound
from backend.calls.inviting import Colleague, colleagues, invitations, invite
from backend.calls.inviting import accept as accept_invitation
from backend.calls.inviting import admit as admit_colleague
from backend.calls.inviting import decline as decline_invitation
from backend.calls.listing import PAGE, RESULTS, SEARCH_LIMIT
from backend.calls.listing import one_line as line
from backend.calls.listing import page as lines
from backend.calls.log import CHANGED, RINGS, SPOKEN, TRANSLATED
from backend.calls.moving import instructions as transfer_instructions
from backend.calls.moving import put_through
from backend.calls.outgoing import CallOrder, check, place, terminate
from backend.calls.outgoing import answered as answer_outbound
from backend.calls.own_phone import Stage
from backend.calls.own_phone import instructions as own_phone_instructions
from backend.calls.own_phone import place as place_by_own_phone
from backend.calls.own_phone import stage as own_phone_stage
from backend.calls.party_line import admit as admit_party
from backend.calls.party_line import instructions as party_instructions
from backend.calls.party_line import told as party_told
from backend.calls.passes import Door
from backend.calls.passes import issue as browser_pass
from backend.calls.privacy import is_recorded
from backend.calls.reading import CallFilter, one, page
from backend.calls.recorded import have_brought as have_recording_brought
from backend.calls.recorded import may_be_kept as may_keep_recordings
from backend.calls.recorded import owner_of as owner_of_vendor_call
from backend.calls.records import append, brief, by_any_id, carrier_events, changed, get, person
from backend.calls.requests import (
    ASKED,
    DONE,
    FAILED,
    Answered,
    Request,
    Wish,
    hold,
    note,
    say_goodbye,
    transfer,
    whisper,
)
from backend.calls.requests import answered as answer_to_request
from backend.calls.requests import of_call as requests
from backend.calls.ringing import Waiting, decline, gave_up, ring_again, waiting
from backend.calls.ringing import admit as admit_taker
from backend.calls.ringing import due_s as due_of_wait
from backend.calls.ringing import joined as taker_joined
from backend.calls.ringing import take as take_waiting
from backend.calls.room_calls import claim as claim_dialling
from backend.calls.rooms import accept as accept_room_event
from backend.calls.schemas import CallBrief, CallListFilter, Transcript
from backend.calls.settling import reserve
from backend.calls.stepping_in import OnLine, WayIn, give_back, on_line, take, way_in
from backend.calls.transcript import everything_said, happenings, transcript, translated
from backend.calls.voicemail import brought as recording_brought
from backend.calls.whitelist import add as add_to_whitelist
from backend.calls.whitelist import entries as whitelist
from backend.calls.whitelist import remove as remove_from_whitelist

__all__ = [
    "ASKED",
    "CHANGED",
    "DONE",
    "FAILED",
    "PAGE",
    "RESULTS",
    "RINGS",
    "SEARCH_LIMIT",
    "SPOKEN",
    "TRANSLATED",
    "Answered",
    "CallBrief",
    "CallFilter",
    "CallListFilter",
    "CallOrder",
    "Colleague",
    "Door",
    "OnLine",
    "Party",
    "Request",
    "Stage",
    "Stand",
    "Transcript",
    "Waiting",
    "WayIn",
    "Wish",
    "accept_invitation",
    "accept_pickup",
    "accept_recording",
    "accept_room_event",
    "accept_status",
    "add_party",
    "add_to_whitelist",
    "admit",
    "admit_colleague",
    "admit_consulted",
    "admit_party",
    "admit_taker",
    "answer_inbound",
    "answer_outbound",
    "answer_to_request",
    "append",
    "brief",
    "browser_pass",
    "by_any_id",
    "carrier_events",
    "changed",
    "check",
    "claim_dialling",
    "colleagues",
    "consult",
    "consult_failure",
    "consult_instructions",
    "consult_joined",
    "consult_told",
    "decline",
    "decline_invitation",
    "due_of_wait",
    "empty",
    "everything_said",
    "export",
    "gave_up",
    "get",
    "give_back",
    "happenings",
    "have_recording_brought",
    "hold",
    "invitations",
    "invite",
    "is_recorded",
    "leave_desk",
    "leg_ended",
    "line",
    "lines",
    "may_keep_recordings",
    "mute_party",
    "note",
    "on_line",
    "one",
    "own_phone_instructions",
    "own_phone_stage",
    "owner_of_vendor_call",
    "page",
    "parties",
    "party_instructions",
    "party_joined",
    "party_left",
    "party_stands",
    "party_told",
    "person",
    "place",
    "place_by_own_phone",
    "place_own",
    "put_party_out",
    "put_through",
    "recording_brought",
    "remove_from_whitelist",
    "requests",
    "reserve",
    "ring_again",
    "say_goodbye",
    "stop_consulting",
    "take",
    "take_desk",
    "take_waiting",
    "taker_joined",
    "terminate",
    "too_old",
    "transcript",
    "transfer",
    "transfer_instructions",
    "translated",
    "waiting",
    "way_in",
    "whisper",
    "whitelist",
]
