"""Write structured logs to standard error, one event a line, with secrets and personal text taken out."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Values under these names never reach a log; the names match whole words inside keys such as `api_key_hash`.
_SECRET_NAMES = re.compile(
    r"(password|secret|token|cookie|authorization|api_?key|signature|one_time_code)(_|$)", re.IGNORECASE
)
_SECRET_VALUES = [
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 [hidden]"),
    (re.compile(r"\b(sk|whsec|mgp)[-_][\w-]{8,}"), r"\1_[hidden]"),
    (re.compile(r"(postgres(?:ql)?(?:\+\w+)?://[^:/@\s]+:)[^@\s]+@"), r"\1[hidden]@"),
    (re.compile(r"(?<!\w)\+\d{5,11}(\d{4})\b"), r"+…\1"),
    (re.compile(r"\b[\w.+-]+@([\w-]+\.[\w.-]+)"), r"…@\1"),
]


def redact(value: Any, name: str = "") -> Any:
    """Return `value` without secrets: by the name it stands under, and by what it looks like."""
    if name and _SECRET_NAMES.search(name):
        return "[hidden]"
    if isinstance(value, str):
        for pattern, replacement in _SECRET_VALUES:
            value = pattern.sub(replacement, value)
        return value
    if isinstance(value, dict):
        return {key: redact(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    return value


def _redact_event(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in list(entry):
        if name not in ("event", "level", "timestamp"):
            entry[name] = redact(entry[name], name)
    entry["event"] = redact(entry.get("event", ""))
    return entry


def configure(level: str = "INFO", style: str = "console") -> None:
    """Send our own logs and the libraries' through the same redaction, as `json` lines or for the `console`."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "httpx2", "procrastinate", "apscheduler", "openai"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


log: Any = structlog.get_logger("magpipe")
