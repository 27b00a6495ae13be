"""Serve knowledge over the API: list, add an address, a text, a file or questions, read again, delete."""

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.api.functions.body import BadParameter, Body
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.knowledge import service as knowledge
from backend.knowledge.schemas import SiteWanted, SourceRow
from backend.vocab import MemberRole, SourceKind, SyncPeriod

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]

# The reference product's names, beside ours (api.md §8.6).
_PERIODS = {"24h": SyncPeriod.DAILY, "7d": SyncPeriod.WEEKLY, "1mo": SyncPeriod.MONTHLY, "3mo": SyncPeriod.QUARTERLY}
_MODES = {"single": SourceKind.PAGE, "sitemap": SourceKind.SITEMAP, "recursive": SourceKind.SITE}
_STATUSES = {"pending": "syncing", "ready": "completed", "failed": "failed", "paused": "paused"}
_FILE_KINDS = {"pdf": ".pdf", "text": ".txt", "docx": ".docx", "html": ".html", "markdown": ".md", "csv": ".csv"}


def _named(names: Mapping[str, str], value: str) -> str:
    return next((name for name, ours in names.items() if ours == value), value)


def _row(source: SourceRow) -> dict[str, Any]:
    """Return a source under the reference product's names; login headers are never told."""
    is_address = source["kind"] in _MODES.values()
    by_hand = {SourceKind.TEXT: "manual", SourceKind.PAIRS: "manual", SourceKind.FILE: "text"}
    mode = by_hand.get(SourceKind(source["kind"]), "") or _named(_MODES, source["kind"])
    if source["file_name"].lower().endswith(".pdf"):
        mode = "pdf"
    return {
        "id": source["id"],
        "agent_id": source["agent_id"] or None,
        "url": source["url"] or None,
        "title": source["title"],
        "description": None,
        "file_name": source["file_name"] or None,
        "status": _STATUSES[source["status"]],
        "sync_status": _STATUSES[source["status"]],
        "error_message": source["error"] or None,
        "crawl_mode": mode,
        "chunk_count": source["chunk_count"],
        "sync_period": _named(_PERIODS, source["sync_period"]) if is_address else None,
        "pages_discovered": source["pages_total"],
        "pages_crawled": source["pages_done"],
        "pages_failed": source["pages_failed"],
        "last_synced_at": source["last_synced_at"] or None,
        "next_sync_at": source["next_sync_at"] or None,
        "created_at": source["created_at"],
        "updated_at": source["updated_at"],
    }


@router.post("/knowledge-source-list")
async def list_sources(request: Request, who: Caller) -> JSONResponse:
    """List every source of the organization, newest first."""
    return await _listed(await Body.of(request, may_be_empty=True), who)


@router.post("/list-knowledge-sources")
async def list_page(request: Request, who: Caller) -> JSONResponse:
    """List sources page by page, of one state if wanted."""
    body = await Body.of(request, may_be_empty=True)
    limit, offset = body.page()
    status = body.choice("sync_status", _STATUSES.values())
    return await _listed(body, who, limit, offset, status)


async def _listed(body: Body, who: Principal, limit: int = 0, offset: int = 0, status: str = "") -> JSONResponse:
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            rows = [_row(source) for source in await knowledge.list_all(session)]
    rows = [row for row in rows if not status or row["sync_status"] == status]
    return body.reply({"sources": rows[offset : offset + limit] if limit else rows, "total": len(rows)})


@router.post("/knowledge-source-add")
async def add(request: Request, who: Caller) -> JSONResponse:
    """Teach what stands at an address. Reading it goes on after the answer, which says `crawling`."""
    body = await Body.of(request)
    period = body.choice("sync_period", (*_PERIODS, *SyncPeriod)) or SyncPeriod.WEEKLY
    mode = body.choice("crawl_mode", _MODES) or "single"
    wanted = SiteWanted(
        kind=_MODES[mode],
        url=body.text("url"),
        title=body.text("title", is_required=False),
        max_pages=body.integer("max_pages", 100, low=1, high=500),
        crawl_depth=body.integer("crawl_depth", 2, low=1, high=5),
        include_paths=tuple(body.texts("include_paths")),
        exclude_paths=tuple(body.texts("exclude_paths")),
        respects_robots=body.flag("respect_robots_txt") is not False,
        login_headers=_headers(body),
        sync_period=_PERIODS.get(period, period),
    )
    agent_id = body.optional_id("agent_id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            made = await knowledge.add_site(session, who, wanted, agent_id)
            row = _row(await knowledge.get(session, made.id))
    return body.reply({**row, "status": "crawling", "crawl_job_id": row["id"]})


@router.post("/knowledge-source-manual")
async def add_by_hand(request: Request, who: Caller) -> JSONResponse:
    """Teach a text, a file (base64), or questions with their answers."""
    # Before the body: reading a file is work.
    who.require(MemberRole.EDITOR)
    body = await Body.of(request)
    agent_id = body.optional_id("agent_id")
    pairs, data = body.value("pairs"), body.text("file_data", is_required=False, longest=28_000_000)
    title = body.text("title", is_required=not data)
    if data:
        kind = body.choice("file_type", _FILE_KINDS)
        name = body.text("file_name", is_required=False, longest=300) or f"{title or 'file'}{_FILE_KINDS.get(kind, '')}"
        try:
            content = base64.b64decode(data.partition(",")[2] if data.startswith("data:") else data, validate=True)
        except (binascii.Error, ValueError):
            raise BadParameter("file_data is not base64.", field="file_data") from None
        document = await knowledge.read_file(name, content)
    else:
        text = body.text("content", is_required=pairs is None, longest=500_000)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            if data:
                made = await knowledge.add_file(session, who, name, document, title, agent_id)
            elif pairs is not None:
                made = await knowledge.add_pairs(session, who, title, _pairs(pairs), agent_id)
            else:
                made = await knowledge.add_text(session, who, title, text, agent_id)
            row = _row(await knowledge.get(session, made.id))
    return body.reply(row)


@router.post("/knowledge-source-sync")
async def sync(request: Request, who: Caller) -> JSONResponse:
    """Read the address `id` again now, or every address of the organization."""
    body = await Body.of(request, may_be_empty=True)
    source_id = body.optional_id("id", "source_id")
    errors: list[dict[str, str]] = []
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            if source_id is not None:
                await knowledge.sync_now(session, who, source_id)
                begun = total = 1
            else:
                begun, total = await knowledge.sync_all(session, who)
    return body.reply({"total": total, "synced": begun, "failed": 0, "errors": errors})


@router.post("/knowledge-source-delete")
@router.post("/delete-knowledge-source")
async def delete(request: Request, who: Caller) -> JSONResponse:
    """Forget a source and its passages."""
    body = await Body.of(request)
    source_id = body.id("id", "source_id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            gone = await knowledge.remove(session, who, source_id)
    return body.reply({"success": True, "deleted_chunks": gone, "chunks_deleted": gone})


def _headers(body: Body) -> dict[str, str] | None:
    given = body.value("auth_headers")
    if given is None or given == {}:
        return None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise BadParameter("auth_headers must be an object of texts.", field="auth_headers")
    return given


def _pairs(given: Any) -> list[Any]:
    if not isinstance(given, list) or not all(
        isinstance(pair, dict) and all(isinstance(pair.get(part), str) for part in ("question", "answer"))
        for pair in given
    ):
        raise BadParameter("pairs must be a list of objects with question and answer.", field="pairs")
    return given
