"""Run the money of a call: what has been used by component, how long what is kept back lasts, when to ask for more.

Amounts are whole micro-dollars. What is used by time is reckoned exactly and rounded once per component, so that the
sum of the parts is the charge.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


class Component(StrEnum):
    """What a call costs money for."""

    VOICE = "voice"
    MODEL = "model"
    TELEPHONY = "telephony"
    EXTRAS = "extras"


@dataclass
class CostClock:
    """The costs of one call; `per_minute` are its prices in micro-dollars, times are seconds on the call's clock."""

    per_minute: Mapping[Component, int]
    reserved: int
    """What is kept back for the call so far."""
    flat: Mapping[Component, int] = field(default_factory=dict)
    """What is due once it is answered, however short it is."""
    _started: float | None = None
    _stopped: float | None = None
    _added: Counter[Component] = field(default_factory=Counter)

    def start(self, at: float) -> None:
        """Begin to count, once, when the line is open."""
        if self._started is None:
            self._started = at

    def stop(self, at: float) -> None:
        """Stop counting for good."""
        if self._started is not None and self._stopped is None:
            self._stopped = max(at, self._started)

    def add(self, component: Component, micros: int) -> None:
        """Add what was used beside time, such as a text that was sent. Raises `ValueError` for a negative amount."""
        if micros < 0:
            raise ValueError("a cost is never negative")
        self._added[component] += micros

    def extend(self, micros: int) -> None:
        """Keep back more. Raises `ValueError` for a negative amount."""
        if micros < 0:
            raise ValueError("a reservation only grows")
        self.reserved += micros

    def seconds(self, at: float) -> float:
        """Return how long the line has been open."""
        if self._started is None:
            return 0.0
        return max(0.0, (at if self._stopped is None else self._stopped) - self._started)

    def used(self, at: float) -> dict[Component, int]:
        """Return what each component has cost by then, in micro-dollars; what cost nothing is left out."""
        seconds = Fraction(self.seconds(at))
        flat = self.flat if self._started is not None else {}
        found = {
            one: round(self.per_minute.get(one, 0) * seconds / 60) + flat.get(one, 0) + self._added[one]
            for one in Component
        }
        return {one: micros for one, micros in found.items() if micros}

    def total(self, at: float) -> int:
        """Return what the call has cost by then."""
        return sum(self.used(at).values())

    def lasts_until(self) -> float | None:
        """Return when what is kept back is used up, if nothing is added; None where time costs nothing or stands."""
        rate = sum(self.per_minute.values())
        if self._started is None or self._stopped is not None or rate <= 0:
            return None
        left = self.reserved - sum(self.flat.values()) - sum(self._added.values())
        return self._started + max(0.0, left * 60 / rate)
