"""Keep the one conversation with each person: its timeline, who answers it, and what each teammate has read.

Every change announces itself to open inboxes when its transaction commits. Kinds: `item.added` and `item.updated`
(with the item's `seq`), `conversation.updated`, `conversation.read` (with the reader as `subject`), `person.mentioned`
(with the person as `subject`), `conversation.merged` (of the one that is gone, with the one it went into as `subject`),
`conversation.renumbered` (its lines stand at other places now, or it has another contact).
The modules of this package hold the work; callers come here.
"""

from backend.conversations.answering import (
    PAUSE,
    answering,
    call_for_chat,
    call_for_person,
    leave_to_people,
    pause_for_reply,
    set_answer_mode,
    take_over,
)
from backend.conversations.changes import (
    announce_many,
    apply_assignee,
    apply_snooze,
    apply_status,
    apply_team,
    assign,
    assign_in_turn,
    assign_team,
    check_snooze,
    due_snoozes,
    lock_many,
    member_name,
    put_tag,
    set_status,
    snooze,
    tag,
    tag_name,
    take_tag,
    untag,
    wake,
)
from backend.conversations.handing_over import hand_over, waiting_with
from backend.conversations.items import (
    PREVIEW_LENGTH,
    answered_since,
    append,
    for_contact,
    get,
    item,
    locked,
    move_to_end,
    note_event,
    of_contact,
    stage_event,
    timeline,
    update_item,
)
from backend.conversations.listing import PAGE_SIZE, holding, page, places, row
from backend.conversations.merging import count_items, doubt_chat, move_chat, pointing_at, repoint
from backend.conversations.merging import merge as merge_timelines
from backend.conversations.notes import NOTE_LIMIT
from backend.conversations.notes import write as write_note
from backend.conversations.periods import earlier
from backend.conversations.search import fits
from backend.conversations.unreads import UNREAD_CAP, mark_read, mark_unread, unread_ids, unread_total

__all__ = [
    "NOTE_LIMIT",
    "PAGE_SIZE",
    "PAUSE",
    "PREVIEW_LENGTH",
    "UNREAD_CAP",
    "announce_many",
    "answered_since",
    "answering",
    "append",
    "apply_assignee",
    "apply_snooze",
    "apply_status",
    "apply_team",
    "assign",
    "assign_in_turn",
    "assign_team",
    "call_for_chat",
    "call_for_person",
    "check_snooze",
    "count_items",
    "doubt_chat",
    "due_snoozes",
    "earlier",
    "fits",
    "for_contact",
    "get",
    "hand_over",
    "holding",
    "item",
    "leave_to_people",
    "lock_many",
    "locked",
    "mark_read",
    "mark_unread",
    "member_name",
    "merge_timelines",
    "move_chat",
    "move_to_end",
    "note_event",
    "of_contact",
    "page",
    "pause_for_reply",
    "places",
    "pointing_at",
    "put_tag",
    "repoint",
    "row",
    "set_answer_mode",
    "set_status",
    "snooze",
    "stage_event",
    "tag",
    "tag_name",
    "take_over",
    "take_tag",
    "timeline",
    "unread_ids",
    "unread_total",
    "untag",
    "update_item",
    "waiting_with",
    "wake",
    "write_note",
]
