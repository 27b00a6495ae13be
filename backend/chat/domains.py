"""Decide on which sites a widget may stand, by the Origin that browsers put on every request a page makes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from backend.core.config import settings
from backend.core.errors import Invalid, NotAllowed

MOST_DOMAINS = 50
_USUAL_PORT = {"http": 80, "https": 443}
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
LOCAL = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True)
class Site:
    """Where a page comes from. `port` is None when it is the scheme's own."""

    host: str
    port: int | None

    def __str__(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"


def checked(domains: Sequence[str]) -> list[str]:
    """Return domains in the one spelling we store, each once; a pasted address counts as its site.

    `example.com` means exactly that site, `*.example.com` the ones below it, `example.com:8080` that port. Raises
    `Invalid`.
    """
    kept = list(dict.fromkeys(str(_entry(domain)) for domain in domains if domain.strip()))
    if len(kept) > MOST_DOMAINS:
        raise Invalid(f"List at most {MOST_DOMAINS} sites.", field="allowed_domains")
    return kept


def require(origin: str, allowed: Sequence[str]) -> None:
    """Refuse a page that is not on the list. Raises `NotAllowed` (`domain_not_allowed`).

    An empty list allows every site, and our own pages are always allowed. A request without an Origin was made by no
    page. This machine is allowed outside production, so that a site can be tried before it is published.
    """
    site = _site(origin)
    if site is None:
        raise NotAllowed("This chat answers requests from web pages only.", code="domain_not_allowed")
    if origin.lower() in settings().origins or not allowed:
        return
    if site.host in LOCAL and settings().environment != "production":
        return
    if not any(_fits(site, entry) for entry in allowed):
        raise NotAllowed(f"This chat is not set up for {site}.", code="domain_not_allowed")


def _fits(site: Site, entry: str) -> bool:
    host, _, port = entry.partition(":")
    if str(site.port or "") != port and not (site.host in LOCAL and not port):
        return False
    if host.startswith("*."):
        return site.host.endswith(host[1:]) and site.host != host[2:]
    return site.host == host


def _site(origin: str) -> Site | None:
    try:
        parts = urlsplit(origin.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if parts.scheme not in _USUAL_PORT or not host or parts.username or parts.path.strip("/") or parts.query:
        return None
    return Site(host, None if port in (None, _USUAL_PORT[parts.scheme]) else port)


def _entry(domain: str) -> Site:
    text = domain.strip().lower()
    if len(text) > 300:
        raise Invalid("A site’s name has at most 253 characters.", field="allowed_domains")
    scheme = text.partition("://")[0] if "://" in text else "https"
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
        # Browsers name a site in letters, digits and hyphens (RFC 5891), so it is compared in that form.
        star, bare = (
            ("*.", (parts.hostname or "")[2:]) if (parts.hostname or "").startswith("*.") else ("", parts.hostname)
        )
        host = star + (bare or "").rstrip(".").encode("idna").decode()
    except (ValueError, UnicodeError):
        host, port = "", None
    if not _HOST.fullmatch(host):
        raise Invalid(f"“{domain.strip()[:60]}” is not a site. Write it like example.com.", field="allowed_domains")
    return Site(host, None if port in (None, _USUAL_PORT.get(scheme)) else port)
