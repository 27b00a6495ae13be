"""A second reading may change the order of what was found, and nothing is lost when it fails or is too slow."""

import asyncio

import pytest
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from backend.core.config import settings
from backend.core.ids import new_id
from backend.knowledge import reranking
from backend.knowledge.schemas import Passage
from tests.ports import free_port

FOUND = [
    Passage(new_id(), new_id(), "Manual", "Manual", words, score, 0.5, {"meaning": place}, "")
    for place, (words, score) in enumerate(
        [("Keep the lid closed.", 0.09), ("Tooth whitening costs 250 dollars.", 0.08), ("We whiten teeth.", 0.07)], 1
    )
]
QUESTION = "What does whitening cost?"


@pytest.fixture
def service(sandbox, monkeypatch):
    monkeypatch.setattr(settings(), "rerank_api_key", SecretStr("sandbox-rerank-key"))
    monkeypatch.setattr(settings(), "rerank_base_url", sandbox.url)
    return sandbox


async def fault(sandbox, **facts):
    answer = await sandbox.client.put("/sandbox/faults", json=[{"target": "cohere.rerank", **facts}])
    assert answer.status_code < 300, answer.text


async def test_without_a_key_passages_stay_as_they_were_found():
    assert await reranking.best(QUESTION, FOUND, 2) == FOUND[:2]
    assert reranking.wanted(4) == 4


async def test_with_a_key_more_are_found_and_the_best_are_kept(service):
    assert reranking.wanted(4) == reranking.CANDIDATES
    first, second = await reranking.best(QUESTION, FOUND, 2)
    assert (first.chunk_id, first.ranks) == (FOUND[1].chunk_id, {"meaning": 2, "reranked": 1})
    assert second.chunk_id in (FOUND[0].chunk_id, FOUND[2].chunk_id)
    assert first.score > second.score


@pytest.mark.parametrize("kind", ["error", "drop", "garble"])
async def test_a_service_that_fails_changes_nothing(service, kind):
    await fault(service, kind=kind)
    assert await reranking.best(QUESTION, FOUND, 3) == FOUND


async def test_a_service_that_is_slow_is_not_waited_for(service, monkeypatch):
    monkeypatch.setattr(reranking, "WITHIN_S", 0.2)
    await fault(service, kind="delay", delay_ms=2000)
    assert await reranking.best(QUESTION, FOUND, 3) == FOUND


async def test_a_wrong_key_changes_nothing(service, monkeypatch):
    monkeypatch.setattr(settings(), "rerank_api_key", SecretStr("wrong"))
    assert await reranking.best(QUESTION, FOUND, 3) == FOUND


async def test_what_the_service_leaves_out_is_not_lost(monkeypatch):
    async def answer(request):
        return JSONResponse({"results": [{"index": 1, "relevance_score": 0.9}]})

    app = Starlette(routes=[Route("/v2/rerank", answer, methods=["POST"])])
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    monkeypatch.setattr(settings(), "rerank_api_key", SecretStr("key"))
    monkeypatch.setattr(settings(), "rerank_base_url", f"http://127.0.0.1:{port}")
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        found = await reranking.best(QUESTION, FOUND, 3)
    finally:
        server.should_exit = True
        await serving
    assert [one.chunk_id for one in found] == [FOUND[place].chunk_id for place in (1, 0, 2)]
