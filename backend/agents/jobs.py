"""Durable work of agents: answer a text, and forward one that came outside the hours."""

import asyncio
from importlib import import_module
from uuid import UUID

from backend.agents import after_hours, answering, greeting, resuming
from backend.core import jobs
from backend.core.logging import log
from backend.core.tenancy import org_scope
from backend.knowledge import service as knowledge
from backend.vocab import Channel


@jobs.task("agents.answer_text", when_buried="agents.give_up")
async def answer_text(org_id: str, message_id: str) -> None:
    """Have the agent answer one text; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await answering.answer(UUID(message_id))


@jobs.task("agents.give_up")
async def give_up(org_id: str, message_id: str) -> None:
    """Hand a text whose answer failed for good to people, politely; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await answering.give_up(UUID(message_id))


@jobs.task("agents.answer_chat", when_buried="agents.give_up_chat")
async def answer_chat(org_id: str, message_id: str) -> None:
    """Have the agent answer one message of a web chat; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await answering.answer(UUID(message_id), Channel.CHAT)


@jobs.task("agents.give_up_chat")
async def give_up_chat(org_id: str, message_id: str) -> None:
    """Hand a chat message whose answer failed for good to people, politely; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await answering.give_up(UUID(message_id), Channel.CHAT)


@jobs.task("agents.answer_email", when_buried="agents.give_up_email")
async def answer_email(org_id: str, message_id: str) -> None:
    """Have the agent answer one email; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await answering.answer(UUID(message_id), Channel.EMAIL)


@jobs.task("agents.give_up_email")
async def give_up_email(org_id: str, message_id: str) -> None:
    """Hand an email whose answer failed for good to people, politely; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await answering.give_up(UUID(message_id), Channel.EMAIL)


@jobs.task("agents.resume", when_buried="agents.give_up_waiting")
async def resume(org_id: str, turn_id: str) -> None:
    """Have an agent go on once the team decided what it asked; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await resuming.resume(UUID(turn_id))


@jobs.task("agents.give_up_waiting")
async def give_up_waiting(org_id: str, turn_id: str) -> None:
    """Hand a turn that could not go on after the team's decision to people; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await resuming.give_up(UUID(turn_id))


@jobs.task("agents.write_greeting")
async def write_greeting(org_id: str, widget_id: str) -> None:
    """Have a widget's agent write how it greets; running it again changes nothing until the agent changes."""
    with org_scope(UUID(org_id)):
        await greeting.write(UUID(widget_id))


@jobs.task("agents.forward_after_hours")
async def forward_after_hours(org_id: str, message_id: str, forward_to: str) -> None:
    """Send a copy of an after-hours text to the number that wants them; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await after_hours.forward(UUID(message_id), forward_to)


async def warm_up() -> None:
    """Load the models' libraries before the first text needs them; cold, they cost its answer several seconds."""
    try:
        await asyncio.gather(asyncio.to_thread(import_module, "openai"), knowledge.warm_up())
    except Exception:
        log.exception("agents.not_warm")
