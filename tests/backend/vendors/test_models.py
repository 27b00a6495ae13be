"""Models are reached over their own protocol; their failures come back in our words, saying whether to wait."""

import math

import pytest

from backend.core.config import settings
from backend.core.errors import VendorError
from backend.vendors import local_embeddings, openai_models

HELLO = [
    {"role": "system", "content": "You are Ava, the assistant of North Dental."},
    {"role": "user", "content": "Hi"},
]
TOOL = {
    "type": "function",
    "function": {
        "name": "hand_over_to_person",
        "description": "Hand the conversation over to a person",
        "parameters": {"type": "object", "properties": {"reason": {"type": "string"}}, "required": ["reason"]},
    },
}


async def fault(sandbox, **wanted: object) -> None:
    assert (await sandbox.client.put("/sandbox/faults", json=[wanted])).status_code < 300


def alike(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_a_model_answers_with_text_and_its_tokens(sandbox):
    answer = await openai_models.complete("gpt-4.1-mini", HELLO)
    assert answer.text
    assert answer.tool_calls == ()
    assert answer.tokens_in > 0
    assert answer.tokens_out > 0


async def test_a_model_may_call_a_tool(sandbox):
    messages = [HELLO[0], {"role": "user", "content": "I want to talk to a human"}]
    answer = await openai_models.complete("gpt-4.1-mini", messages, tools=[TOOL])
    assert [call.name for call in answer.tool_calls] == ["hand_over_to_person"]
    assert answer.tool_calls[0].arguments is not None


@pytest.mark.parametrize(
    ("wanted", "code", "is_retryable"),
    [
        ({"kind": "error", "status": 500}, "model_status_500", True),
        ({"kind": "error", "status": 429}, "model_status_429", True),
        ({"kind": "error", "status": 400}, "model_status_400", False),
        ({"kind": "error", "status": 401}, "model_status_401", False),
        ({"kind": "drop"}, "model_unreachable", True),
        ({"kind": "garble"}, "model_unreadable", True),
        ({"kind": "delay", "delay_ms": 3000}, "model_timeout", True),
    ],
)
async def test_each_failure_says_whether_waiting_may_mend_it(sandbox, wanted, code, is_retryable):
    await fault(sandbox, target="openai.chat", **wanted)
    with pytest.raises(VendorError) as failed:
        await openai_models.complete("gpt-4.1-mini", HELLO, timeout_s=0.5)
    assert (failed.value.code, failed.value.is_retryable) == (code, is_retryable)


async def test_an_address_where_nobody_listens_may_be_tried_again(monkeypatch):
    monkeypatch.setattr(settings(), "openai_base_url", "http://127.0.0.1:9/v1")
    with pytest.raises(VendorError) as failed:
        await openai_models.complete("gpt-4.1-mini", HELLO, timeout_s=1)
    assert failed.value.is_retryable


async def test_embeddings_come_back_in_order_and_at_unit_length(sandbox):
    texts = [f"text number {place}" for place in range(openai_models.EMBED_BATCH + 5)] + [""]
    vectors = await openai_models.embed("text-embedding-3-small", texts, 1536)
    assert [len(vector) for vector in vectors] == [1536] * len(texts)
    assert math.isclose(alike(vectors[0], vectors[0]), 1.0, rel_tol=1e-3)
    assert vectors[3] == (await openai_models.embed("text-embedding-3-small", [texts[3]], 1536))[0]


async def test_a_failing_embedding_service_is_a_vendor_error(sandbox):
    await fault(sandbox, target="openai.embeddings", kind="garble")
    with pytest.raises(VendorError):
        await openai_models.embed("text-embedding-3-small", ["x"], 1536)


async def test_local_vectors_are_near_for_like_meanings_and_at_unit_length():
    hours, morning, refund = await local_embeddings.embed(
        ["What are your opening hours?", "When do you open in the morning?", "I want my money back"]
    )
    assert [len(vector) for vector in (hours, morning, refund)] == [384] * 3
    assert math.isclose(alike(hours, hours), 1.0, abs_tol=1e-5)
    # The reference implementation of the same weights gives .71 (measured).
    assert math.isclose(alike(hours, morning), 0.71, abs_tol=0.01)
    assert alike(hours, refund) < 0.2


async def test_a_local_vector_does_not_depend_on_its_batch():
    alone = (await local_embeddings.embed(["parking"]))[0]
    together = (await local_embeddings.embed(["parking", "a much longer text " * 40, *["x"] * 9]))[0]
    assert alike(alone, together) == pytest.approx(1.0, abs=1e-5)
    assert await local_embeddings.embed([]) == []
