"""Read the JSON body of a function call field by field, each error naming its field."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import JSONResponse

from backend.core.errors import Invalid

LARGEST_PAGE = 200
# JSON can spell half of a character (RFC 8259 §8.2), which is no text: it can be neither stored nor answered.
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


class BadParameter(Invalid):
    """A field of the request is missing or malformed; the API's contract answers 400 for it."""

    status = 400
    default_code = "invalid_param"


class Body:
    """The fields a caller sent. Each may go by several names; what nobody asked for is reported as ignored."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._asked: set[str] = set()

    @classmethod
    async def of(cls, request: Request, *, may_be_empty: bool = False) -> "Body":
        """Read the request's JSON object; `may_be_empty` allows no body at all.

        Raises `BadParameter` (400) when it is anything else.
        """
        raw = await request.body()
        if not raw.strip() and may_be_empty:
            return cls({})
        try:
            values = json.loads(raw.decode())
        except (ValueError, RecursionError):
            values = None
        if isinstance(values, dict):
            if _HALF.search(raw):
                _require_whole_characters(values)
            return cls(values)
        raise BadParameter("The body must be a JSON object in UTF-8.", code="invalid_body")

    @classmethod
    def of_query(cls, request: Request) -> "Body":
        """Read the fields from the address instead."""
        return cls(dict(request.query_params))

    @property
    def ignored(self) -> list[str]:
        """Names of the fields that mean nothing here."""
        return sorted(str(name)[:64] for name in self._values if name not in self._asked)

    def _find(self, names: Iterable[str]) -> Any:
        found = None
        for name in names:
            self._asked.add(name)
            if found is None and self._values.get(name) is not None:
                found = self._values[name]
        return found

    def has(self, name: str) -> bool:
        """Tell whether the caller sent a field, be it null."""
        self._asked.add(name)
        return name in self._values

    def value(self, name: str) -> Any:
        """Return a field as it was sent, for a service that checks it itself."""
        return self._find((name,))

    def text(self, *names: str, is_required: bool = True, longest: int = 20_000) -> str:
        """Return a string; empty when it is absent and may be."""
        value = self._find(names)
        if value is None or value == "":
            if is_required:
                raise BadParameter(f"{names[0]} is missing.", field=names[0], code="missing_param")
            return ""
        if not isinstance(value, str):
            raise BadParameter(f"{names[0]} must be text.", field=names[0])
        if len(value) > longest:
            raise BadParameter(f"{names[0]} has more than {longest:,} characters.", field=names[0])
        if "\x00" in value:
            raise BadParameter(f"{names[0]} holds a null character.", field=names[0])
        return value

    def texts(self, *names: str, most: int = 100) -> list[str]:
        """Return a list of strings; empty when it is absent."""
        value = self._find(names)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > most or not all(isinstance(item, str) for item in value):
            raise BadParameter(f"{names[0]} must be a list of at most {most} texts.", field=names[0])
        return [str(item) for item in value]

    def object(self, name: str) -> "Body":
        """Return a nested object."""
        value = self._find((name,))
        if value is None:
            raise BadParameter(f"{name} is missing.", field=name, code="missing_param")
        if not isinstance(value, dict):
            raise BadParameter(f"{name} must be an object.", field=name)
        return Body(value)

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number within bounds; numeric text counts."""
        value = self._find((name,))
        if value is None:
            return default
        digits = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10 and low <= int(digits) <= high):
            raise BadParameter(f"{name} must be a whole number from {low} to {high}.", field=name)
        return int(digits)

    def page(self) -> tuple[int, int]:
        """Return (limit, offset) of a listing."""
        return self.integer("limit", 50, low=1, high=LARGEST_PAGE), self.integer("offset", 0, low=0, high=1_000_000)

    def flag(self, name: str) -> bool | None:
        """Return a truth value, or None when it is absent."""
        value = self._find((name,))
        if value is None or isinstance(value, bool):
            return value
        known = {"true": True, "false": False}.get(str(value).casefold())
        if known is None:
            raise BadParameter(f"{name} must be true or false.", field=name)
        return known

    def choice(self, name: str, options: Iterable[str]) -> str:
        """Return one of `options`; empty when it is absent."""
        value = self.text(name, is_required=False)
        allowed = list(options)
        if value and value not in allowed:
            raise BadParameter(f"{name} must be one of: {', '.join(allowed)}.", field=name)
        return value

    def id(self, *names: str) -> UUID:
        """Return an id."""
        value = self.optional_id(*names)
        if value is None:
            raise BadParameter(f"{names[0]} is missing.", field=names[0], code="missing_param")
        return value

    def optional_id(self, *names: str) -> UUID | None:
        """Return an id, or None when it is absent."""
        value = self._find(names)
        if value is None or value == "":
            return None
        try:
            return UUID(str(value))
        except ValueError:
            raise BadParameter(f"{names[0]} is not a valid id.", field=names[0]) from None

    def moment(self, *names: str, is_end: bool = False) -> datetime | None:
        """Return a moment (ISO 8601, UTC where no zone is named), or None; a bare day ends late when `is_end`."""
        value = self.text(*names, is_required=False, longest=64)
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise BadParameter(
                f"{names[0]} must be a date or a time such as 2026-11-22T09:00:00-05:00.", field=names[0]
            ) from None
        if is_end and len(value) == len("2026-11-22"):
            moment = datetime.combine(moment, time.max)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def reply(self, content: Mapping[str, Any], status: int = 200) -> JSONResponse:
        """Answer with `content`, saying which fields were ignored."""
        ignored = {"ignored_fields": self.ignored} if self.ignored else {}
        return JSONResponse({**content, **ignored}, status)


def _require_whole_characters(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        try:
            json.dumps([name, value], ensure_ascii=False).encode()
        except UnicodeEncodeError:
            field = name.encode(errors="replace").decode()
            raise BadParameter(f"{field} is not valid Unicode.", field=field) from None
