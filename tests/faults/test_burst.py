"""Five hundred texts while processes are killed and vendors misbehave: each is stored once and answered once."""

import threading
import time
from collections import Counter

import httpx
import pytest

from tests.installation import Installation, installation

CUSTOMERS = 100
TEXTS_EACH = 5
# Spread over about half a minute, so that the kills fall into the middle of it.
PAUSE_S = 0.05
QUESTIONS = [
    "Are you open on Saturday?",
    "How much is a cleaning?",
    "Where can I park?",
    "Do you take Delta Dental?",
    "What does an emergency visit cost?",
]
FAULTS = [
    {"target": "openai.chat", "kind": "delay", "delay_ms": 400, "probability": 0.1},
    {"target": "openai.chat", "kind": "error", "status": 503, "probability": 0.05},
    {"target": "signalwire.messages", "kind": "error", "status": 500, "probability": 0.05},
    {"target": "signalwire.messages", "kind": "accept_then_error", "status": 500, "probability": 0.05},
    {"target": "signalwire.messages", "kind": "delay", "delay_ms": 800, "probability": 0.05},
    {"target": "carrier.inbound", "kind": "duplicate", "probability": 0.2},
    {"target": "carrier.inbound", "kind": "reorder", "probability": 0.1},
    {"target": "carrier.status", "kind": "duplicate", "probability": 0.2},
    {"target": "carrier.status", "kind": "reorder", "probability": 0.2},
]


def customer(number: int) -> str:
    return f"+1415556{number:04d}"


def send_burst(up: Installation) -> None:
    with httpx.Client(base_url=up.sandbox_url, timeout=30) as carrier:
        for turn in range(TEXTS_EACH):
            for number in range(CUSTOMERS):
                body = f"{QUESTIONS[turn]} ({number})"
                reply = carrier.post(
                    "/sandbox/texts", json={"from": customer(number), "to": up.demo["number"], "body": body}
                )
                assert reply.is_success, reply.text
                time.sleep(PAUSE_S)


def open_work(up: Installation) -> str:
    """Say what is still on its way, or nothing when all is at rest."""
    [(stored, answered, moving)] = up.query(
        "select (select count(*) from sms_messages where direction = 'inbound' and sender_number like '+1415556%%'),"
        " (select count(*) from agent_turns t join sms_messages m on m.id = t.trigger_message_id"
        "  where m.sender_number like '+1415556%%' and t.status <> 'running'),"
        " (select count(*) from sms_messages where direction = 'outbound' and status in ('queued', 'sending', 'sent'))"
    )
    expected = CUSTOMERS * TEXTS_EACH
    if (stored, answered, moving) == (expected, expected, 0):
        return ""
    return f"{stored} of {expected} stored, {answered} answered, {moving} on their way"


@pytest.mark.timeout(900)
def test_every_text_of_a_burst_is_stored_once_and_answered_once_whatever_dies():
    with installation() as up:
        with httpx.Client(base_url=up.sandbox_url, timeout=10) as control:
            control.put("/sandbox/faults", json=FAULTS).raise_for_status()
        burst = threading.Thread(target=send_burst, args=(up,))
        burst.start()
        for name, after_s in (("jobs", 5), ("web", 5), ("database", 6), ("jobs", 6), ("web", 4)):
            time.sleep(after_s)
            up.kill(name)
        burst.join()
        with httpx.Client(base_url=up.sandbox_url, timeout=10) as control:
            control.delete("/sandbox/faults").raise_for_status()

        deadline = time.monotonic() + 420
        while (waiting := open_work(up)) and time.monotonic() < deadline:
            time.sleep(2)
        assert not waiting, f"{waiting}\n{up.output()[-3000:]}"

        repeated = up.query(
            "select message_sid, count(*) from sms_messages where message_sid <> '' group by 1 having count(*) > 1"
        )
        assert repeated == []
        statuses = up.query("select status, count(*) from sms_messages where direction = 'outbound' group by 1")
        assert {status for status, _ in statuses} == {"delivered"}, statuses
        failed = up.query("select task_name, count(*) from procrastinate_jobs where status = 'failed' group by 1")
        assert failed == []
        # The workers heed LOG_LEVEL, and with it the rest of what logs are told: what they may not say.
        assert "[warning" in up.output()
        assert "[debug" not in up.output()
        turns = up.query("select status, reason, count(*) from agent_turns group by 1, 2")
        assert {status for status, _, _ in turns} <= {"answered", "handed_off"}, turns

        with httpx.Client(base_url=up.sandbox_url, timeout=10) as carrier:
            received: Counter[str] = Counter()
            for number in range(CUSTOMERS):
                found = carrier.get("/sandbox/texts", params={"from": up.demo["number"], "to": customer(number)})
                texts = [text for text in found.json() if text["direction"].startswith("outbound")]
                received[customer(number)] = len(texts)
        assert set(received.values()) == {TEXTS_EACH}, Counter(received.values())
