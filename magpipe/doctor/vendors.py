"""Prove the ways out and in: each vendor's key, the webhook's signature, and a text that is answered."""

import asyncio
import json
import secrets
import time

import httpx

from backend.core.config import settings
from magpipe.doctor.report import Check, Finding, failed, ok, skipped

ANSWER_WITHIN_S = 45
# 555-01xx is set aside for fiction (North American Numbering Plan); no person has these.
FICTIONAL_CALLER = "+1415555{}"


def _is_sandboxed(vendor: str) -> bool:
    return vendor in settings().sandboxed_vendors


async def _accepts(
    vendor: str,
    address: str,
    variable: str,
    *,
    headers: dict[str, str] | None = None,
    auth: httpx.BasicAuth | None = None,
) -> Finding:
    """Ask a vendor something harmless with our key and say whether it was let in."""
    if _is_sandboxed(vendor):
        return skipped(f"no key: the local stand-in is used (set {variable} for the real one)")
    try:
        async with httpx.AsyncClient(timeout=15) as client:
            reply = await client.get(address, headers=headers, auth=auth)
    except httpx.HTTPError as error:
        return failed(f"not reachable: {error!r}", f"Check the network, and that {address} is the right address.")
    if reply.status_code in (401, 403):
        return failed(f"the key was refused ({reply.status_code})", f"Set {variable} to a key that is valid.")
    if reply.is_error:
        return failed(f"answered {reply.status_code}", f"Try again later; check {address}.")
    return ok("key accepted")


async def _openai() -> Finding:
    key = settings().openai_api_key.get_secret_value()
    address = f"{settings().openai_base_url.rstrip('/')}/models"
    return await _accepts("OpenAI", address, "OPENAI_API_KEY", headers={"Authorization": f"Bearer {key}"})


async def _signalwire() -> Finding:
    config = settings()
    auth = httpx.BasicAuth(config.signalwire_project_id, config.signalwire_api_token.get_secret_value())
    address = f"{config.signalwire_space_url.rstrip('/')}/api/relay/rest/phone_numbers"
    return await _accepts("SignalWire", address, "SIGNALWIRE_API_TOKEN", auth=auth)


async def _postmark() -> Finding:
    token = settings().postmark_server_token.get_secret_value()
    headers = {"X-Postmark-Server-Token": token, "Accept": "application/json"}
    address = f"{settings().postmark_base_url.rstrip('/')}/server"
    return await _accepts("Postmark", address, "POSTMARK_SERVER_TOKEN", headers=headers)


async def _signature() -> Finding:
    """Post a text with a forged signature and see it refused."""
    address = f"http://127.0.0.1:{settings().port}/functions/v1/webhook-inbound-sms"
    form = {
        "MessageSid": f"doctor-{secrets.token_hex(6)}",
        "From": "+14155550100",
        "To": "+14155550101",
        "Body": "forged",
    }
    async with httpx.AsyncClient(timeout=15) as client:
        reply = await client.post(address, data=form, headers={"X-SignalWire-Signature": "Zm9yZ2Vk"})
    if reply.status_code in (401, 403):
        return ok(f"a forged text was refused ({reply.status_code})")
    if reply.status_code in (404, 405):
        return failed(
            "the web process serves no webhooks", "Restart it from this release: `make up`, or `magpipe web`."
        )
    return failed(
        f"a forged text was answered {reply.status_code}",
        "Set SIGNALWIRE_SIGNING_KEY, and PUBLIC_URL to the outside address.",
    )


async def _text() -> Finding:
    """Send a text from a fictional phone to the demo number and wait for the answer on that phone."""
    if not _is_sandboxed("SignalWire"):
        return skipped("real numbers are connected: send a text to one of them from your own phone")
    number = await asyncio.to_thread(_demo_number)
    if not number:
        return skipped("there is no demo workspace (`magpipe seed` makes one)")
    caller = FICTIONAL_CALLER.format(f"01{secrets.randbelow(50):02d}")
    async with httpx.AsyncClient(base_url=settings().sandbox_url, timeout=15) as client:
        before = await _answers(client, number, caller)
        started = time.perf_counter()
        sent = await client.post(
            "/sandbox/texts", json={"from": caller, "to": number, "body": "What are your opening hours?"}
        )
        if sent.is_error:
            return failed(f"the stand-in answered {sent.status_code}", "Look at the log of the sandbox.")
        while time.perf_counter() - started < ANSWER_WITHIN_S:
            answers = await _answers(client, number, caller)
            if len(answers) > len(before):
                said = str(answers[-1].get("body", ""))[:80]
                return ok(f"answered in {time.perf_counter() - started:.1f} s: “{said}”")
            await asyncio.sleep(0.25)
    return failed(
        f"no answer within {ANSWER_WITHIN_S} s",
        "See `magpipe jobs failed` and the logs of web and jobs; check that the number has an active agent.",
    )


async def _answers(client: httpx.AsyncClient, number: str, caller: str) -> list[dict[str, object]]:
    reply = await client.get("/sandbox/texts", params={"from": number, "to": caller})
    content = reply.raise_for_status().json()
    texts = content.get("texts", content.get("data", [])) if isinstance(content, dict) else content
    return [text for text in texts if text.get("from") == number and text.get("to") == caller]


def _demo_number() -> str:
    try:
        return str(json.loads((settings().data_dir / "demo.json").read_text()).get("number", ""))
    except (OSError, ValueError):
        return ""


CHECKS = [
    Check("Webhook signature", _signature, "Start the web process: `make up`."),
    Check("Text answered", _text, "Start everything: `make up`."),
    Check("Model service", _openai, "Check OPENAI_API_KEY and OPENAI_BASE_URL."),
    Check("Telephony", _signalwire, "Check SIGNALWIRE_SPACE_URL, SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN."),
    Check("Email", _postmark, "Check POSTMARK_SERVER_TOKEN."),
]
