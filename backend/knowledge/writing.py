"""Take what people teach by hand: texts they paste, questions with their answers, and files."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, clock, jobs, realtime
from backend.core.errors import Conflict, Invalid
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.knowledge import extraction, sources
from backend.knowledge.chunking import HEADING_LIMIT
from backend.knowledge.extraction import Document
from backend.knowledge.schemas import Pair
from backend.models.knowledge import KnowledgeSource
from backend.vocab import MemberRole, SourceKind

CONTENT_LIMIT = 500_000
MOST_PAIRS = 500
QUESTION_LIMIT, ANSWER_LIMIT = 500, 5_000
# Where answers to questions that agents could not answer are gathered.
ANSWERS_TITLE = "Answers from the team"


async def add_text(
    session: AsyncSession, principal: Principal, title: str, content: str, agent_id: UUID | None = None
) -> KnowledgeSource:
    """Teach one agent, or all of them when `agent_id` is None, a text; it is indexed at once in the background.

    Raises `Invalid` that names `title` or `content`, `NotFound` for a foreign agent, `Conflict` at `MAX_SOURCES`.
    """
    principal.require(MemberRole.EDITOR)
    title, content = sources.checked_title(title), _checked_content(content)
    org_id = await sources.make_room(session, agent_id)
    return await _add(
        session,
        principal,
        KnowledgeSource(org_id=org_id, agent_id=agent_id, title=title, content=content, kind=SourceKind.TEXT),
    )


async def add_pairs(
    session: AsyncSession, principal: Principal, title: str, pairs: Sequence[Pair], agent_id: UUID | None = None
) -> KnowledgeSource:
    """Teach questions with their answers. Raises like `add_text`, naming `title` or `pairs`."""
    principal.require(MemberRole.EDITOR)
    title, kept = sources.checked_title(title), _checked_pairs(pairs)
    source = KnowledgeSource(
        org_id=await sources.make_room(session, agent_id),
        agent_id=agent_id,
        title=title,
        content=_written(kept),
        pairs=[dict(pair) for pair in kept],
        kind=SourceKind.PAIRS,
    )
    return await _add(session, principal, source)


async def read_file(name: str, content: bytes) -> Document:
    """Return what an uploaded file says, read in a thread. Raises `Invalid` (`file`) in words."""
    if not content:
        raise Invalid("The file is empty.", field="file")
    document = await asyncio.to_thread(extraction.read_file, name, content)
    if len(document.text) > CONTENT_LIMIT:
        raise Invalid(f"A file may hold at most {CONTENT_LIMIT:,} characters of text. Split it.", field="file")
    return document


async def add_file(
    session: AsyncSession,
    principal: Principal,
    name: str,
    document: Document,
    title: str = "",
    agent_id: UUID | None = None,
) -> KnowledgeSource:
    """Teach what `read_file` found in a file; the file itself is not kept. Raises like `add_text`."""
    principal.require(MemberRole.EDITOR)
    name = " ".join(name.replace("\\", "/").rpartition("/")[2].split())[:200]
    plain = "".join(character for character in name if character.isprintable()) or "file"
    title = sources.checked_title((title or document.title or plain.rpartition(".")[0] or plain)[: sources.TITLE_LIMIT])
    content = _checked_content(document.text)
    source = KnowledgeSource(
        org_id=await sources.make_room(session, agent_id),
        agent_id=agent_id,
        title=title,
        content=content,
        kind=SourceKind.FILE,
        file_name=plain,
    )
    return await _add(session, principal, source)


async def update_text(
    session: AsyncSession,
    principal: Principal,
    source_id: UUID,
    *,
    title: str | None = None,
    content: str | None = None,
    pairs: Sequence[Pair] | None = None,
) -> KnowledgeSource:
    """Change what was typed and index it again; agents read the old passages until that is done.

    Raises like `add_text`, and `Conflict` for an address, whose text is read and not typed.
    """
    principal.require(MemberRole.EDITOR)
    source = await sources.locked(session, source_id)
    if source.url:
        raise Conflict("This text is read from an address. Change it there, and sync.")
    changed = False
    if title is not None and sources.checked_title(title) != source.title:
        source.title, changed = sources.checked_title(title), True
    if pairs is not None and source.kind == SourceKind.PAIRS:
        kept = _checked_pairs(pairs)
        if kept != source.pairs:
            source.pairs, source.content, changed = [dict(pair) for pair in kept], _written(kept), True
    elif content is not None and _checked_content(content) != source.content:
        source.content, changed = _checked_content(content), True
    if changed:
        await audit.record(session, principal, "ui:knowledge:updated", source.id, {"title": source.title})
        await index(session, source)
    return source


async def add_answer(
    session: AsyncSession, principal: Principal, question: str, answer: str, agent_id: UUID | None = None
) -> KnowledgeSource:
    """Add a question with its answer to those the team wrote before; a question that is there gets the new answer."""
    principal.require(MemberRole.EDITOR)
    (pair,) = _checked_pairs([{"question": question, "answer": answer}])
    held = await session.exec(
        select(KnowledgeSource)
        .where(
            KnowledgeSource.org_id == org_id_of(session),
            KnowledgeSource.kind == SourceKind.PAIRS,
            KnowledgeSource.title == ANSWERS_TITLE,
            col(KnowledgeSource.agent_id) == agent_id if agent_id else col(KnowledgeSource.agent_id).is_(None),
        )
        .with_for_update()
    )
    for source in held.all():
        others = [one for one in source.pairs if one["question"].casefold() != pair["question"].casefold()]
        if len(others) < MOST_PAIRS:
            return await update_text(session, principal, source.id, pairs=[*map(_pair, others), pair])
    return await add_pairs(session, principal, ANSWERS_TITLE, [pair], agent_id)


async def index(session: AsyncSession, source: KnowledgeSource) -> None:
    """Have a source's text cut and embedded again."""
    source.sync_status, source.error_message, source.updated_at = "pending", "", clock.now()
    session.add(source)
    await session.flush()
    await jobs.defer(
        session,
        "knowledge.index",
        lock=f"knowledge:{source.id}",
        queueing_lock=f"knowledge:{source.id}",
        org_id=str(source.org_id),
        source_id=str(source.id),
    )
    await realtime.announce(session, source.org_id, "knowledge.changed", subject=str(source.agent_id or ""))


async def _add(session: AsyncSession, principal: Principal, source: KnowledgeSource) -> KnowledgeSource:
    session.add(source)
    await session.flush()
    await audit.record(session, principal, "ui:knowledge:added", source.id, {"title": source.title})
    await index(session, source)
    return source


def _checked_content(content: str) -> str:
    content = content.replace("\x00", "").strip()
    if not content:
        raise Invalid("Write or paste the text first.", field="content")
    if len(content) > CONTENT_LIMIT:
        raise Invalid(
            f"A text has at most {CONTENT_LIMIT:,} characters; this one has {len(content):,}.", field="content"
        )
    return content


def _pair(given: object) -> Pair:
    said = given if isinstance(given, dict) else {}
    return Pair(question=str(said.get("question", "")), answer=str(said.get("answer", "")))


def _checked_pairs(pairs: Sequence[Pair]) -> list[Pair]:
    kept: list[Pair] = []
    for place, given in enumerate(pairs, start=1):
        question = " ".join(given["question"].replace("\x00", "").split())
        answer = given["answer"].replace("\x00", "").strip()
        if not question and not answer:
            continue
        if not question or not answer:
            raise Invalid(f"Question {place} needs both a question and an answer.", field="pairs")
        if len(question) > QUESTION_LIMIT or len(answer) > ANSWER_LIMIT:
            raise Invalid(
                f"Question {place} is too long: a question has at most {QUESTION_LIMIT} characters, "
                f"an answer {ANSWER_LIMIT:,}.",
                field="pairs",
            )
        kept.append(Pair(question=question, answer=answer))
    if not kept:
        raise Invalid("Write a question and its answer first.", field="pairs")
    if len(kept) > MOST_PAIRS:
        raise Invalid(f"There are at most {MOST_PAIRS} questions in one source. Begin another.", field="pairs")
    return kept


def _written(pairs: Sequence[Pair]) -> str:
    """Return pairs as text with a heading each, so that each becomes a passage of its own."""
    parts: list[str] = []
    for pair in pairs:
        heading = pair["question"]
        if len(f"## {heading}") > HEADING_LIMIT:
            heading = f"{heading[: HEADING_LIMIT - 4]}…"
            parts.append(f"## {heading}\n{pair['question']}\n{pair['answer']}")
        else:
            parts.append(f"## {heading}\n{pair['answer']}")
    return "\n\n".join(parts)
