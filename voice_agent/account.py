"""Tell the log of a call what happens in it, one thing after the other, beside the call and never in its way."""

import asyncio
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

from voice_agent import gateway
from voice_agent.keeping import Keeping


class Account:
    """What one line of a call tells its log, and whatever else has to be done in the same order."""

    def __init__(self, call: gateway.CallBrief, line: str, keeping: Keeping) -> None:
        """Take the call, the name of its line, by which its events are told apart, and what stands behind it."""
        self._call, self._line, self._keeping = call, line, keeping
        self._lines = self._keys = self._tools = 0
        self._names: set[str] = set()
        self._work: asyncio.Queue[Coroutine[Any, Any, None] | None] = asyncio.Queue()
        self._worker = asyncio.get_running_loop().create_task(self._work_off())

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the call, after what was asked for before it."""
        self._work.put_nowait(work)

    def log(self, kind: str, event_id: str, data: Mapping[str, Any]) -> None:
        """Tell the log something, after what was told before."""
        # What waits for its turn happened before what others tell the log meanwhile.
        self.later(self._tell(kind, event_id, data, gateway.clock.now()))

    async def tell(self, kind: str, event_id: str, data: Mapping[str, Any]) -> None:
        """Tell the log something now. Raises whatever keeps that from being kept."""
        await self._tell(kind, event_id, data, gateway.clock.now())

    def said(
        self, who: str, text: str, *, is_interrupted: bool = False, began: float | None = None, by: str = ""
    ) -> None:
        """Tell a line that was said; `began` is when the voice did, in seconds since 1970, and `by` a person's name."""
        self._lines += 1
        told: dict[str, Any] = {"who": who, "text": text, "is_interrupted": is_interrupted}
        if began is not None:
            # A recording is followed by when a voice began, not by when its words were known.
            told["began_at"] = datetime.fromtimestamp(began, UTC).isoformat()
        if by:
            told["by"] = by
        if self._call.settings["pii_storage"] == gateway.REDACTED:
            # A name the caller gave is said again by whoever talks with them.
            self._names |= gateway.names_in(text) if who == "caller" else set()
            told["names"] = sorted(self._names)
        self.log("transcript.line", f"line:{self._lines}", told)

    def pressed(self, key: str) -> None:
        """Tell of a key the caller pressed."""
        self._keys += 1
        self.log("keypad.pressed", f"keypad:{self._keys}", {"digits": key})

    def used(self, call: Mapping[str, Any]) -> None:
        """Tell of a tool the agent used, as its turn keeps it."""
        self._tools += 1
        told = {"name": call["name"], "status": call["status"]}
        # What is passed to tools cannot be told from what may not be kept.
        if self._call.settings["pii_storage"] == "enabled":
            told |= {"arguments": call["arguments"], "message": call["result"]}
        self.log("tool.called", f"tool:{self._tools}", told)

    async def close(self) -> None:
        """Wait until everything that was asked for is done."""
        self._work.put_nowait(None)
        await self._worker

    async def _tell(self, kind: str, event_id: str, data: Mapping[str, Any], at: datetime) -> None:
        await self._keeping.tell(f"{self._line}:{event_id}", kind, data, at)

    async def _work_off(self) -> None:
        """Do what is asked for until there is no more; what fails is logged and costs the caller nothing."""
        while (work := await self._work.get()) is not None:
            try:
                await work
            except Exception as error:
                gateway.log.error("voice.work_failed", call=str(self._call.call_id), error=repr(error))
