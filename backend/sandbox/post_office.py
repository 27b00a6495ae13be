"""Hand customers' emails on to the product's webhook, again and again while nobody answers."""

import asyncio

import httpx

from backend.sandbox.events import Events
from backend.sandbox.letters import Draft, Letter, Letters
from backend.sandbox.mailbox import Email
from backend.sandbox.settings import SandboxSettings

# Postmark tries ten times, over hours (its documentation of inbound retries); here a person waits.
_PAUSES_S = (1, 2, 5, 10, 20, 30, 60, 60, 60)


class PostOffice:
    """Hands emails on in background tasks. What a stopped process left is taken up at the next start."""

    def __init__(self, settings: SandboxSettings, letters: Letters, events: Events) -> None:
        self._settings = settings
        self._letters = letters
        self._events = events
        self._tasks: set[asyncio.Task[None]] = set()

    def resume(self) -> None:
        """Take up what an earlier process left."""
        for letter in self._letters.unfinished():
            self._take_up(letter)

    def send(self, draft: Draft) -> Letter:
        """Keep a customer's email, bring it on its way and return at once."""
        letter = self._letters.add(draft)
        self._take_up(letter)
        return letter

    def forward(self, email: Email) -> None:
        """Bring back to the product what it sent to an address whose mail is forwarded to it."""
        forwarded = self._letters.forwarded()
        for recipient in email.recipients:
            if recipient.lower() in forwarded:
                sender, name = email.sender
                told = (("Message-ID", email.header("Message-ID") or f"<{email.id}@postmark.example>"),)
                subject, body = email.text("Subject"), email.text("TextBody")
                self.send(Draft(sender, name, recipient, subject, body, headers=told))

    async def stop(self) -> None:
        """Stop all work; unfinished emails stay marked so."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take_up(self, letter: Letter) -> None:
        self._publish(letter)
        task = asyncio.create_task(self._hand_on(letter))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _hand_on(self, letter: Letter) -> None:
        if not self._settings.inbound_mail_url:
            self._mark(letter, "unrouted", "the product has no address for incoming mail")
            return
        note = ""
        async with httpx.AsyncClient(timeout=self._settings.webhook_timeout_s, trust_env=False) as client:
            for pause_s in (*_PAUSES_S, 0):
                try:
                    answer = await client.post(self._settings.inbound_mail_url, json=letter.payload)
                except httpx.HTTPError:
                    note = "nobody answers at the webhook address"
                else:
                    if answer.is_success:
                        self._mark(letter, "accepted", "")
                        return
                    note = f"the webhook answered {answer.status_code}"
                    if answer.status_code == 403:
                        break  # the one answer after which Postmark does not try again
                await asyncio.sleep(pause_s)
        self._mark(letter, "failed", note)

    def _mark(self, letter: Letter, state: str, note: str) -> None:
        self._letters.set_webhook(letter.id, state, note)
        self._publish(letter)

    def _publish(self, letter: Letter) -> None:
        self._events.publish({"kind": "email", "id": letter.id})
