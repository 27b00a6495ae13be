"""Follow who picked up a call of ours: nobody can tell at first, then it is a person, a machine or a screening service.

What tells of it comes in any order: the carrier may say that a machine answered before or after its beep is heard, and
either before or after its words are.
"""

from voice_agent.core import machines, rules
from voice_agent.core.states import Kind


class Callee:
    """Who picked up; times are seconds on the call's clock. In a call that came in nobody is looked for."""

    def __init__(self, is_ours: bool) -> None:
        self.is_person = not is_ours
        """Whether somebody has talked with the agent."""
        self.machine_at: float | None = None
        """Since when a machine is known to have picked up."""
        self.screened_at: float | None = None
        """Since when a screening service is known to hold us, while it does."""
        self._is_ours = is_ours
        self._opened_at = 0.0
        self._beeped_at: float | None = None
        self._asked = self._turns = 0

    def open(self, at: float) -> None:
        """Know when somebody or something picked up."""
        self._opened_at = at

    @property
    def is_no_person(self) -> bool:
        """Whether a machine or a screening service is on the line now."""
        return self.machine_at is not None or self.screened_at is not None

    def recognise(self, text: str, at: float) -> Kind | None:
        """Return what words show to have picked up, as long as that can be: `MACHINE`, `SCREENED` or None."""
        if not self._is_ours or at > self._opened_at + rules.MACHINES_SPEAK_S:
            return None
        found = machines.recognise(text)
        return None if found == Kind.SCREENED and self.is_person else found

    def may_be_person(self, text: str) -> bool:
        """Tell whether these words can be those of the person a screening service has rung."""
        return self.screened_at is not None and not machines.is_of_go_between(text)

    def meet(self, has_heard_us: bool) -> bool:
        """Know that somebody takes turns with the agent; True once it is certain that it is a person.

        A greeting of a machine, too, goes on after a pause, over whatever the agent began to say into it.
        """
        self._turns += 1
        if self.is_person or not (has_heard_us or self._turns > 1):
            return False
        self.is_person, self.screened_at = True, None
        return True

    def find_machine(self, at: float, is_certain: bool) -> bool:
        """Know that a machine picked up, by its own words or by a guess; True for the first time."""
        if not self._is_ours or self.machine_at is not None or (self.is_person and not is_certain):
            return False
        self.machine_at, self.screened_at = at, None
        return True

    def find_screening(self, at: float) -> bool:
        """Know that a screening service asks; True as often as it is answered."""
        if not self._is_ours or self.is_person or self.machine_at is not None:
            return False
        self.screened_at, self._asked = at, self._asked + 1
        return self._asked <= rules.MOST_ASKED

    def beep(self, at: float) -> None:
        """Know that a beep was heard."""
        self._beeped_at = at

    def has_beeped(self, at: float) -> bool:
        """Tell whether a machine records by now: its beep was heard since it is known, or just before that."""
        return self._beeped_at is not None and at - self._beeped_at <= rules.BEEP_COUNTS_S
