"""List what an attacker, or a broken client, puts where a value belongs."""

import json
from typing import Any

SQL = "Robert'); DROP TABLE users; -- \" $1 %s %(name)s {0} \\"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>&lt;{{7*7}}${7*7}"
ODD = "\u202egnol\u200b\ufeff👩\u200d👩\u200d👧 \x1b[31m \x07 ../../etc/passwd"

# What PostgreSQL stores in no text: refused by name, or stored without it.
NULLS = ("\x00", "a\x00b", "\x00a")
# Text that is only text: a field takes it as it stands, or refuses it by name.
WORDS = (SQL, MARKUP, ODD)
# What is not text, or not text that can be stored.
NOT_TEXT: tuple[Any, ...] = (
    7,
    -1,
    10**30,
    1.5,
    True,
    [],
    ["a"],
    {},
    {"a": {"b": []}},
    float("nan"),
    float("inf"),
    "\ud800",
    "a\udc00b",
    "a" * 100_001,
)
# What is no number within any bounds of ours, and no truth value.
NOT_NUMBERS: tuple[Any, ...] = (
    -1,
    10**30,
    1e308,
    float("nan"),
    float("-inf"),
    "٣٤",
    "1e5",
    "0x10",
    "a\x00",
    [],
    {},
    [1],
)

# Bodies that are no JSON object at all.
BROKEN_BODIES: tuple[bytes, ...] = (
    b"",
    b"{",
    b'{"a": ',
    b'{"a": "',
    b"[]",
    b"null",
    b"7",
    b'"text"',
    b"a=b&c=d",
    b"\xff\xfe\x00\x01",
    b'{"a": "\xc3\x28"}',
    '{"a": "é"}'.encode("latin-1"),
    '{"a": 1}'.encode("utf-16"),
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"9" * 10_000,
    b"\x00" * 100,
)
CONTENT_TYPES = ("", "text/plain", "application/xml", "multipart/form-data", "application/json; charset=utf-16", "a\tb")


def as_json(body: Any) -> bytes:
    """Return a body as a careless client writes it: numbers that are none, and halves of characters, go through."""
    return json.dumps(body, allow_nan=True).encode()
