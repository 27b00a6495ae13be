"""Stand in for Deepgram, ElevenLabs and OpenAI with constant times: whatever a turn takes beyond them is ours.

The same sockets and requests as the vendors', so that every line that is measured uses its own client for them.
"""

import argparse
import asyncio
import base64
import contextlib
import json
from typing import Any

import aiohttp
import numpy as np
from aiohttp import web

from tests.bench.telephone import constants

# Louder than a line's silence in µ-law, quieter than anybody who speaks; of int16.
_LOUD = 400
# A tone as long as somebody who reads quickly.
_CHARACTER_S = 0.03
_PIECE_S = 0.1


class _Hearing:
    """One live stream to the recognizer: says what was heard a constant time after its last loud sample."""

    def __init__(self, socket: web.WebSocketResponse, rate: int) -> None:
        self._socket, self._rate = socket, rate
        self._loop = asyncio.get_running_loop()
        self._due: asyncio.TimerHandle | None = None
        self._voiced_s = 0.0
        self._is_shown = False
        self._telling: set[asyncio.Task[None]] = set()

    def hear(self, data: bytes) -> None:
        """Take sound."""
        samples = np.frombuffer(data[: len(data) // 2 * 2], np.int16)
        if not len(samples) or np.abs(samples.astype(np.int32)).mean() < _LOUD:
            return
        self._voiced_s += len(samples) / self._rate
        if self._due is not None:
            self._due.cancel()
        self._due = self._loop.call_later(constants.HEARD_S, self._final)
        if not self._is_shown and self._voiced_s > 0.2:
            self._is_shown = True
            self._tell("Please" if self._voiced_s > constants.LONG_S else "Are you", is_final=False)

    def finalize(self) -> None:
        """Say what there is, if nothing is being waited for."""
        if self._due is None:
            self._tell("", is_final=True, is_asked=True)

    def close(self) -> None:
        """Say nothing more."""
        if self._due is not None:
            self._due.cancel()
        for task in self._telling:
            task.cancel()

    def _final(self) -> None:
        is_long = self._voiced_s > constants.LONG_S
        self._due, self._voiced_s, self._is_shown = None, 0.0, False
        self._tell(constants.LONG_QUESTION if is_long else constants.SHORT_QUESTION, is_final=True, is_asked=True)

    def _tell(self, text: str, is_final: bool, is_asked: bool = False) -> None:
        words = [
            {"word": one, "punctuated_word": one, "start": 0.0, "end": 0.1, "confidence": 0.99} for one in text.split()
        ]
        result = {
            "type": "Results",
            "channel_index": [0, 1],
            "start": 0.0,
            "duration": 1.0,
            "is_final": is_final,
            "speech_final": is_final,
            "from_finalize": is_asked,
            "channel": {"alternatives": [{"transcript": text, "confidence": 0.99, "words": words}]},
            "metadata": {
                "request_id": "bench",
                "model_uuid": "bench",
                "model_info": {"name": "n", "version": "1", "arch": "a"},
            },
        }
        task = self._loop.create_task(_send(self._socket, result))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)


async def _send(socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
    if not socket.closed:
        with contextlib.suppress(ConnectionError):
            await socket.send_str(json.dumps(message))


async def _listen(request: web.Request) -> web.StreamResponse:
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    hearing = _Hearing(socket, int(request.query.get("sample_rate", "16000")))
    async for message in socket:
        if message.type == aiohttp.WSMsgType.BINARY:
            hearing.hear(message.data)
        elif message.type == aiohttp.WSMsgType.TEXT:
            kind = json.loads(message.data).get("type")
            if kind == "Finalize":
                hearing.finalize()
            elif kind == "CloseStream":
                break
    hearing.close()
    await socket.close()
    return socket


class _Speaking:
    """One context of a voice's socket: each text is spoken a constant time after it came, in the order it came."""

    def __init__(self, socket: web.WebSocketResponse, context: str, rate: int) -> None:
        self._socket, self._context, self._rate = socket, context, rate
        self._texts: asyncio.Queue[tuple[float, str] | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._speak())

    def take(self, text: str) -> None:
        """Take a text; one of blanks opens the context and says nothing."""
        if text.strip():
            self._texts.put_nowait((asyncio.get_running_loop().time() + constants.SPOKEN_S, text))

    def close(self) -> None:
        """Know that there is no more text."""
        self._texts.put_nowait(None)

    def cancel(self) -> None:
        """Say nothing more."""
        self._task.cancel()

    async def _speak(self) -> None:
        while (text := await self._texts.get()) is not None:
            due, words = text
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            for piece in _tone(words, self._rate):
                await _send(self._socket, {"audio": piece, "contextId": self._context, "isFinal": False})
        await _send(self._socket, {"audio": None, "isFinal": True, "contextId": self._context})


def _tone(text: str, rate: int) -> list[str]:
    length = round(len(text) * _CHARACTER_S * rate)
    samples = (6000 * np.sin(2 * np.pi * 440 * np.arange(length) / rate)).astype(np.int16)
    size = round(rate * _PIECE_S)
    return [base64.b64encode(samples[at : at + size].tobytes()).decode() for at in range(0, length, size)]


async def _speech(request: web.Request) -> web.StreamResponse:
    rate = int(request.query.get("output_format", "pcm_24000").rpartition("_")[2])
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    contexts: dict[str, _Speaking] = {}
    async for message in socket:
        if message.type != aiohttp.WSMsgType.TEXT:
            break
        told = json.loads(message.data)
        if told.get("close_socket"):
            break
        name = str(told.get("context_id") or "default")
        if name not in contexts:
            if told.get("close_context"):
                continue
            contexts[name] = _Speaking(socket, name, rate)
        contexts[name].take(str(told.get("text") or ""))
        if told.get("close_context"):
            contexts.pop(name).close()
    for speaking in contexts.values():
        speaking.cancel()
    await socket.close()
    return socket


async def _chat(request: web.Request) -> web.StreamResponse:
    asked = await request.json()
    await asyncio.sleep(constants.THOUGHT_S)
    said = [one.get("content") for one in asked["messages"] if one["role"] == "user"]
    is_long = bool(said) and "everything" in json.dumps(said[-1])
    answer = constants.LONG_ANSWER if is_long else constants.SHORT_ANSWER
    head = {"id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 0, "model": asked["model"]}
    usage = {"prompt_tokens": 400, "completion_tokens": 20, "total_tokens": 420}
    if not asked.get("stream"):
        message = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answer}}
        return web.json_response(head | {"object": "chat.completion", "choices": [message], "usage": usage})
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    words = [f"{one} " for one in answer.split()]
    deltas: list[dict[str, Any]] = [
        {"role": "assistant", "content": words[0]},
        *({"content": one} for one in words[1:]),
    ]
    chunks = [head | {"choices": [{"index": 0, "delta": one, "finish_reason": None}]} for one in deltas]
    chunks.append(head | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    chunks.append(head | {"choices": [], "usage": usage})
    lines = "".join(f"data: {json.dumps(one)}\n\n" for one in chunks)
    # An answer begun early is often thrown away before its first word.
    with contextlib.suppress(ConnectionError):
        await response.prepare(request)
        await response.write(f"{lines}data: [DONE]\n\n".encode())
    return response


async def _whatever(request: web.Request) -> web.Response:
    return web.json_response({"data": []})


def app() -> web.Application:
    """Return the three vendors at one address."""
    made = web.Application()
    made.add_routes(
        [
            web.get("/v1/listen", _listen),
            web.get("/v1/text-to-speech/{voice}/multi-stream-input", _speech),
            web.post("/v1/chat/completions", _chat),
            web.route("*", "/{rest:.*}", _whatever),
        ]
    )
    return made


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, required=True)
    web.run_app(app(), host="127.0.0.1", port=options.parse_args().port, print=None, access_log=None)
