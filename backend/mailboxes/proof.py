"""Judge an email by its headers: whether its sender is proven, and whether a machine wrote it."""

import re
from collections.abc import Mapping, Sequence
from email.utils import parseaddr

# What the mail service's own spam filter found (postmarkapp.com/developer, "SpamAssassin headers"). `DKIM_VALID_AU` is
# a valid signature of the very domain the mail claims to come from; `SPF_PASS` alone says nothing of that address.
_TESTS, _SIGNED_BY_AUTHOR = "x-spam-tests", "DKIM_VALID_AU"
_SPF = "received-spf"
_ENVELOPE = re.compile(r"envelope-from=[\"']?<?([^;\s\"'>]+)", re.IGNORECASE)
_DAEMON = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|bounce[+=-].*|notifications?-?noreply)(?:\+.*)?@",
    re.IGNORECASE,
)
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})

Headers = Mapping[str, Sequence[str]]


def is_proven(sender: str, headers: Headers) -> bool:
    """Tell whether the domain of `sender` vouched for this mail: signed it, or let this server send it.

    A header counts only when it is there once: a second one was brought along by whoever sent the mail.
    """
    domain = sender.rpartition("@")[2].lower()
    tests = headers.get(_TESTS, ())
    if len(tests) == 1 and _SIGNED_BY_AUTHOR in re.split(r"[\s,]+", tests[0].upper()):
        return True
    spf = headers.get(_SPF, ())
    if len(spf) != 1 or not spf[0].strip().lower().startswith("pass"):
        return False
    envelope = _ENVELOPE.search(spf[0])
    return bool(domain) and envelope is not None and envelope.group(1).rpartition("@")[2].lower() == domain


def machine(sender: str, headers: Headers) -> str:
    """Return why a mail is a machine's, in words for the team, or an empty string (RFC 3834, RFC 2919)."""
    if _DAEMON.match(sender) or not sender:
        return "it comes from a machine’s address"
    automatic = _first(headers, "auto-submitted").lower()
    if automatic and automatic != "no":
        return "it is an automatic reply"
    if _first(headers, "precedence").lower() in _BULK:
        return "it was sent to many"
    suppress = _first(headers, "x-auto-response-suppress").lower()
    if "all" in suppress or "autoreply" in suppress or "oof" in suppress:
        return "its sender wants no automatic reply"
    if headers.get("list-id") or headers.get("list-unsubscribe"):
        return "it was sent to many"
    if any(headers.get(name) for name in ("x-autoreply", "x-autorespond", "x-autoresponder")):
        return "it is an automatic reply"
    return_path = _first(headers, "return-path")
    if return_path and not parseaddr(return_path)[1]:
        return "it is a report of a mail server"
    return ""


def _first(headers: Headers, name: str) -> str:
    return next(iter(headers.get(name, ())), "").strip()
