"""Turn stored talks into the rows that screens show."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from backend.assistant.schemas import (
    NOTHING_SHOWN,
    Choice,
    Decision,
    MessageRow,
    ProposalRow,
    Stage,
    TalkRow,
    ToolRow,
)
from backend.core import clock
from backend.models.assistant import AssistantConversation, AssistantMessage, AssistantProposal

# An answer that takes longer than it may belongs to a process that ended.
LOST_AFTER = timedelta(seconds=90)
LOST = "The answer was interrupted. Nothing was done."


def talk_row(talk: AssistantConversation) -> TalkRow:
    """Return a talk as the list shows it."""
    return TalkRow(id=str(talk.id), title=talk.title, at=talk.last_at.isoformat())


def is_lost(message: AssistantMessage) -> bool:
    """Tell whether nobody writes this message any more."""
    return message.status == Stage.WRITING and message.updated_at < clock.now() - LOST_AFTER


def message_row(message: AssistantMessage, proposals: Sequence[AssistantProposal]) -> MessageRow:
    """Return a message with what it proposed."""
    lost = is_lost(message)
    return MessageRow(
        id=str(message.id),
        seq=message.seq,
        role=message.role,
        body=message.body,
        status=Stage.FAILED if lost else message.status,
        error=LOST if lost else message.error,
        at=message.created_at.isoformat(),
        tools=[_tool_row(place, one) for place, one in enumerate(message.tools)],
        choices=[cast(Choice, one) for one in message.choices],
        proposals=[proposal_row(one) for one in proposals],
        model=message.model,
        tokens=message.tokens_in + message.tokens_out,
        cost_micros=message.cost_micros,
        total_ms=message.total_ms,
    )


def proposal_row(proposal: AssistantProposal) -> ProposalRow:
    """Return a proposal as its person sees it now."""
    late = proposal.status == Decision.PENDING and proposal.expires_at <= clock.now()
    shown: Any = {**NOTHING_SHOWN, **{name: proposal.shown[name] for name in NOTHING_SHOWN if name in proposal.shown}}
    row = {
        **shown,
        "id": str(proposal.id),
        "kind": proposal.kind,
        "status": str(Decision.EXPIRED) if late else proposal.status,
        "outcome": proposal.outcome,
        "link": proposal.link,
        "expires_at": proposal.expires_at.isoformat(),
        "decided_at": proposal.decided_at.isoformat() if proposal.decided_at else "",
    }
    return cast(ProposalRow, row)


def _tool_row(place: int, used: Mapping[str, Any]) -> ToolRow:
    arguments = used.get("arguments") or {}
    said = ", ".join(
        f"{name.replace('_', ' ')}: {value if isinstance(value, str) else json.dumps(value)}"
        for name, value in arguments.items()
    )
    return ToolRow(
        place=place,
        name=str(used.get("name", "")).replace("_", " "),
        arguments=said,
        result=str(used.get("result", "")),
        status=str(used.get("status", "")),
    )
