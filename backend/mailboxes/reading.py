"""Read an email as the mail service hands it over: who, to whom, what, in which thread, with which files."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

from lxml import etree, html

from backend.mailboxes import proof, quoting

# More than any letter has; the rest of a longer one would only push out the conversation.
LONGEST_TEXT = 100_000
LONGEST_SUBJECT, LONGEST_NAME = 300, 120
MOST_REFERENCES, MOST_ADDRESSES, MOST_FILES = 30, 50, 10
_ID = re.compile(r"<[^<>\s]{1,300}>")
_BREAKS = frozenset(
    {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol"}
)
_UNREAD = frozenset({"script", "style", "head", "title", "template", "noscript"})
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff]")


@dataclass(frozen=True)
class InboundFile:
    """A file of an email, still in the mail service's spelling (base64)."""

    name: str
    content_type: str
    content: str

    def decoded(self) -> bytes | None:
        """Return the bytes, or None for what is no base64."""
        try:
            return base64.b64decode(self.content, validate=True)
        except (binascii.Error, ValueError):
            return None


@dataclass(frozen=True)
class InboundEmail:
    """One email. Addresses are in lower case; `written` is what is new in it, `quoted` what it repeats."""

    vendor_id: str
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str
    written: str
    quoted: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    machine: str
    is_proven: bool
    files: tuple[InboundFile, ...] = field(default=())

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "InboundEmail":
        """Read the payload of the mail service's webhook; a field of another type is an absent one."""
        headers = _headers(payload)
        sender, name = _person(payload.get("FromFull"))
        sender = sender or parseaddr(_text(payload, "From"))[1].lower()
        text = _body(payload)
        written, quoted = quoting.part(text)
        vendor_id = _text(payload, "MessageID")
        ids = _ID.findall(_header(headers, "message-id"))
        references = tuple(_ID.findall(_header(headers, "references")))[-MOST_REFERENCES:]
        to, cc = _people(payload.get("ToFull")), _people(payload.get("CcFull"))
        envelope = parseaddr(_text(payload, "OriginalRecipient"))[1].lower()
        every = (envelope, *to, *cc, *_people(payload.get("BccFull")))
        return cls(
            vendor_id=vendor_id,
            sender=sender,
            sender_name=one_line(name or _text(payload, "FromName"))[:LONGEST_NAME],
            recipients=tuple(dict.fromkeys(one for one in every if one)),
            to=to,
            cc=cc,
            subject=one_line(_text(payload, "Subject"))[:LONGEST_SUBJECT],
            text=text,
            written=written,
            quoted=quoted,
            message_id=ids[0] if ids else f"<{vendor_id}@unknown.invalid>",
            in_reply_to=next(iter(_ID.findall(_header(headers, "in-reply-to"))), ""),
            references=references,
            machine=proof.machine(sender, headers),
            is_proven=proof.is_proven(sender, headers),
            files=_files(payload),
        )


def one_line(text: str) -> str:
    """Return text on one line without signs that cannot be seen: what may stand in a header."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def plain(markup: str) -> str:
    """Return the words of an HTML mail; none of its markup is kept."""
    try:
        root = html.fromstring(markup.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):
        return ""
    pieces: list[str] = []
    _gather(root, pieces, 0)
    lines = [" ".join(line.split()) for line in "".join(pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _gather(node: Any, pieces: list[str], depth: int) -> None:
    # Deeper than any letter is built, and well below the interpreter's own limit.
    if depth > 200 or not isinstance(node.tag, str):
        return
    if node.tag in _UNREAD:
        return
    is_break = node.tag in _BREAKS
    pieces.append("\n" if is_break else "")
    pieces.append(" ".join((node.text or "").split("\n")))
    for child in node:
        _gather(child, pieces, depth + 1)
        pieces.append(" ".join((child.tail or "").split("\n")))
    pieces.append("\n" if is_break and node.tag != "br" else "")


def _body(payload: Mapping[str, Any]) -> str:
    text = _text(payload, "TextBody")
    if not text.strip():
        text = plain(_text(payload, "HtmlBody")[: LONGEST_TEXT * 4])
    return _UNSEEN.sub("", text.replace("\r\n", "\n"))[:LONGEST_TEXT].strip()


def _headers(payload: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    listed = payload.get("Headers")
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and isinstance(one.get("Name"), str) and isinstance(one.get("Value"), str):
            found.setdefault(one["Name"].strip().lower(), []).append(one["Value"])
    return found


def _header(headers: Mapping[str, list[str]], name: str) -> str:
    return next(iter(headers.get(name, ())), "")


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def _person(entry: Any) -> tuple[str, str]:
    if not isinstance(entry, dict):
        return "", ""
    return _text(entry, "Email").strip().lower()[:320], _text(entry, "Name")


def _people(entries: Any) -> tuple[str, ...]:
    listed = entries if isinstance(entries, list) else []
    return tuple(address for address, _ in map(_person, listed[:MOST_ADDRESSES]) if address)


def _files(payload: Mapping[str, Any]) -> tuple[InboundFile, ...]:
    listed = payload.get("Attachments")
    return tuple(
        InboundFile(one_line(_text(one, "Name"))[:120], _text(one, "ContentType")[:100], _text(one, "Content"))
        for one in (listed if isinstance(listed, list) else [])[:MOST_FILES]
        if isinstance(one, dict)
    )
