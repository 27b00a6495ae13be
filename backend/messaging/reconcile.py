"""Ask the carrier about what its webhooks may not have told us: texts that came while we were down, lost statuses."""

from datetime import timedelta

from backend.compliance.schemas import Purpose
from backend.core import clock, jobs
from backend.core.errors import VendorError
from backend.core.logging import log
from backend.core.tenancy import platform_scope, unit_of_work
from backend.messaging import queries
from backend.messaging.delivery import ask_carrier
from backend.messaging.intake import WebhookKind, store
from backend.vendors import signalwire
from backend.vendors.signalwire import CarrierMessage
from backend.vendors.signalwire_forms import SOURCE

# Each look goes back behind the last one, for texts the carrier listed late.
OVERLAP = timedelta(minutes=5)
# A first look, or the first after a long silence, goes back this far: older texts are better answered by people.
FURTHEST = timedelta(hours=24)
# A text nobody reported on for this long may have lost its webhook; most end within seconds.
PATIENCE = timedelta(minutes=1)
# Carriers end a text within hours (SignalWire: validity at most four); a day later nothing more will come.
HOPE = timedelta(hours=24)
BATCH = 100
# A carrier that fails so often in a row is down; each question may wait 20 s, and missed texts wait behind them.
ENOUGH_FAILURES = 3


async def reconcile() -> None:
    """Store what the carrier received for us and we did not hear of, then ask about our own texts that stand still."""
    try:
        await fetch_missed()
        await ask_about_stuck()
    except VendorError as error:
        if not error.is_retryable:
            raise
        log.warning("reconcile.carrier_unavailable", error=error.message)


async def fetch_missed() -> int:
    """Store and enqueue inbound texts whose webhook never arrived; returns how many there were.

    How far we looked is kept in the database, so a stop of any length leaves no gap shorter than `FURTHEST`.
    """
    now = clock.now()
    with platform_scope("read how far the carrier's list was seen"):
        async with unit_of_work() as session:
            owned = await queries.owned_numbers(session)
            looked_until = await queries.cursor(session, SOURCE)
    if not owned:
        return 0
    since = now - FURTHEST if looked_until is None else max(looked_until - OVERLAP, now - FURTHEST)
    listed = await signalwire.list_inbound(since)
    with platform_scope("find texts whose webhook was lost"):
        async with unit_of_work() as session:
            sids = [message.sid for message in listed]
            known = await queries.known_events(session, SOURCE, WebhookKind.INBOUND, sids)
    missed = 0
    for message in listed:
        owned_since = owned.get(message.recipient)
        # What came before a number was ours is not ours to answer; the carrier's times have whole seconds.
        if owned_since is None or message.created_at < owned_since.replace(microsecond=0):
            continue
        if message.sid not in known:
            missed += await _store_missed(message)
    with platform_scope("keep how far the carrier's list was seen"):
        async with unit_of_work() as session:
            await queries.move_cursor(session, SOURCE, now)
    if missed:
        log.info("reconcile.missed_texts", count=missed)
    return missed


async def _store_missed(message: CarrierMessage) -> bool:
    payload = {
        "MessageSid": message.sid,
        "From": message.sender,
        "To": message.recipient,
        "Body": message.body.replace("\x00", ""),
        "NumMedia": str(message.media_count),
    }
    if message.media_count:
        for position, item in enumerate(await signalwire.list_media(message.sid)):
            payload[f"MediaUrl{position}"] = item.url
            payload[f"MediaContentType{position}"] = item.content_type
    with platform_scope("store a text whose webhook was lost"):
        async with unit_of_work() as session:
            return await store(session, WebhookKind.INBOUND, payload)


async def ask_about_stuck() -> None:
    """Move on our texts that stand still: enqueue those the carrier has not got, ask about those it has."""
    now = clock.now()
    with platform_scope("find texts nothing was heard of"):
        async with unit_of_work() as session:
            stuck = await queries.stuck(session, now, PATIENCE, now - HOPE, BATCH)
            for text in stuck:
                if text.message_sid:
                    continue
                # Usually its job is still there and does the same; the lock keeps them one after the other.
                purpose = Purpose.CONFIRMATION if text.dedupe_key.startswith("keyword:") else Purpose.REPLY
                await jobs.defer(
                    session,
                    "messaging.deliver_text",
                    lock=f"conversation-send:{text.conversation_id}",
                    queueing_lock=f"deliver:{text.id}",
                    urgency=jobs.Urgency.SOON,
                    org_id=str(text.org_id),
                    message_id=str(text.id),
                    purpose=str(purpose),
                )
    failures = 0
    for text in stuck:
        if not text.message_sid:
            continue
        try:
            await ask_carrier(text.org_id, text.id, text.message_sid)
            failures = 0
        except VendorError as error:
            log.warning("reconcile.text_not_answered", sid=text.message_sid, error=error.message)
            failures += error.is_retryable
            if failures == ENOUGH_FAILURES:
                return
