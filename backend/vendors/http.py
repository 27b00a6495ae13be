"""Fetch from addresses other people chose: resolved once, never private, capped in size, time and redirects.

Every request to a user-given address goes through here (DESIGN law 9). The name is resolved by us, each answer is
checked, and the connection is made to that very address, so a name that changes its mind between check and use
(DNS rebinding) reaches nothing.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

from backend.core.config import settings
from backend.core.errors import VendorError

MAX_REDIRECTS = 3
TIMEOUT_S = 20.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052 §2.1: an IPv4 address in IPv6 clothes
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")  # RFC 3056 §2


@dataclass(frozen=True)
class Fetched:
    """A body fetched whole, with what the server called it, and the address that answered in the end."""

    content: bytes
    content_type: str
    charset: str = ""
    url: str = ""


@dataclass(frozen=True)
class Visitor:
    """How we come to an address: by which name, and with headers for `origin` alone."""

    agent: str = ""
    origin: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class AddressFailed(VendorError):
    """The address answered with an error; `answered` is the HTTP status."""

    default_code = "address_failed"

    def __init__(self, answered: int) -> None:
        super().__init__(
            f"The address answered {answered}.",
            vendor="web",
            code=self.default_code,
            is_retryable=answered >= 500 or answered in (408, 425, 429),
        )
        self.answered = answered


@dataclass(frozen=True)
class Answer:
    """What a server answered, whatever its status. `content` may be cut, then `is_cut` says so."""

    status: int
    content: bytes
    content_type: str
    charset: str
    is_cut: bool


class AddressRefused(VendorError):
    """The address is not one a server of ours may ask: private, malformed, or not HTTP."""

    default_code = "address_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message, vendor="web", code=self.default_code)


class TooLarge(VendorError):
    """The body is larger than the caller takes."""

    default_code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The file is larger than {limit // 1_000_000} MB.", vendor="web", code=self.default_code)


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the open internet (RFC 6890), also when it hides an IPv4 one."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip in _SIX_TO_FOUR:
            return is_public(str(ipaddress.IPv4Address((int(ip) >> 80) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


async def resolve(host: str, port: int) -> str:
    """Return one address of `host`. Raises `AddressRefused` when any of its addresses is private or there is none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused("This address does not exist.") from None
    addresses = [str(entry[4][0]).split("%")[0] for entry in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise AddressRefused("This address is inside a private network.")
    return addresses[0]


async def fetch(
    url: str,
    *,
    max_bytes: int,
    trusted_origin: str = "",
    auth: tuple[str, str] | None = None,
    timeout_s: float = TIMEOUT_S,
    visitor: Visitor | None = None,
) -> Fetched:
    """Return the body at `url`, following at most `MAX_REDIRECTS` redirects, each checked anew.

    `auth` goes only to `trusted_origin` (`scheme://host[:port]` of a configured vendor, which may be local); redirects
    elsewhere go without it. Raises `AddressRefused`, `TooLarge`, or `VendorError` (retryable when it may pass);
    `AddressFailed` says which status came.
    """
    try:
        async with asyncio.timeout(timeout_s):
            for _ in range(MAX_REDIRECTS + 1):
                answer = await _get(url, max_bytes, trusted_origin, auth, visitor or Visitor())
                if isinstance(answer, Fetched):
                    return answer
                url = _joined(url, answer)
    except TimeoutError:
        raise VendorError("The address took too long to answer.", vendor="web", is_retryable=True) from None
    raise AddressRefused("The address redirects too often.")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise AddressRefused("The address redirects to what is no web address.") from None


async def require_public(url: str) -> None:
    """Raise `AddressRefused` for an address we would not ask ourselves, before somebody else asks it for us."""
    await _target(url)


async def guarded(url: str) -> tuple[str, dict[str, str], str]:
    """Return where to ask for a user-given address, the headers that needs, and the server's name for TLS.

    For a client of another library that opens its own connections. Raises `AddressRefused`.
    """
    return await _target(url)


@lru_cache(maxsize=1)
def certificates() -> ssl.SSLContext:
    """Return the certificate authorities, read once: for each request anew they cost more than the request."""
    return ssl.create_default_context()


@lru_cache(maxsize=1)
def vendor_certificates() -> ssl.SSLContext:
    """Return the authorities vendors' servers are checked by: those that httpx brings, read once for all clients."""
    return httpx.create_ssl_context()


async def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes = b"",
    max_bytes: int,
    timeout_s: float = TIMEOUT_S,
) -> Answer:
    """Send one request to a user-given address and return its answer, cut at `max_bytes`; no redirect is followed.

    A redirect could carry the headers, which may hold secrets, to another server. Raises `AddressRefused`, or
    `VendorError`, whose `may_have_happened` is false when the request surely never arrived.
    """
    try:
        async with asyncio.timeout(timeout_s):
            target, more, sni = await _target(url)
            async with (
                httpx.AsyncClient(
                    timeout=timeout_s, follow_redirects=False, trust_env=False, verify=certificates()
                ) as client,
                client.stream(
                    method,
                    target,
                    headers={**headers, **more},
                    content=content or None,
                    extensions={"sni_hostname": sni} if sni else {},
                ) as response,
            ):
                body = bytearray()
                async for chunk in response.aiter_raw():
                    body += chunk
                    if len(body) > max_bytes:
                        break
                kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
                charset = response.charset_encoding or "utf-8"
                return Answer(response.status_code, bytes(body[:max_bytes]), kind, charset, len(body) > max_bytes)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise VendorError(
            f"The address could not be reached ({type(error).__name__}).", vendor="web", is_retryable=True
        ) from None
    except (TimeoutError, httpx.TimeoutException):
        raise VendorError(
            "The address took too long to answer.", vendor="web", is_retryable=True, may_have_happened=True
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise VendorError(
            f"The address broke off ({type(error).__name__}).", vendor="web", is_retryable=True, may_have_happened=True
        ) from None


def checked_origin(url: str) -> str:
    """Return `scheme://host[:port]` of a web address, in lower case. Raises `AddressRefused` when it is none."""
    parts, _ = _parts(url)
    return f"{parts.scheme}://{parts.netloc}".casefold()


def _parts(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise AddressRefused("This is not a web address.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise AddressRefused("This is not a web address.")
    if not parts.netloc.isascii():
        try:
            # As the name system and certificates know it: müller.de is xn--mller-kva.de (RFC 5891).
            host = httpx.URL(scheme="https", host=parts.hostname).raw_host.decode("ascii")
        except (httpx.InvalidURL, ValueError):
            raise AddressRefused("This is not a web address.") from None
        parts = parts._replace(netloc=host if parts.port is None else f"{host}:{parts.port}")
    return parts, port


async def _target(url: str, trusted_origin: str = "") -> tuple[str, dict[str, str], str]:
    """Return what to ask for at an address, the headers it needs, and the server's name for TLS.

    The operator's own exceptions (`PRIVATE_ORIGINS`) and `trusted_origin` are asked by name, wherever they are.
    """
    parts, port = _parts(url)
    headers = {"accept-encoding": "identity"}
    origin = f"{parts.scheme}://{parts.netloc}".casefold()
    if origin in settings().reachable_private_origins or (trusted_origin and origin == trusted_origin.casefold()):
        return url, headers, ""
    address = await resolve(str(parts.hostname), port)
    host = f"[{address}]" if ":" in address else address
    return (
        parts._replace(netloc=f"{host}:{port}").geturl(),
        {**headers, "host": parts.netloc},
        str(parts.hostname),
    )


async def _get(
    url: str, max_bytes: int, trusted_origin: str, auth: tuple[str, str] | None, visitor: Visitor
) -> Fetched | str:
    """Return the body, or the address it redirects to."""
    target, needed, sni = await _target(url, trusted_origin)
    is_trusted = bool(trusted_origin) and checked_origin(url) == trusted_origin.casefold()
    headers = dict(visitor.headers) if visitor.origin and checked_origin(url) == visitor.origin.casefold() else {}
    headers |= {**({"user-agent": visitor.agent} if visitor.agent else {}), **needed}
    extensions = {"sni_hostname": sni} if sni else {}
    try:
        async with (
            httpx.AsyncClient(
                timeout=TIMEOUT_S, follow_redirects=False, trust_env=False, verify=certificates()
            ) as client,
            client.stream(
                "GET", target, headers=headers, extensions=extensions, auth=auth if is_trusted else None
            ) as response,
        ):
            if response.is_redirect and response.headers.get("location"):
                return str(response.headers["location"])
            if not response.is_success:
                raise AddressFailed(response.status_code)
            content = bytearray()
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > max_bytes:
                    raise TooLarge(max_bytes)
            kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
            return Fetched(bytes(content), kind, response.charset_encoding or "", url)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise VendorError(
            f"The address could not be reached ({type(error).__name__}).", vendor="web", is_retryable=True
        ) from None
