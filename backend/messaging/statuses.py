"""Move a text's status forward only, and say in plain words what the carrier's error codes mean."""

from backend.vocab import MessageStatus

_RANK = {
    MessageStatus.SCHEDULED: 0,
    MessageStatus.QUEUED: 1,
    MessageStatus.SENDING: 2,
    MessageStatus.SENT: 3,
    MessageStatus.UNDELIVERED: 4,
    MessageStatus.FAILED: 4,
    MessageStatus.DELIVERED: 4,
}
TERMINAL = frozenset(
    {
        MessageStatus.DELIVERED,
        MessageStatus.UNDELIVERED,
        MessageStatus.FAILED,
        MessageStatus.CANCELLED,
        MessageStatus.RECEIVED,
    }
)

# The carrier's own words (SignalWire's compatibility API, "Message status values"), in ours.
_WIRE = {
    "accepted": MessageStatus.QUEUED,
    "queued": MessageStatus.QUEUED,
    "initiated": MessageStatus.QUEUED,
    "scheduled": MessageStatus.QUEUED,
    "sending": MessageStatus.SENDING,
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.DELIVERED,
    "undelivered": MessageStatus.UNDELIVERED,
    "failed": MessageStatus.FAILED,
    "canceled": MessageStatus.FAILED,
}

# Error codes of SignalWire's and Twilio's messaging APIs: https://developer.signalwire.com (messaging error codes).
OPTED_OUT_AT_CARRIER = "21610"
# Ours: the work of sending broke and was given up, before the carrier was asked or after.
BROKEN, BROKEN_AFTER_ASKING = "not_sent", "not_confirmed"
GIVEN_UP = frozenset({BROKEN, BROKEN_AFTER_ASKING})
_WORDS = {
    "unreachable": "The carrier could not be reached for several minutes. Send it again later.",
    "no_answer": "The carrier never confirmed this text, so it may or may not have arrived. Ask before sending again.",
    BROKEN: "Something of ours broke before this text was sent. Send it again.",
    BROKEN_AFTER_ASKING: "Something of ours broke while this text was sent, so it may or may not have arrived. Sending "
    "it again looks for it at the carrier first.",
    "broken_answer": "The carrier’s answers could not be read for several minutes. Send it again later.",
    "carrier_failed": "The carrier failed for several minutes. Send it again later.",
    "10002": "The carrier account is on trial and may not text this number.",
    "11200": "A picture of this text could not be fetched by the carrier.",
    "12300": "A picture of this text is of a kind the carrier does not take.",
    "20003": "The carrier refused our credentials. Ask an operator to check the SignalWire keys.",
    "20404": "The carrier does not know this text.",
    "20429": "The carrier is busy. Try again in a minute.",
    "21211": "This is not a phone number the carrier can text.",
    "21212": "Our number is not one the carrier can send from.",
    "21266": "A number cannot text itself.",
    "21408": "Texts to this country are not allowed for this carrier account.",
    "21602": "The text was empty.",
    "21606": "Our number cannot send texts. Check it with the carrier.",
    "21610": "This person opted out with the carrier. They can return by texting START.",
    "21611": "Too many texts wait to be sent from this number. Try again later.",
    "21612": "The carrier has no route from our number to this one.",
    "21614": "This number cannot receive texts.",
    "21617": "The text is too long for the carrier.",
    "30001": "Too many texts waited to be sent. Try again later.",
    "30002": "The carrier suspended our account.",
    "30003": "The phone is switched off or out of reach.",
    "30004": "The person or their carrier blocks texts from our number.",
    "30005": "This number is not in service.",
    "30006": "This is a landline, or its carrier takes no texts.",
    "30007": "The carrier filtered this text as unwanted.",
    "30008": "The carrier could not deliver this text and did not say why.",
    "30009": "A part of this text was lost on the way.",
    "30010": "The text costs more than the carrier account allows.",
    "30022": "Our number’s daily limit with US carriers is used up.",
    "30023": "Our number’s daily limit with US carriers is used up.",
    "30034": "US carriers refuse texts from numbers without a registered campaign.",
}


def from_wire(status: str) -> MessageStatus | None:
    """Return our name for the carrier's status, or None when it says nothing about sending."""
    return _WIRE.get(status.strip().casefold())


def may_follow(current: str, new: str) -> bool:
    """Tell whether a text that stands at `current` may become `new`: only forward, and an end stays the end.

    The one exception: `delivered` replaces `undelivered`, because a handset's own receipt outweighs a time-out.
    """
    if current == MessageStatus.UNDELIVERED and new == MessageStatus.DELIVERED:
        return True
    if current in TERMINAL:
        return False
    return _RANK[MessageStatus(new)] > _RANK[MessageStatus(current)]


def words(code: str, fallback: str = "") -> str:
    """Return what an error code means to a person; unknown codes give the carrier's own words, or a plain sentence."""
    known = _WORDS.get(code.strip())
    if known:
        return known
    if fallback.strip():
        return fallback.strip()[:300]
    return f"The carrier refused this text (code {code})." if code else "The carrier did not accept this text."
