"""Fill a function's address, query and body with a call's arguments, each where it may stand and nowhere else."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from backend.core.errors import Invalid
from backend.functions.definitions import BODILESS

_TOKEN = re.compile(r"\{\{\s*([A-Za-z_][\w.]*)\s*\}\}")


def request_of(
    found: Mapping[str, Any], arguments: Mapping[str, Any], known: Mapping[str, Any], extra: Mapping[str, Any]
) -> tuple[str, bytes]:
    """Return the address and the JSON body of a call.

    `known` are the values of the conversation; an argument of the same name wins. Without a template the body is the
    arguments and `extra`; for a method without a body the arguments go into the query, unless the function says
    itself what goes there. Raises `Invalid` for an argument that would leave its place in the path.
    """
    values = {**known, **arguments}
    url = _address(found["endpoint_url"], values)
    query = [(one["name"], _filled(one["value"], values)) for one in found["query_params"]]
    if found["http_method"] in BODILESS:
        named = set(_TOKEN.findall(found["endpoint_url"])) | {
            name for one in found["query_params"] for name in _TOKEN.findall(one["value"])
        }
        query += [(name, _plain(value)) for name, value in arguments.items() if name not in named]
        return _with_query(url, query), b""
    body = {**extra, **arguments}
    if found["body_template"]:
        body = _deep(json.loads(found["body_template"]), values)
    return _with_query(url, query), json.dumps(body, ensure_ascii=False).encode()


def picked(answer: Any, path: str) -> Any:
    """Return what stands at a path such as `$.order.items[0].name` of an answer, or None."""
    for step in re.findall(r"[\w-]+", path.removeprefix("$")):
        if isinstance(answer, Mapping):
            answer = answer.get(step)
        elif isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            return None
    return answer


def _address(url: str, values: Mapping[str, Any]) -> str:
    found = _TOKEN.sub(lambda match: quote(_plain(values.get(match.group(1), "")), safe=""), url)
    # What a model chose may not climb to another place of the server (RFC 3986 §5.2.4), nor when a server reads the
    # encoded slash as a slash.
    if {".", ".."} & set(re.split(r"[/\\]", unquote(urlsplit(found).path))):
        raise Invalid("An argument cannot stand in an address.", field="endpoint_url")
    return found


def _with_query(url: str, query: list[tuple[str, str]]) -> str:
    if not query:
        return url
    parts = urlsplit(url)
    return parts._replace(query="&".join(filter(None, (parts.query, urlencode(query))))).geturl()


def _deep(template: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(template, dict):
        return {key: _deep(one, values) for key, one in template.items()}
    if isinstance(template, list):
        return [_deep(one, values) for one in template]
    if isinstance(template, str):
        # A value that stands alone keeps its type; among other words it is text.
        whole = _TOKEN.fullmatch(template)
        return values.get(whole.group(1)) if whole else _filled(template, values)
    return template


def _filled(template: str, values: Mapping[str, Any]) -> str:
    return _TOKEN.sub(lambda match: _plain(values.get(match.group(1), "")), template)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
