"""Run one call by its events and the clock: what state it is in, and what is to be done about it.

Nothing here waits, speaks or stores. Whoever drives a call feeds it what happens with the moment it happened, in
seconds on any clock that only goes forward, does what comes back, and calls again at `next_at()`.
"""

from collections.abc import Callable

from voice_agent.core import phrases, rules
from voice_agent.core.callee import Callee
from voice_agent.core.cost_clock import CostClock
from voice_agent.core.messages import (
    CallPeople,
    Command,
    Ending,
    Event,
    GoOn,
    HangUp,
    Hush,
    Line,
    Note,
    PickedUp,
    Reserve,
    Retry,
    Say,
    WrapUp,
)
from voice_agent.core.rules import AtMachine, AtScreening, CallRules
from voice_agent.core.states import TALKING, Kind, State, after

_Due = Callable[[float], list[Command]]
# What the apology says is for somebody to do.
_PROMISED = "Call them back, as they were promised. {why}"


class Call:
    """One call. It ends once (`ending` says why) and never begins again."""

    def __init__(self, call_rules: CallRules, clock: CostClock, at: float) -> None:
        self.state = State.RINGING
        self.ending: Ending | None = None
        self._rules = call_rules
        self._clock = clock
        self._at = at
        self._rang_at = at
        self._opened_at: float | None = None
        # Since when it has been quiet, a speech has been owed, a speech has been silent, and the end has been near.
        self._quiet_at = at
        self._owed_at: float | None = None
        self._heard_at: float | None = None
        self._closing_at = at
        self._callee = Callee(call_rules.is_ours)
        self._speeches = 0
        self._last_speech, self._opening = 0, -1
        # What fills the silence or answers a machine is not what is waited for.
        self._asides: set[int] = set()
        self._tools = 0
        self._reminders = 0
        self._warned = 0
        self._is_caller_speaking = False
        self._is_wrapping_up = False
        self._is_asking_for_money = False
        self._is_out_of_money = False

    def handle(self, event: Event, at: float) -> list[Command]:
        """Take what happened at a moment and return what is to be done; a moment before the last counts as the last."""
        self._at = at = max(at, self._at)
        before = self.state
        if before == State.ENDED:
            return []
        if event.speech in self._asides:
            return self._overdue(at)
        if event.kind == Kind.TURN_TAKEN and before not in (State.RINGING, State.CLOSING):
            event = self._judged(event, at)
        done: list[Command] = []
        if not self._is_held_back(event):
            self.state = after(before, event.kind)
        match event.kind:
            case Kind.ANSWERED if before == State.RINGING:
                self._open(at)
            case Kind.OPENED if before == State.ANSWERED:
                self._owe(at)
                if event.text:
                    done.append(self._say(Line.GREETING))
            case Kind.CALLER_SPOKE:
                self._is_caller_speaking, self._reminders = True, 0
            case Kind.CALLER_PAUSED:
                self._is_caller_speaking, self._quiet_at = False, at
                if self._owed_at is not None:
                    self._owed_at = at
            case Kind.TURN_TAKEN:
                done += self._turn(event, before, at)
            case Kind.AGENT_SPOKE:
                self._owed_at, self._heard_at, self._warned = None, None, 0
            case Kind.AGENT_AUDIO:
                self._heard_at = at
            case Kind.AGENT_FINISHED:
                done += self._finished(event, at)
            case Kind.TOOL_STARTED if self.state == State.TOOL:
                self._tools += 1
                self._owed_at, self._warned = at, 0
            case Kind.TOOL_FINISHED if before == State.TOOL:
                self._tool_finished(at)
            case Kind.RESUMED | Kind.HELD | Kind.TRANSFER_STARTED if self.state != before:
                self._owed_at, self._heard_at, self._quiet_at, self._tools = None, None, at, 0
            case Kind.TRANSFER_FAILED if before == State.TRANSFERRING:
                self._owe(at)
            case Kind.TRANSFER_DONE if before == State.TRANSFERRING:
                self._end(Ending.TRANSFERRED, at)
            case Kind.MACHINE | Kind.SCREENED | Kind.BEEP:
                done += self._on_machine(event, at)
            case Kind.CREDITED:
                self._credited(event.micros)
            case Kind.CLOSE_ASKED if before != State.CLOSING:
                # Who has said goodbye does not say it twice.
                done += self._close(None if event.text else Line.GOODBYE, Ending.AGENT, at)
            case Kind.BROKEN:
                done += self._give_up(event.reason, at)
            case Kind.HUNG_UP:
                self._end(Ending.NO_ANSWER if before == State.RINGING else Ending.CALLER, at)
        return done + self._overdue(at)

    def counts(self, text: str) -> bool:
        """Tell whether words the caller just said are for the agent, or only show over its speech that they listen."""
        is_over_speech = self.state in (State.SPEAKING, State.GREETING)
        return bool(phrases.plain(text)) and not (is_over_speech and phrases.is_listening_sign(text))

    def answers(self, text: str) -> bool:
        """Tell whether the model is to answer what was just said; everything else is this call's own matter."""
        found = self._callee.recognise(text, self._at)
        return found is None and not self._callee.is_no_person and not self._is_waiting

    def hears(self, text: str, at: float) -> list[Command]:
        """Take words before their turn is over: nobody is silent who says them, however softly.

        What a machine says is reason enough not to hear it out.
        """
        if phrases.plain(text):
            self._quiet_at, self._reminders = max(at, self._quiet_at), 0
        if self._callee.machine_at is None and self._callee.recognise(text, at) == Kind.MACHINE:
            return self.handle(Event(Kind.MACHINE, text), at)
        return []

    def next_at(self) -> float | None:
        """Return when the next `Kind.TICK` is due; None while only events can change anything."""
        due = [moment for moment, _ in self._deadlines()]
        return min(due) if due else None

    def _is_held_back(self, event: Event) -> bool:
        """Tell whether an event does not move the call although its kind would: a sign of listening, one of tools."""
        if event.kind == Kind.TURN_TAKEN:
            return self._is_waiting or not self.counts(event.text)
        if event.kind == Kind.AGENT_SPOKE and self._callee.is_no_person:
            # Begun before it was known that nobody hears it, and broken off.
            return True
        return event.kind == Kind.TOOL_FINISHED and self._tools > 1

    @property
    def _is_waiting(self) -> bool:
        """Whether the agent waits for somebody we called to pick up and speak."""
        return self._rules.is_ours and self.state == State.ANSWERED

    def _judged(self, event: Event, at: float) -> Event:
        """Return a turn as what its words show it to be: a machine's, a screening service's, or anybody's."""
        found = self._callee.recognise(event.text, at)
        if found is None:
            return event
        self._is_caller_speaking, self._quiet_at = False, at
        return Event(found, event.text)

    def _open(self, at: float) -> None:
        self._opened_at = self._quiet_at = at
        self._clock.start(at)
        self._callee.open(at)

    def _open_up(self, at: float) -> list[Command]:
        """Say who calls, to somebody who picked up."""
        self.state, said = State.GREETING, self._say(Line.GREETING)
        self._opening = said.speech
        self._owe(at)
        return [said]

    def _owe(self, at: float) -> None:
        self._owed_at, self._warned = at, 0

    def _turn(self, event: Event, before: State, at: float) -> list[Command]:
        self._is_caller_speaking, self._quiet_at, self._reminders = False, at, 0
        if self._is_waiting:
            # A machine, or who asks us to wait, is not spoken to; somebody whom a screening service rang is met.
            if self._callee.machine_at is not None or not phrases.plain(event.text):
                return []
            if self._callee.screened_at is None:
                return self._open_up(at)
            is_person = self._callee.may_be_person(event.text) and self._callee.meet(has_heard_us=True)
            return [Note(PickedUp.PERSON), *self._open_up(at)] if is_person else []
        is_after_opening = self.state == State.THINKING and before != State.ANSWERED
        is_person = is_after_opening and self._callee.meet(has_heard_us=before != State.GREETING)
        # A turn that was taken in another state than this is answered after it.
        if self.state == State.THINKING and (before != State.THINKING or self._owed_at is None):
            self._owe(at)
        return [Note(PickedUp.PERSON)] if is_person else []

    def _tool_finished(self, at: float) -> None:
        self._tools = max(0, self._tools - 1)
        if self.state == State.THINKING:
            self._owe(at)

    def _finished(self, event: Event, at: float) -> list[Command]:
        self._quiet_at, self._heard_at = at, None
        if self.state == State.CLOSING:
            is_last = event.speech == self._last_speech
            return [self._hang_up(self.ending or Ending.AGENT)] if is_last else []
        if self.state == State.LISTENING and event.text and event.speech == self._opening and self._rules.goes_on:
            # Who breaks in is answered; who hears us out is told why we call.
            self._opening, self.state = -1, State.THINKING
            self._owe(at)
            return [GoOn()]
        if not event.speech and phrases.ends_call(event.text, self._rules.end_phrases) and self.state in TALKING:
            # It has said its goodbye.
            self.state, self._closing_at = State.CLOSING, at
            return [self._hang_up(Ending.AGENT)]
        return []

    def _on_machine(self, event: Event, at: float) -> list[Command]:
        if self._opened_at is None or self.state in (State.CLOSING, State.HOLD, State.TRANSFERRING):
            return []
        match event.kind:
            case Kind.SCREENED:
                return self._on_screening(at)
            case Kind.BEEP:
                self._callee.beep(at)
                return self._close(Line.VOICEMAIL, Ending.VOICEMAIL, at) if self._callee.machine_at is not None else []
        if not self._callee.find_machine(at, is_certain=bool(event.text)):
            return []
        found: list[Command] = [Note(PickedUp.VOICEMAIL), *self._fall_silent()]
        if self._rules.at_machine == AtMachine.HANG_UP:
            return [*found, *self._close(None, Ending.MACHINE, at)]
        return [*found, *(self._close(Line.VOICEMAIL, Ending.VOICEMAIL, at) if self._callee.has_beeped(at) else [])]

    def _on_screening(self, at: float) -> list[Command]:
        if not self._callee.find_screening(at):
            return []
        found: list[Command] = [Note(PickedUp.SCREENING), *self._fall_silent()]
        if self._rules.at_screening == AtScreening.HANG_UP:
            return [*found, *self._close(None, Ending.SCREENED, at)]
        said = self._say(Line.WHO_CALLS)
        self._asides.add(said.speech)
        return [*found, said]

    def _fall_silent(self) -> list[Command]:
        """Wait, as before the first words, for somebody who hears what is said."""
        was_waiting, self.state = self._is_waiting, State.ANSWERED
        self._owed_at = self._heard_at = None
        self._tools = 0
        return [] if was_waiting else [Hush()]

    def _credited(self, micros: int) -> None:
        self._is_asking_for_money = False
        if micros > 0:
            self._clock.extend(micros)
        else:
            self._is_out_of_money = True

    def _give_up(self, reason: str, at: float) -> list[Command]:
        if self.state in (State.RINGING, State.CLOSING):
            return []
        why = reason or "The agent could not speak."
        return [CallPeople(_PROMISED.format(why=why)), *self._close(Line.APOLOGY, Ending.BROKEN, at)]

    def _say(self, line: Line, is_last: bool = False) -> Say:
        self._speeches += 1
        return Say(self._speeches, line, is_last)

    def _close(self, line: Line | None, ending: Ending, at: float) -> list[Command]:
        """Begin the end, with last words where there is somebody to hear them."""
        self.state, self.ending, self._closing_at = State.CLOSING, self.ending or ending, at
        if line is None or self._opened_at is None:
            return [self._hang_up(ending)]
        last = self._say(line, is_last=True)
        self._last_speech = last.speech
        return [last]

    def _closed(self, line: Line | None, ending: Ending) -> _Due:
        return lambda at: self._close(line, ending, at)

    def _hang_up(self, ending: Ending) -> HangUp:
        self.ending = self.ending or ending
        return HangUp(self.ending)

    def _end(self, ending: Ending, at: float) -> None:
        self.state, self.ending = State.ENDED, self.ending or ending
        self._clock.stop(at)

    def _overdue(self, at: float) -> list[Command]:
        """Do what time alone demands, the most urgent first; one thing may make the next unnecessary."""
        done: list[Command] = []
        for _ in range(len(Line)):
            due = [what for moment, what in self._deadlines() if moment <= at]
            if not due:
                break
            done += due[0](at)
        return done

    def _deadlines(self) -> list[tuple[float, _Due]]:
        """Return everything that time will demand, by urgency, with its moment."""
        if self.state == State.ENDED:
            return []
        if self.state == State.CLOSING:
            # Asked again, in case the line did not hear the first time.
            return [(self._closing_at + rules.CLOSING_S, self._insist)]
        if self._opened_at is None:
            return [(self._rang_at + self._rules.ring_s, self._closed(None, Ending.NO_ANSWER))]
        due: list[tuple[float, _Due]] = [
            (self._opened_at + self._rules.max_call_s, self._closed(Line.TIME_UP, Ending.TIME_UP))
        ]
        due += self._of_money()
        if self._is_waiting:
            return [*due, *self._of_pickup(self._opened_at)]
        if not self._is_wrapping_up and self._rules.max_call_s > 2 * rules.WRAP_UP_S:
            due.append((self._opened_at + self._rules.max_call_s - rules.WRAP_UP_S, self._wrap_up))
        return [*due, *self._of_silence()]

    def _of_pickup(self, opened_at: float) -> list[tuple[float, _Due]]:
        """Return what is due while we wait for somebody we called."""
        callee, quiet_at = self._callee, max(opened_at, self._quiet_at)
        if callee.machine_at is not None:
            records = (
                []
                if self._is_caller_speaking
                else [(quiet_at + rules.RECORDS_AFTER_S, self._closed(Line.VOICEMAIL, Ending.VOICEMAIL))]
            )
            return [*records, (callee.machine_at + rules.BEEP_WAIT_S, self._closed(Line.VOICEMAIL, Ending.VOICEMAIL))]
        if callee.screened_at is not None:
            return [(callee.screened_at + rules.SCREENING_WAIT_S, self._closed(None, Ending.SCREENED))]
        return [] if self._is_caller_speaking else [(quiet_at + self._rules.waits_s, self._open_up)]

    def _of_money(self) -> list[tuple[float, _Due]]:
        ends = self._clock.lasts_until()
        if ends is None or self._rules.renewal_micros <= 0:
            return []
        last_words = (ends - rules.LAST_WORDS_S, self._closed(Line.TIME_UP, Ending.NO_CREDIT))
        if self._is_asking_for_money or self._is_out_of_money:
            return [last_words]
        return [(ends - rules.RENEW_S, self._ask_for_money), last_words]

    def _of_silence(self) -> list[tuple[float, _Due]]:
        if self._is_caller_speaking or self.state in (State.HOLD, State.TRANSFERRING, State.ANSWERED):
            return []
        if self._owed_at is not None:
            steps = self._steps()
            if self._warned < len(steps):
                wait, step = steps[self._warned]
                return [(self._owed_at + wait, step)]
            return []
        if self.state in (State.SPEAKING, State.GREETING) and self._heard_at is not None:
            return [(self._heard_at + rules.WATCH_S, self._stalled)]
        if self.state == State.LISTENING and self._rules.most_reminders:
            wait = max(self._rules.idle_s, rules.LEAST_IDLE_S)
            if self._reminders < self._rules.most_reminders:
                return [(self._quiet_at + wait, self._remind)]
            return [(self._quiet_at + max(wait, rules.LAST_WAIT_S), self._closed(Line.GOODBYE, Ending.SILENCE))]
        return []

    def _steps(self) -> list[tuple[float, _Due]]:
        """Return what is done, one after the other, about a speech that is owed and does not come."""
        broken = (rules.BROKEN_AFTER_S, lambda at: self._give_up("No answer came in time.", at))
        if self.state == State.GREETING:
            # Before the first words there is nothing to fill.
            return [(rules.WATCH_S, self._retry), broken]
        if self.state == State.TOOL:
            # A tool may take its time: it has a limit of its own.
            return [(rules.WATCH_S, self._fill)]
        return [(rules.WATCH_S, self._fill), (rules.RETRY_AFTER_S, self._retry), broken]

    def _insist(self, at: float) -> list[Command]:
        self._closing_at = at
        return [self._hang_up(Ending.AGENT)]

    def _ask_for_money(self, at: float) -> list[Command]:
        self._is_asking_for_money = True
        return [Reserve(self._rules.renewal_micros)]

    def _wrap_up(self, at: float) -> list[Command]:
        self._is_wrapping_up = True
        return [WrapUp()]

    def _fill(self, at: float) -> list[Command]:
        self._warned += 1
        said = self._say(Line.ONE_MOMENT)
        self._asides.add(said.speech)
        return [said]

    def _retry(self, at: float) -> list[Command]:
        self._warned += 1
        return [Retry()]

    def _stalled(self, at: float) -> list[Command]:
        """Recover from a speech that began and went silent without an end."""
        self._heard_at, self._owed_at, self._warned = None, at, 2
        return [Retry()]

    def _remind(self, at: float) -> list[Command]:
        self._reminders += 1
        self._quiet_at = at
        return [self._say(Line.STILL_THERE)]
