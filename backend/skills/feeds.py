"""Read feeds: RSS 2.0, RSS 1.0 and Atom (RFC 4287), from bytes of strangers."""

import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from backend.core.errors import Invalid

MOST = 200
_TAG = re.compile(r"<[^>]{0,2000}>")
_WORDS_LIMIT = 4_000


@dataclass(frozen=True)
class Entry:
    """One article or post: what tells it from all others, its title, where it stands, and its first words."""

    id: str
    title: str
    url: str
    summary: str


def read(content: bytes, base_url: str) -> list[Entry]:
    """Return up to `MOST` entries of a feed, as it orders them. Raises `Invalid` when it is none."""
    from lxml import etree

    # No entities, no network, no huge trees: what a feed may be used to attack with is switched off.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or _name(root) not in ("rss", "feed", "RDF"):
        raise Invalid("This address is no RSS or Atom feed.", field="sources", code="no_feed")
    found = [node for node in root.iter() if _name(node) in ("item", "entry")]
    entries = [_entry(node, base_url) for node in found[:MOST]]
    return [entry for entry in entries if entry.id]


def plain(markup: str) -> str:
    """Return the words of a piece of HTML on one line."""
    return " ".join(html.unescape(_TAG.sub(" ", html.unescape(markup[:_WORDS_LIMIT]))).split())


def _entry(node: Any, base_url: str) -> Entry:
    url = _link(node, base_url)
    # RSS 1.0 names an item by rdf:about.
    about = next((value for key, value in node.attrib.items() if key.endswith("}about")), "")
    words = _text(node, "summary") or _text(node, "description") or _text(node, "content")
    return Entry((_text(node, "guid") or _text(node, "id") or about or url)[:500], plain(_text(node, "title")), url,
                 plain(words))  # fmt: skip


def _link(node: Any, base_url: str) -> str:
    for child in node:
        if _name(child) == "link":
            href = child.get("href") if child.get("rel", "alternate") == "alternate" else ""
            address = (href or (child.text or "")).strip()
            if address:
                try:
                    joined = str(urljoin(base_url, str(address)))
                except ValueError:
                    continue
                if joined.startswith(("http://", "https://")):
                    return joined[:1_000]
    return ""


def _text(node: Any, name: str) -> str:
    for child in node:
        if _name(child) == name:
            return "".join(child.itertext()).strip()
    return ""


def _name(node: Any) -> str:
    """Return an element's name without its namespace; comments and the like have none."""
    return str(node.tag).rpartition("}")[2] if isinstance(node.tag, str) else ""
