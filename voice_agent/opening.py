"""Say what a call keeps to and begins with: a call that came in, one of ours, or a caller who is back."""

from voice_agent import gateway, turns, words
from voice_agent.core import rules
from voice_agent.core.messages import Line, PickedUp
from voice_agent.core.rules import AtMachine, AtScreening, CallRules


def is_ours(call: gateway.CallBrief) -> bool:
    """Tell whether somebody we called is about to pick up; who is back from a telephone has done so long ago."""
    return call.direction == gateway.OUTBOUND and not call.has_returned


def rules_of(call: gateway.CallBrief, brain: gateway.Speaking) -> CallRules:
    """Return what a call keeps to, from its agent's published fields."""
    own = call.settings
    return CallRules(
        max_call_s=float(own["max_call_duration"]),
        idle_s=float(own["idle_seconds"]),
        most_reminders=int(own["max_idle_reminders"]),
        end_phrases=tuple(own["end_call_phrases"]),
        is_ours=is_ours(call),
        # Who has said something is given the time that shows that their turn is over.
        waits_s=rules.SPEAKS_FIRST_S + turns.shortest_wait_s(own),
        # The business's own opening says what it is to say; ours says who calls, and the model goes on with why.
        goes_on=not brain.first_words,
        at_machine=AtMachine(own["at_machine"]),
        at_screening=AtScreening(own["at_screening"]),
        renewal_micros=rules.RENEWS_MIN * sum(call.per_minute.values()),
    )


def spoken(line: Line, call: gateway.CallBrief, brain: gateway.Speaking) -> str:
    """Return the words of a line in a call: the business's own where it has any, else ours in the agent's language."""
    spec = brain.spec
    if line == Line.GREETING and not call.has_returned:
        line = Line.OPENING if is_ours(call) else line
        if brain.first_words or line == Line.GREETING:
            return brain.first_words
    if line == Line.GREETING:
        line = Line.BACK
    if line == Line.VOICEMAIL and brain.message:
        return brain.message
    said = words.of(line, spec.language, spec.name, spec.business_name)
    # A screening service shows or reads out what it hears.
    return f"{said} {call.purpose}".strip() if line == Line.WHO_CALLS else said


def noted(who: PickedUp) -> tuple[str, str, dict[str, str]]:
    """Return how the log of a call is told who picked up: the kind, its id, and what there is to say."""
    if who == PickedUp.PERSON:
        return "callee.spoke", "spoke", {}
    return "machine.detected", f"machine:{who}", {"result": who}
