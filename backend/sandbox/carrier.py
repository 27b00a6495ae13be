"""The carrier: brings texts to phones and to webhooks, and tells what became of them."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from backend.sandbox import cxml
from backend.sandbox.events import Events
from backend.sandbox.faults import Fault, FaultBoard
from backend.sandbox.numbers import Numbers
from backend.sandbox.phones import Phones
from backend.sandbox.settings import SandboxSettings
from backend.sandbox.texts import INBOUND, REPLY, Media, Text, Texts
from backend.sandbox.webhooks import Posted, Webhooks

_log = logging.getLogger(__name__)

API_VERSION = "2010-04-01"
_DELAY_MS = 2_000
_BURST_MS = 300

# Error codes of the compatibility API: https://developer.signalwire.com (error codes, messaging).
_UNREACHABLE = (30003, "Unreachable destination handset")
_LANDLINE = (30006, "Landline or unreachable carrier")
_UNKNOWN = (30008, "Unknown error")
_MEDIA_FETCH = (11200, "The media address could not be fetched")


class Carrier:
    """Moves texts in background tasks. What a stopped process left half way is taken up at the next start."""

    def __init__(
        self,
        settings: SandboxSettings,
        texts: Texts,
        numbers: Numbers,
        phones: Phones,
        faults: FaultBoard,
        events: Events,
    ) -> None:
        self._settings = settings
        self._texts = texts
        self._numbers = numbers
        self._phones = phones
        self._faults = faults
        self._events = events
        self._webhooks: Webhooks | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._shuffled: list[tuple[str, list[Fault]]] = []

    @property
    def webhooks(self) -> Webhooks:
        """The carrier's HTTP client, made on first use because it belongs to the running loop."""
        if self._webhooks is None:
            self._webhooks = Webhooks(self._settings)
        return self._webhooks

    def resume(self) -> None:
        """Take up what an earlier process left."""
        for text in self._texts.unfinished():
            self.take_up(text)

    def take_up(self, text: Text) -> None:
        """Bring a stored text on its way and return at once."""
        self._events.publish({"kind": "text", "from": text.from_number, "to": text.to_number, "sid": text.sid})
        self._spawn(self._announce(text) if text.is_inbound else self._deliver(text))

    async def stop(self) -> None:
        """Stop all work; unfinished texts stay marked so."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._webhooks is not None:
            await self._webhooks.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("a text was lost on its way", exc_info=task.exception())

    # To the business

    async def _announce(self, text: Text) -> None:
        met = self._faults.take("carrier.inbound")
        kinds = {fault.kind: fault for fault in met}
        if "drop" in kinds:
            self._mark(text, "dropped", "lost on command")
            return
        if "delay" in kinds:
            await asyncio.sleep(kinds["delay"].delay_s(_DELAY_MS))
        if "reorder" not in kinds:
            await self._post_inbound(text, met)
            return
        self._shuffled.append((text.sid, met))
        if len(self._shuffled) > 1:
            return  # the first of the burst posts them all
        await asyncio.sleep(kinds["reorder"].delay_s(_BURST_MS))
        burst, self._shuffled = self._shuffled, []
        in_order = list(burst)
        self._faults.chance.shuffle(burst)
        if burst == in_order:
            burst.reverse()
        for sid, its_faults in burst:
            await self._post_inbound(self._texts.get(sid), its_faults)

    async def _post_inbound(self, text: Text, met: list[Fault]) -> None:
        kinds = {fault.kind for fault in met}
        number = self._numbers.find_by_number(text.to_number)
        url = number.url("message_request_url") if number else ""
        if number is None or not url:
            self._mark(text, "unrouted", "this number has no message address")
            return
        form, tamper = self._inbound_form(text), "garble" in kinds
        posted = await self.webhooks.post(url, form, tamper)
        if "duplicate" in kinds:
            for _ in range(self._faults.chance.choice((1, 2))):
                await self.webhooks.post(url, form, tamper)
        fallback = number.url("message_fallback_url")
        if not posted.ok and fallback:
            posted = await self.webhooks.post(fallback, form, tamper)
        self._mark(text, "accepted" if posted.ok else "failed", posted.note)
        for body in cxml.messages_in(posted.body):
            reply = self._texts.add(direction=REPLY, from_number=text.to_number, to_number=text.from_number, body=body)
            self.take_up(reply)

    def _mark(self, text: Text, state: str, note: str) -> None:
        self._texts.set_webhook(text.sid, state, note)
        self._publish(text)

    def _inbound_form(self, text: Text) -> list[tuple[str, str]]:
        media = self._texts.media(text.sid)
        form = [
            ("MessageSid", text.sid),
            ("SmsSid", text.sid),
            ("SmsMessageSid", text.sid),
            ("SmsStatus", "received"),
            ("AccountSid", self._settings.project),
            ("From", text.from_number),
            ("To", text.to_number),
            ("Body", text.body),
            ("NumMedia", str(len(media))),
            ("NumSegments", str(text.num_segments)),
            ("ApiVersion", API_VERSION),
        ]
        for position, item in enumerate(media):
            form.append((f"MediaUrl{position}", self.media_url(item)))
            form.append((f"MediaContentType{position}", item.content_type))
        return form

    def media_url(self, item: Media) -> str:
        """Return the address of an attachment on this server; it asks for the project's Basic credentials."""
        base = self._settings.public_url.rstrip("/")
        account = f"{base}/api/laml/{API_VERSION}/Accounts/{self._settings.project}"
        return f"{account}/Messages/{item.text_sid}/Media/{item.sid}"

    # To the customer

    async def _deliver(self, text: Text) -> None:
        met = {fault.kind: fault for fault in self._faults.take("carrier.status")}
        steps = [step for step in self._steps(text, met) if _RANK[step[0]] >= _RANK[text.status]]
        late: list[Text] = []
        for position, (status, code, message) in enumerate(steps):
            if position:
                await asyncio.sleep(self._settings.status_delay_ms / 1000)
            if status == "sent" and not await self._fetch_media(text):
                status, (code, message) = "failed", _MEDIA_FETCH
            if "delay" in met:
                await asyncio.sleep(met["delay"].delay_s(_DELAY_MS))
            text = self._texts.set_status(text.sid, status, code, message)
            self._publish(text)
            if "reorder" in met:
                late.append(text)
            elif "drop" not in met:
                await self._tell(text, met)
            if status == "failed":
                break
        if text.status == "delivered" and self._numbers.find_by_number(text.to_number):
            self._cross(text)
        for old in reversed(late):
            await self._tell(old, met)

    def _steps(self, text: Text, met: dict[Any, Fault]) -> list[tuple[str, int | None, str | None]]:
        phone = self._phones.get(text.to_number)
        if "error" in met:
            return [("queued", None, None), ("failed", *_UNKNOWN)]
        if phone.is_landline:
            return [("queued", None, None), ("failed", *_LANDLINE)]
        end: tuple[str, int | None, str | None] = ("delivered", None, None)
        if not phone.is_reachable:
            end = ("undelivered", *_UNREACHABLE)
        return [("queued", None, None), ("sent", None, None), end]

    async def _fetch_media(self, text: Text) -> bool:
        for item in self._texts.media(text.sid):
            if item.content is None:
                fetched = await self.webhooks.fetch(item.source_url)
                if fetched is None:
                    return False
                self._texts.keep_media(item.sid, *fetched)
        return True

    async def _tell(self, text: Text, met: dict[Any, Fault]) -> None:
        if not text.status_callback:
            return
        form = [
            ("MessageSid", text.sid),
            ("SmsSid", text.sid),
            ("MessageStatus", text.status),
            ("SmsStatus", text.status),
            ("To", text.to_number),
            ("From", text.from_number),
            ("AccountSid", self._settings.project),
            ("ApiVersion", API_VERSION),
            ("ErrorCode", str(text.error_code or "")),
            ("ErrorMessage", text.error_message or ""),
        ]
        times = 1 + (self._faults.chance.choice((1, 2)) if "duplicate" in met else 0)
        for _ in range(times):
            posted: Posted = await self.webhooks.post(text.status_callback, form, "garble" in met)
            if not posted.reached:
                await asyncio.sleep(self._settings.callback_retry_s)
                await self.webhooks.post(text.status_callback, form, "garble" in met)

    def _cross(self, text: Text) -> None:
        """Hand a text that one business number sent to another to the other's webhook."""
        arrived = self._texts.add(
            direction=INBOUND, from_number=text.from_number, to_number=text.to_number, body=text.body
        )
        self.take_up(arrived)

    def _publish(self, text: Text) -> None:
        self._events.publish({"kind": "text", "from": text.from_number, "to": text.to_number, "sid": text.sid})


_RANK = {"queued": 0, "sent": 1, "delivered": 2, "undelivered": 2, "failed": 2}
