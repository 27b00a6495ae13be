"""Play the customers and read their phones and mail, through the sandbox's own addresses."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

T = TypeVar("T")


class Carrier:
    """The telephone network of an installation; `number` is the demo workspace's."""

    def __init__(self, client: httpx.Client, number: str) -> None:
        self._client = client
        self.number = number

    def text(self, customer: str, body: str, to: str = "") -> None:
        """Send a text as a customer; the carrier delivers it by signed webhook."""
        sent = self._client.post("/sandbox/texts", json={"from": customer, "to": to or self.number, "body": body})
        assert sent.status_code == 201, sent.text

    def call(self, customer: str) -> str:
        """Call the business from a customer's telephone; return the carrier's name of the call."""
        made = self._client.post("/sandbox/calls", json={"from": customer, "to": self.number})
        assert made.status_code == 201, made.text
        return str(made.json()["sid"])

    def hang_up(self, sid: str) -> None:
        """Put a customer's telephone down."""
        self._client.post(f"/sandbox/calls/{sid}/hang-up").raise_for_status()

    def received_by(self, customer: str, of: str = "") -> list[str]:
        """Return the texts that reached a customer's phone, oldest first."""
        found = self._client.get("/sandbox/texts", params={"from": of or self.number, "to": customer})
        return [text["body"] for text in found.json() if text["direction"] != "inbound"]

    def wait_for_reply(self, customer: str, number_of_replies: int = 1, of: str = "") -> list[str]:
        """Wait until so many texts reached a customer's phone and return them."""
        return wait_until(
            lambda: found if len(found := self.received_by(customer, of)) >= number_of_replies else None,
            f"{number_of_replies} texts on the phone of {customer}",
        )

    def phone_page(self, customer: str, to: str = "") -> str:
        """Return the address of the page that plays a customer's phone."""
        query = httpx.QueryParams({"from": customer, "to": to or self.number})
        return f"{self._client.base_url}/phone?{query}"

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        """Return the mails that reached an address, newest first."""
        found: list[dict[str, Any]] = self._client.get("/sandbox/mailbox", params={"to": address}).json()
        return found

    def forward(self, address: str, to: str) -> None:
        """Forward the mail of an address, as a business's own mail server would."""
        self._client.put(f"/sandbox/forwarding/{address}", json={"to": to}).raise_for_status()

    def code_for(self, address: str, after: int = 0) -> str:
        """Wait for the newest mail to an address that came after mail number `after` and return its code."""

        def newest() -> str | None:
            mails = self._client.get("/sandbox/mailbox", params={"to": address}).json()
            return next((mail["codes"][0] for mail in mails if mail["seq"] > after and mail["codes"]), None)

        return wait_until(newest, f"a mail with a code to {address}")

    def link_for(self, address: str) -> str:
        """Wait for the newest mail to an address that holds a link and return the link."""

        def newest() -> str | None:
            mails = self._client.get("/sandbox/mailbox", params={"to": address}).json()
            return next((mail["links"][0] for mail in mails if mail["links"]), None)

        return wait_until(newest, f"a mail with a link to {address}")

    def fault(self, *faults: dict[str, Any]) -> None:
        """Have the vendors misbehave until told otherwise; without faults they behave again."""
        self._client.put("/sandbox/faults", json=list(faults)).raise_for_status()


def wait_until(look: Callable[[], T | None], what: str, within_s: float = 60) -> T:
    """Look until there is something to see and return it; fail in words after `within_s` seconds."""
    deadline = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {within_s:.0f} s for {what}"
        time.sleep(0.1)
    return found
