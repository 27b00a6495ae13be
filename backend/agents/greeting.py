"""Have an agent write the words its chat opens with: once for each version of it, not once for each visitor."""

from uuid import UUID

from backend.agents import runtime
from backend.agents.retrieval import retriever
from backend.agents.schemas import Customer, TurnRequest
from backend.agents.specs import spec_of
from backend.chat import service as chat
from backend.core.tenancy import unit_of_work
from backend.vocab import Channel

_ASK = (
    "A visitor has just opened the chat on the website and has not written yet. Write the one short sentence that"
    " greets them and offers help."
)


async def write(widget_id: UUID) -> None:
    """Write a widget's greeting unless it is up to date; runs in the organization scope of its caller."""
    async with unit_of_work() as session:
        widget = await chat.get_widget(session, widget_id)
        agent = await chat.answering_agent(session, widget)
        if agent is None or not widget.has_ai_greeting or widget.greeting_version == agent.version:
            return
        spec, version = await spec_of(session, agent), agent.version
    record = await runtime.turn(TurnRequest(spec, Customer(), (), _ASK, retriever(spec.id), channel=Channel.CHAT))
    text = "" if record.failure or record.hand_over_reason else record.reply
    async with unit_of_work() as session:
        await chat.keep_greeting(session, widget_id, text, version)
