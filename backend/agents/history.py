"""Turn a timeline into the messages a model reads: in the order of the conversation, in the model's roles."""

from collections.abc import Sequence
from typing import Protocol

from backend.agents.schemas import Line
from backend.vocab import AnswerMode, AuthorKind, Direction, ItemKind, MessageStatus

LAST = 20
# A very long message would push out the rest; its beginning says what it is about.
LONGEST = 2000
# The customer never saw these.
_UNSEEN = frozenset({MessageStatus.SCHEDULED, MessageStatus.CANCELLED, MessageStatus.FAILED, MessageStatus.UNDELIVERED})
ANSWERS = "answers_seq"


class Item(Protocol):
    """What is read of a row of the timeline."""

    seq: int
    kind: str
    direction: str
    author_kind: str
    author_name: str
    body: str
    status: str
    data: dict[str, object]


def lines(items: Sequence[Item], upto_seq: int, session_id: str = "") -> tuple[Line, ...]:
    """Return what was said before the message `upto_seq`, oldest first, at most `LAST` lines.

    An agent's reply stands right after the message it answers, wherever it landed in the timeline: when three texts
    arrive at once, the second is answered knowing what was said to the first, and the third is not known yet.
    What somebody said who merely typed the contact's address, and was told, is history in that chat alone.
    """
    placed: list[tuple[int, int, int, Item]] = []
    for item in items:
        if item.kind != ItemKind.MESSAGE or item.status in _UNSEEN or is_unproven(item, session_id):
            continue
        answered = item.data.get(ANSWERS)
        is_answer = item.direction == Direction.OUTBOUND and isinstance(answered, int)
        place = answered if is_answer and isinstance(answered, int) else item.seq
        if place < upto_seq:
            placed.append((place, int(is_answer), item.seq, item))
    placed.sort(key=lambda entry: entry[:3])
    return tuple(line for *_, item in placed[-LAST:] if (line := _line(item)) is not None)


def is_unproven(item: Item, session_id: str = "") -> bool:
    """Tell whether a line belongs to a chat whose visitor proved nothing, and is not of the chat `session_id`."""
    return bool(item.data.get("is_unverified")) and item.data.get("session_id") != session_id


def said(body: str, data: dict[str, object]) -> str:
    """Return what a message says, naming files it brought."""
    text = body.strip()[:LONGEST]
    media = data.get("media")
    count = len(media) if isinstance(media, list) else 0
    if not count:
        return text
    note = "(sent a file)" if count == 1 else f"(sent {count} files)"
    return f"{text} {note}".strip()


def _line(item: Item) -> Line | None:
    text = said(item.body, item.data)
    if not text:
        return None
    if item.direction == Direction.INBOUND:
        return Line("user", text)
    if item.author_kind == AuthorKind.MEMBER:
        return Line("assistant", f"(Sent by {item.author_name or 'a colleague'} from the team) {text}")
    return Line("assistant", text)


def briefs(items: Sequence[Item], session_id: str = "") -> tuple[str, ...]:
    """Return what the team told the agent when it handed back last: nothing once people have taken over again.

    What was noted of another chat alone does not count.
    """
    items = [item for item in items if item.data.get("session_id", session_id) == session_id]
    last = max((item.seq for item in items if item.kind == ItemKind.EVENT and item.data.get("brief")), default=0)
    if not last or any(
        item.kind == ItemKind.EVENT and item.seq > last and item.data.get("mode") == AnswerMode.HUMAN for item in items
    ):
        return ()
    brief = next(item for item in items if item.seq == last)
    return (f"Your team told you, and not the customer: {str(brief.data['brief'])[:LONGEST]}",)
