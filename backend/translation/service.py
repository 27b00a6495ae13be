"""Show what is said with an agent in the language its team reads too, and translate texts for programs.

A translation stands in the row of the words it translates, so it is erased, merged and removed with them. Each line
is asked for once for a language; of words that are not kept there is nothing to translate.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.billing import service as billing
from backend.calls import service as calls
from backend.calls.schemas import LIVE
from backend.core import rate_limits, realtime
from backend.core.errors import Invalid, NotFound, PaymentRequired
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.inbox.service import LANGUAGES
from backend.models.agents import AgentConfig
from backend.models.conversations import Conversation, ConversationItem
from backend.translation import asking, queries
from backend.translation.asking import MOST_CHARACTERS, MOST_LINES
from backend.translation.queries import Said

__all__ = ["MOST_LINES", "translate_call", "translate_messages", "translate_texts"]

# What a transcript on screen holds (state.calls.transcript).
MOST_SPOKEN = 600
# So much of one request: a screen of messages.
MOST_TOGETHER = 10_000
CACHES = ("sms", "call")
# As when people have messages translated in the inbox: quicker than a team reads, and a model costs money.
TRIES, WINDOW = 300, timedelta(minutes=10)


async def translate_call(call_id: UUID) -> None:
    """Translate what was said in a call that is over, where its agent's team reads another language.

    Runs in the organization scope of its caller; running it again asks for nothing twice. Raises `Unavailable` when
    no model answers.
    """
    async with unit_of_work() as session:
        try:
            call = await calls.get(session, call_id)
        except NotFound:
            return
        agent = await session.get(AgentConfig, call.agent_id) if call.agent_id else None
        if agent is None or call.status in LIVE:
            return
        language = str((await agents.answering_as(session, agent, call.agent_version)).get("translate_to") or "")
        if language not in LANGUAGES or not await billing.may_reply(session):
            return
        said = await queries.lines(session, call.org_id, call.id, language, most=MOST_SPOKEN, longest=MOST_CHARACTERS)
        org_id = call.org_id
    await _translate(org_id, said, language, is_call=True)


async def translate_messages(item_id: UUID) -> None:
    """Translate a message and those shortly before it, where the team of the agent reads another language.

    Runs in the organization scope of its caller; running it again asks for nothing twice. Raises `Unavailable` when
    no model answers.
    """
    async with unit_of_work() as session:
        item = await session.get(ConversationItem, item_id)
        conversation = await session.get(Conversation, item.conversation_id) if item else None
        agent_id = conversation.agent_id if conversation else None
        agent = await session.get(AgentConfig, agent_id) if agent_id else None
        if item is None or agent is None:
            return
        language = str(agent.settings.get("translate_to") or "")
        if language not in LANGUAGES or not await billing.may_reply(session):
            return
        where, org_id = item.conversation_id, item.org_id
        after = item.seq - MOST_LINES
        said = await queries.items(session, org_id, where, language, after=after, longest=MOST_CHARACTERS)
    await _translate(org_id, said, language, is_call=False)


async def translate_texts(
    principal: Principal, texts: Sequence[str], language: str, *, cache: str = "", cache_ids: Sequence[UUID] = ()
) -> list[str]:
    """Return texts in a language, each in its place; one that is in it already comes back as it is.

    With a `cache` (`sms` or `call`), `cache_ids` names for each text the message or the line of a transcript it is of:
    what is kept there is not asked for again, and a translation is kept where the text is the one that stands there.
    Opens its own transactions. Raises `Invalid` that names the field, `NotFound`, `LimitReached`, `PaymentRequired`
    and `Unavailable`.
    """
    _check(texts, language, cache, cache_ids)
    is_call = cache == "call"
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            found = await queries.given(session, principal.org_id, cache_ids, is_call=is_call) if cache_ids else []
            if not await billing.may_reply(session):
                raise PaymentRequired("The balance does not cover translations. Add credits first.")
        rows = {one.known_as: one for one in found}
        if any(one not in rows for one in cache_ids):
            raise NotFound("A message or line of cacheIds does not exist.")
        kept = [rows[one] for one in cache_ids]
        known = {
            place: one.translation or texts[place]
            for place, one in enumerate(kept)
            if one.language == language and one.body == texts[place]
        }
        wanted = [place for place in range(len(texts)) if place not in known and texts[place].strip()]
        if wanted:
            await rate_limits.hit("translation.texts", TRIES, WINDOW, about=principal.org_id)
        for batch in asking.batches([texts[place] for place in wanted]):
            places = [wanted[number] for number in batch]
            answers = await asking.ask([texts[place] for place in places], LANGUAGES[language])
            said = [kept[place] if kept else None for place in places]
            async with unit_of_work() as session:
                for place, answer, one in zip(places, answers, said, strict=True):
                    known[place] = answer or texts[place]
                    if one is not None and one.body == texts[place]:
                        await _keep(session, principal.org_id, [(one, answer)], language, is_call=is_call)
    return [known.get(place, text) for place, text in enumerate(texts)]


def _check(texts: Sequence[str], language: str, cache: str, cache_ids: Sequence[UUID]) -> None:
    if language not in LANGUAGES:
        raise Invalid(f"targetLang must be one of: {', '.join(LANGUAGES)}.", field="targetLang")
    if not 0 < len(texts) <= MOST_LINES:
        raise Invalid(f"texts must hold 1 to {MOST_LINES} texts.", field="texts")
    if any(len(text) > MOST_CHARACTERS for text in texts):
        raise Invalid(f"Each of texts has at most {MOST_CHARACTERS:,} characters.", field="texts")
    if sum(len(text) for text in texts) > MOST_TOGETHER:
        raise Invalid(f"All texts together have at most {MOST_TOGETHER:,} characters.", field="texts")
    if cache and cache not in CACHES:
        raise Invalid(f"cacheType must be one of: {', '.join(CACHES)}.", field="cacheType")
    if bool(cache) != bool(cache_ids):
        raise Invalid("cacheType and cacheIds go together.", field="cacheIds" if cache else "cacheType")
    if cache_ids and len(cache_ids) != len(texts):
        raise Invalid("cacheIds must hold one id for each of texts.", field="cacheIds")


async def _translate(org_id: UUID, said: Sequence[Said], language: str, *, is_call: bool) -> None:
    """Translate what was said batch by batch, each kept before the next is asked for, with no transaction open."""
    for batch in asking.batches([one.body for one in said]):
        now = [said[place] for place in batch]
        answers = await asking.ask([one.body for one in now], LANGUAGES[language])
        async with unit_of_work() as session:
            await _keep(session, org_id, list(zip(now, answers, strict=True)), language, is_call=is_call)


async def _keep(
    session: AsyncSession, org_id: UUID, answers: Sequence[tuple[Said, str]], language: str, *, is_call: bool
) -> None:
    """Keep translations beside their words, and have open tabs show them."""
    places = [await queries.keep(session, org_id, one, text, language, is_call=is_call) for one, text in answers]
    for place, seq in sorted({place for place in places if place is not None}):
        if not is_call:
            await realtime.announce(session, org_id, "item.updated", conversation_id=place, seq=seq)
        else:
            await realtime.announce(session, org_id, calls.TRANSLATED, subject=str(place))
