"""Fetch from addresses other people chose: resolved once, never private, capped in size, time and redirects.

Every request to a user-given address goes through here (DESIGN law 9). The name is resolved by us, each answer is
checked, and the connection is made to that very address, so a name that changes its mind between check and use
(DNS rebinding) reaches nothing.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from backend.core.errors import VendorError

MAX_REDIRECTS = 3
TIMEOUT_S = 20.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052 §2.1: an IPv4 address in IPv6 clothes
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")  # RFC 3056 §2


@dataclass(frozen=True)
class Fetched:
    """A body fetched whole, with what the server called it."""

    content: bytes
    content_type: str


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
) -> Fetched:
    """Return the body at `url`, following at most `MAX_REDIRECTS` redirects, each checked anew.

    `auth` goes only to `trusted_origin` (`scheme://host[:port]` of a configured vendor, which may be local); redirects
    elsewhere go without it. Raises `AddressRefused`, `TooLarge`, or `VendorError` (retryable when it may pass).
    """
    try:
        async with asyncio.timeout(timeout_s):
            for _ in range(MAX_REDIRECTS + 1):
                answer = await _get(url, max_bytes, trusted_origin, auth)
                if isinstance(answer, Fetched):
                    return answer
                url = urljoin(url, answer)
    except TimeoutError:
        raise VendorError("The address took too long to answer.", vendor="web", is_retryable=True) from None
    raise AddressRefused("The address redirects too often.")


async def _get(url: str, max_bytes: int, trusted_origin: str, auth: tuple[str, str] | None) -> Fetched | str:
    """Return the body, or the address it redirects to."""
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise AddressRefused("This is not a web address.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise AddressRefused("This is not a web address.")
    is_trusted = bool(trusted_origin) and f"{parts.scheme}://{parts.netloc}".casefold() == trusted_origin.casefold()
    target, headers, extensions = url, {"accept-encoding": "identity"}, {}
    if not is_trusted:
        address = await resolve(parts.hostname, port)
        host = f"[{address}]" if ":" in address else address
        target = parts._replace(netloc=f"{host}:{port}").geturl()
        headers["host"] = parts.netloc
        extensions["sni_hostname"] = parts.hostname
    try:
        async with (
            httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "GET", target, headers=headers, extensions=extensions, auth=auth if is_trusted else None
            ) as response,
        ):
            if response.is_redirect and response.headers.get("location"):
                return str(response.headers["location"])
            if not response.is_success:
                is_retryable = response.status_code >= 500 or response.status_code in (408, 425, 429)
                raise VendorError(
                    f"The address answered {response.status_code}.", vendor="web", is_retryable=is_retryable
                )
            content = bytearray()
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > max_bytes:
                    raise TooLarge(max_bytes)
            return Fetched(bytes(content), response.headers.get("content-type", "").split(";")[0].strip().lower())
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise VendorError(
            f"The address could not be reached ({type(error).__name__}).", vendor="web", is_retryable=True
        ) from None
