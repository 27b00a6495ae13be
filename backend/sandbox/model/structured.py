"""JSON answers: an object that fits the schema, filled with what the text says and nothing else."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from backend.sandbox.model.arguments import value_for
from backend.sandbox.model.prompt import Prompt
from backend.sandbox.model.sentences import shorten, split_sentences
from backend.sandbox.model.words import fold, is_stop, is_weak, stem, tokens, word_set

_SUMMARY = re.compile(r"summar|overview|gist|recap|description|reason|note|outcome|resolution")
_TOPICS = re.compile(r"topic|tag|keyword|theme|subject")
_SENTIMENT = frozenset({"positive", "negative", "neutral"})
_GLAD = frozenset(
    stem(word)
    for word in word_set(
        """
        thanks thank great perfect happy love excellent wonderful good nice awesome appreciate
        pleased
        """
    )
)
_UPSET = frozenset(
    stem(word)
    for word in word_set(
        """
        angry bad terrible awful hate upset unacceptable worst disappointed complaint frustrated
        rude broken never
        """
    )
)
_SPEAKER = re.compile(
    r"^(?:user|customer|caller|contact|visitor|agent|assistant|ai|person)\s*:\s*",
    re.IGNORECASE | re.MULTILINE,
)
_KEY = re.compile(r"[\"'`]([a-z][a-z0-9_]{1,40})[\"'`]")
_SUMMARY_LENGTH = 240
_MOST_TOPICS = 5


def answer(prompt: Prompt, plain_answer: str) -> str:
    """Return a JSON object as text. `plain_answer` stands in when the request names no field."""
    text = "\n".join(prompt.user_texts) or prompt.system
    schema = (prompt.response_format.get("json_schema") or {}).get("schema")
    if isinstance(schema, dict):
        made = _object(schema, text, schema.get("$defs") or schema.get("definitions") or {})
    else:
        keys = list(dict.fromkeys(_KEY.findall(prompt.system + "\n" + prompt.question)))
        made = {key: _guess(key, text) for key in keys} or {"answer": plain_answer}
    return json.dumps(made, ensure_ascii=False)


def is_summary_request(prompt: Prompt) -> bool:
    """Say whether the prompt asks for a summary of a text it holds."""
    asked = fold(f"{prompt.system[:600]} {prompt.question[:200]}")
    return bool(re.search(r"\bsummar(?:y|ise|ize)", asked)) and len(prompt.question) > 200


def summary_of(text: str) -> str:
    """Return the first two telling sentences of a text."""
    sentences = [s for s in split_sentences(_SPEAKER.sub("", text)) if len(tokens(s)) >= 4]
    return shorten(" ".join(sentences[:2]), _SUMMARY_LENGTH)


def _guess(key: str, text: str) -> Any:
    return _string(key, {}, text, is_nullable=True)


def _resolve(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference, and take the first alternative that is not null."""
    if "$ref" in schema:
        return _resolve(definitions.get(str(schema["$ref"]).rsplit("/", 1)[-1], {}), definitions)
    for choice in ("anyOf", "oneOf"):
        options = [option for option in schema.get(choice, []) if option.get("type") != "null"]
        if options:
            nullable = len(options) < len(schema[choice])
            found = _resolve(options[0], definitions)
            kind = found.get("type", "string")
            return {**found, "type": [kind, "null"]} if nullable and isinstance(kind, str) else found
    return schema


def _object(schema: Mapping[str, Any], text: str, definitions: Mapping[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties") or {}
    return {
        str(name): _value(str(name), _resolve(inner, definitions), text, definitions)
        for name, inner in properties.items()
    }


def _value(name: str, schema: Mapping[str, Any], text: str, definitions: Mapping[str, Any]) -> Any:
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    is_nullable = "null" in kinds or None in (schema.get("enum") or [])
    kind = next((item for item in kinds if item != "null"), "string")
    if schema.get("enum"):
        return _enum(schema["enum"], text, is_nullable)
    if kind == "object":
        return _object(schema, text, definitions)
    if kind == "array":
        return _array(name, _resolve(schema.get("items") or {}, definitions), text)
    if kind == "string":
        return _string(name, schema, text, is_nullable)
    found = value_for(name, {**schema, "type": kind}, text, is_required=False)
    if found is not None or is_nullable:
        return found
    return {"integer": 0, "number": 0, "boolean": False}.get(kind)


def _enum(allowed: list[Any], text: str, is_nullable: bool) -> Any:
    if {"positive", "negative"} <= {str(item).lower() for item in allowed}:
        wanted = _sentiment(text)
        return next((item for item in allowed if str(item).lower() == wanted), allowed[0])
    found = value_for("", {"enum": [item for item in allowed if item is not None]}, text, is_required=False)
    if found is not None or is_nullable:
        return found
    return next((item for item in allowed if str(item).lower() in ("unknown", "other", "none", "neutral")), allowed[0])


def _sentiment(text: str) -> str:
    words = [stem(word) for word in tokens(text)]
    glad, upset = sum(word in _GLAD for word in words), sum(word in _UPSET for word in words)
    return "positive" if glad > upset else "negative" if upset > glad else "neutral"


def _array(name: str, items: Mapping[str, Any], text: str) -> list[Any]:
    if items.get("enum"):
        said = {stem(word) for word in tokens(text)}
        return [item for item in items["enum"] if {stem(word) for word in tokens(str(item))} & said]
    if items.get("type", "string") != "string":
        return []
    return _topics(text) if _TOPICS.search(name.lower()) else []


def _topics(text: str) -> list[str]:
    words = [
        word
        for word in tokens(_SPEAKER.sub("", text))
        if len(word) > 3 and not is_stop(word) and not is_weak(stem(word))
    ]
    return [word for word, _ in Counter(words).most_common(_MOST_TOPICS)]


def _string(name: str, schema: Mapping[str, Any], text: str, is_nullable: bool) -> str | None:
    if name.lower() == "sentiment":
        return _sentiment(text)
    if _SUMMARY.search(name.lower()):
        return summary_of(text) or shorten(text.strip(), _SUMMARY_LENGTH)
    found = value_for(name, schema, text, is_required=False)
    if found is None:
        return None if is_nullable else ""
    return str(found)
