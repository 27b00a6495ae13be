"""Bring people into an installation by its own endpoints, for tests that are not about the way in."""

from dataclasses import dataclass

import httpx

from tests.browser.carrier import Carrier

PASSWORD = "correct horse battery"
# The way in is walked without a browser; what a person sees of it, such as their devices, should not tell.
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@dataclass(frozen=True)
class Person:
    """A signed-in person: what they sign in with, and the cookies a browser of theirs holds."""

    name: str
    email: str
    password: str
    cookies: tuple[dict[str, str], ...]


def sign_in(url: str, email: str, password: str, name: str) -> Person:
    """Sign an account in. Only a few times per account: the product limits attempts."""
    with httpx.Client(base_url=url, headers={"origin": url, "user-agent": BROWSER}, timeout=60) as client:
        answer = client.post("/api/session/sign-in", json={"email": email, "password": password})
        assert answer.is_success, answer.text
        return Person(name, email, password, _cookies(client, url))


def sign_up(url: str, carrier: Carrier, name: str, email: str) -> Person:
    """Make an account with a workspace of its own and sign it in."""
    with httpx.Client(base_url=url, headers={"origin": url, "user-agent": BROWSER}, timeout=60) as client:
        form = {"name": name, "email": email, "password": PASSWORD, "timezone": "America/Los_Angeles"}
        answer = client.post("/api/session/sign-up", json=form)
        assert answer.is_success, answer.text
        answer = client.post("/api/session/verify-email", json={"code": carrier.code_for(email)})
        assert answer.is_success, answer.text
        return Person(name, email, PASSWORD, _cookies(client, url))


def _cookies(client: httpx.Client, url: str) -> tuple[dict[str, str], ...]:
    return tuple({"name": cookie.name, "value": cookie.value or "", "url": url} for cookie in client.cookies.jar)
