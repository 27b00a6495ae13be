"""OpenAI's own SDK talks to the stand-in unchanged."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from openai import AsyncOpenAI, AuthenticationError, BadRequestError, InternalServerError, NotFoundError

SYSTEM = """You are Ava, the receptionist of North Dental.
<knowledge>
<source id="1" title="Opening hours">We are open Monday to Friday from 8 am to 6 pm. We are closed on Sundays.</source>
<source id="2" title="Prices">A cleaning costs $120. A whitening costs $350.</source>
</knowledge>"""
BOOK = {
    "type": "function",
    "function": {
        "name": "book_appointment",
        "description": "Book an appointment for the customer",
        "parameters": {
            "type": "object",
            "properties": {"date_time": {"type": "string"}, "attendee_name": {"type": "string"}},
            "required": ["date_time", "attendee_name"],
        },
    },
}


def talk(*turns: str, system: str = SYSTEM) -> list[dict[str, Any]]:
    """Return messages: the system prompt, then user and assistant in turn."""
    said = [{"role": "assistant" if n % 2 else "user", "content": turn} for n, turn in enumerate(turns)]
    return [{"role": "system", "content": system}, *said]


@pytest.fixture
async def openai(model_url: str) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{model_url}/v1", api_key="sandbox-openai-key", max_retries=0) as client:
        yield client


async def test_completion_answers_with_usage(openai: AsyncOpenAI) -> None:
    answer = await openai.chat.completions.create(model="gpt-4.1-mini", messages=talk("How much is a cleaning?"))
    assert answer.choices[0].message.content == "A cleaning costs $120."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == "gpt-4.1-mini (local stand-in)"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0


async def test_stream_gives_the_same_words_then_usage(openai: AsyncOpenAI) -> None:
    stream = await openai.chat.completions.create(
        model="gpt-4o-mini",
        messages=talk("Are you open on Sunday?"),
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    words = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(words) == "We are closed on Sundays."
    assert len([word for word in words if word]) > 2
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens > 0


async def test_stream_without_options_carries_no_usage(openai: AsyncOpenAI) -> None:
    stream = await openai.chat.completions.create(model="gpt-4o-mini", messages=talk("Hello"), stream=True)
    chunks = [chunk async for chunk in stream]
    assert chunks
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)


async def test_tool_is_called_and_its_result_told(openai: AsyncOpenAI) -> None:
    messages = talk("I'd like to book a cleaning tomorrow at 3pm, my name is Dana Ruiz")
    first = await openai.chat.completions.create(model="gpt-4.1-mini", messages=messages, tools=[BOOK])
    assert first.choices[0].finish_reason == "tool_calls"
    call = first.choices[0].message.tool_calls[0]
    assert call.function.name == "book_appointment"
    assert json.loads(call.function.arguments) == {"date_time": "tomorrow at 3pm", "attendee_name": "Dana Ruiz"}
    messages += [
        first.choices[0].message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": '{"ok": true, "message": "Booked for tomorrow 15:00."}'},
    ]
    second = await openai.chat.completions.create(model="gpt-4.1-mini", messages=messages, tools=[BOOK])
    assert second.choices[0].message.content == "Booked for tomorrow 15:00."


async def test_streamed_tool_call_is_assembled_from_pieces(openai: AsyncOpenAI) -> None:
    stream = await openai.chat.completions.create(
        model="gpt-4.1-mini",
        messages=talk("Please book me for Friday at 10am, my name is Dana"),
        tools=[BOOK],
        stream=True,
    )
    name, arguments, finish = "", "", None
    async for chunk in stream:
        choice = chunk.choices[0]
        finish = choice.finish_reason or finish
        for call in choice.delta.tool_calls or []:
            name += call.function.name or ""
            arguments += call.function.arguments or ""
    assert (name, finish) == ("book_appointment", "tool_calls")
    assert json.loads(arguments) == {"date_time": "Friday at 10am", "attendee_name": "Dana"}


async def test_token_limit_cuts_the_answer(openai: AsyncOpenAI) -> None:
    for limit in ({"max_tokens": 2}, {"max_completion_tokens": 2}):
        answer = await openai.chat.completions.create(
            model="gpt-4.1-mini", messages=talk("How much is a cleaning?"), **limit
        )
        assert answer.choices[0].finish_reason == "length"
        assert answer.choices[0].message.content == "A cleani"


async def test_json_schema_answer_fits_the_schema(openai: AsyncOpenAI) -> None:
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": ["string", "null"]},
            "email": {"type": ["string", "null"]},
            "sentiment": {"type": "string", "enum": ["positive", "neutral", "negative"]},
            "company": {"type": ["string", "null"]},
        },
        "required": ["name", "email", "sentiment", "company"],
        "additionalProperties": False,
    }
    answer = await openai.chat.completions.create(
        model="gpt-4.1-mini",
        messages=talk("My name is Dana Ruiz, dana@example.com. I am angry about this.", system="Extract the fields."),
        response_format={"type": "json_schema", "json_schema": {"name": "lead", "schema": schema, "strict": True}},
    )
    assert json.loads(answer.choices[0].message.content or "") == {
        "name": "Dana Ruiz",
        "email": "dana@example.com",
        "sentiment": "negative",
        "company": None,
    }


async def test_wrong_key_is_refused_in_openai_words(model_url: str) -> None:
    async with AsyncOpenAI(base_url=f"{model_url}/v1", api_key="wrong", max_retries=0) as stranger:
        with pytest.raises(AuthenticationError) as refused:
            await stranger.models.list()
    assert refused.value.code == "invalid_api_key"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0]"),
        ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "none"}]}, "messages[0]"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
        ({"model": ""}, "model"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"tools": []}, "tools"),
        ({"tools": [{"type": "function", "function": {"name": "no spaces"}}]}, "tools[0].function.name"),
    ],
)
async def test_bad_chat_request_names_its_parameter(model_url: str, change: dict[str, Any], param: str) -> None:
    body = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": "hi"}], **change}
    async with httpx.AsyncClient(headers={"authorization": "Bearer sandbox-openai-key"}) as client:
        answer = await client.post(f"{model_url}/v1/chat/completions", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


async def test_unanswered_tool_call_is_refused(openai: AsyncOpenAI) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "book_appointment", "arguments": "{}"}}
    messages = [*talk("Book me"), {"role": "assistant", "content": None, "tool_calls": [call]}]
    with pytest.raises(BadRequestError):
        await openai.chat.completions.create(model="gpt-4.1-mini", messages=messages, tools=[BOOK])


async def test_models_are_listed(openai: AsyncOpenAI) -> None:
    names = [model.id async for model in openai.models.list()]
    assert {"gpt-4.1-mini", "text-embedding-3-small"} <= set(names)
    with pytest.raises(NotFoundError):
        await openai.models.retrieve("nothing-like-it")


def cosine(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_embeddings_of_like_texts_are_near(openai: AsyncOpenAI) -> None:
    texts = ["What are your opening hours?", "When do you open in the morning?", "How do I get a refund?"]
    answer = await openai.embeddings.create(model="text-embedding-3-small", input=texts)
    hours, morning, refund = (item.embedding for item in answer.data)
    assert len(hours) == 1536
    assert cosine(hours, hours) == pytest.approx(1.0, abs=1e-5)
    assert cosine(hours, morning) > 0.3 > cosine(hours, refund) + 0.15
    again = await openai.embeddings.create(model="text-embedding-3-small", input=texts[0], encoding_format="float")
    assert again.data[0].embedding == pytest.approx(hours, abs=1e-6)


async def test_embeddings_take_dimensions_and_refuse_nothing(openai: AsyncOpenAI) -> None:
    small = await openai.embeddings.create(model="text-embedding-3-small", input="hello", dimensions=256)
    assert len(small.data[0].embedding) == 256
    for wrong in ({"input": ""}, {"input": []}, {"input": "x", "dimensions": 9999}):
        with pytest.raises(BadRequestError):
            await openai.embeddings.create(model="text-embedding-3-small", **wrong)


async def test_failure_on_command_reaches_the_sdk(vendor: Any) -> None:
    await vendor.faults({"target": "openai.chat", "kind": "error", "status": 503, "times": 1})
    async with AsyncOpenAI(base_url=f"{vendor.url}/v1", api_key="sandbox-openai-key", max_retries=0) as client:
        with pytest.raises(InternalServerError):
            await client.chat.completions.create(model="gpt-4.1-mini", messages=talk("Hi"))
        answer = await client.chat.completions.create(model="gpt-4.1-mini", messages=talk("Hi"))
    assert "Ava" in (answer.choices[0].message.content or "")
