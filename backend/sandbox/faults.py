"""Faults the stand-ins were told to show: which, where, how often."""

import itertools
import random
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, Field, model_validator

RequestTarget = Literal[
    "openai.chat",
    "openai.embeddings",
    "openai.speech",
    "openai.transcription",
    "deepgram.listen",
    "elevenlabs.speech",
    "elevenlabs.voices",
    "signalwire.messages",
    "signalwire.history",
    "signalwire.numbers",
    "signalwire.calls",
    "signalwire.recordings",
    "postmark.email",
    "business",
    "calcom",
    "mcp",
    "firecrawl.scrape",
    "slack.webhook",
    "hubspot.crm",
    "hubspot.notes",
    "cohere.rerank",
]
Target = RequestTarget | Literal["carrier.inbound", "carrier.status", "carrier.calls", "carrier.machines", "*"]
Kind = Literal["delay", "error", "timeout", "drop", "duplicate", "reorder", "accept_then_error", "garble"]

_REQUEST_KINDS = frozenset({"delay", "error", "timeout", "drop", "accept_then_error", "garble"})
_KINDS: dict[str, frozenset[str]] = {
    "carrier.inbound": frozenset({"delay", "drop", "duplicate", "reorder", "garble"}),
    "carrier.calls": frozenset({"delay", "drop", "duplicate", "reorder"}),
    "carrier.machines": frozenset({"delay", "drop", "duplicate"}),
    "carrier.status": frozenset({"delay", "error", "drop", "duplicate", "reorder", "garble"}),
}


class Fault(BaseModel):
    """One way to misbehave. `times` counts down with each use; None means until cleared."""

    id: int = 0
    target: Target
    kind: Kind
    delay_ms: int | None = Field(default=None, ge=0, le=600_000)
    status: int = Field(default=500, ge=400, le=599)
    probability: float = Field(default=1.0, ge=0.0, le=1.0)
    times: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _fits_its_target(self) -> "Fault":
        if self.target != "*" and self.kind not in _KINDS.get(self.target, _REQUEST_KINDS):
            allowed = ", ".join(sorted(_KINDS.get(self.target, _REQUEST_KINDS)))
            raise ValueError(f"{self.target} cannot {self.kind}; it can: {allowed}")
        return self

    def delay_s(self, default_ms: int) -> float:
        """Return the pause in seconds, `default_ms` where none was named."""
        return (default_ms if self.delay_ms is None else self.delay_ms) / 1000


class FaultBoard:
    """The active faults. Chance is seeded, so the same requests in the same order meet the same faults."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._ids = itertools.count(1)
        self._faults: list[Fault] = []
        self.chance = random.Random(seed)

    @property
    def active(self) -> list[Fault]:
        """The faults that can still happen."""
        return [fault for fault in self._faults if fault.times is None or fault.times > 0]

    def replace(self, faults: Iterable[Fault], seed: int | None = None) -> list[Fault]:
        """Forget the present faults, start chance anew and show these instead."""
        self.chance = random.Random(self._seed if seed is None else seed)
        self._faults = [fault.model_copy(update={"id": next(self._ids)}) for fault in faults]
        return self.active

    def take(self, target: str) -> list[Fault]:
        """Return the faults this occasion meets, and count them as used."""
        kinds = _KINDS.get(target, _REQUEST_KINDS)
        met = []
        for fault in self.active:
            if fault.target not in (target, "*") or fault.kind not in kinds:
                continue
            if fault.probability < 1.0 and self.chance.random() >= fault.probability:
                continue
            if fault.times is not None:
                fault.times -= 1
            met.append(fault)
        return met


MODES: dict[str, list[Fault]] = {
    "normal": [],
    "slow": [
        Fault(target="openai.chat", kind="delay", delay_ms=4000),
        Fault(target="signalwire.messages", kind="delay", delay_ms=1500),
        Fault(target="postmark.email", kind="delay", delay_ms=1500),
        Fault(target="carrier.inbound", kind="delay", delay_ms=1500),
        Fault(target="carrier.status", kind="delay", delay_ms=1500),
    ],
    "failing": [
        Fault(target="openai.chat", kind="error", status=503),
        Fault(target="openai.embeddings", kind="error", status=503),
        Fault(target="signalwire.messages", kind="error", status=503),
        Fault(target="postmark.email", kind="error", status=503),
    ],
}
"""What the three buttons on the first page set."""
