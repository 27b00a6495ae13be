"""Let people step into a call that runs, and end it."""

from typing import Any, TypedDict
from uuid import UUID

import reflex as rx

from backend.calls import service as calls
from backend.core.errors import Invalid, MagpipeError
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.errors import answers
from state.session import SessionState

# A worker answers within milliseconds; one that is busy or gone is not waited for.
ANSWERS_WITHIN_S = 3.0
_NOT_TAKEN = "The agent has not taken it yet. It does as soon as it can."


class Asked(TypedDict):
    """How often this tab asked something of a call, and whether the last was taken up."""

    number: int
    is_done: bool


class Opening(TypedDict):
    """The way of this tab's browser into a call: the address, what is shown there, or what keeps it out."""

    number: int
    call_id: str
    door: str
    url: str
    shown: str
    problem: str


class CallActionState(SessionState):
    """What people do to a call; what comes of it stands in its log and reaches every tab from there."""

    asked: Asked = {"number": 0, "is_done": False}
    opening: Opening = {"number": 0, "call_id": "", "door": "", "url": "", "shown": "", "problem": ""}

    @rx.event
    @answers
    async def hang_up(self, call_id: str) -> Any:
        """End a call; one that ended stays as it is."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await calls.terminate(session, principal, str(parse_id(call_id, "call_id")))

    @rx.event
    @answers
    async def ask(self, call_id: str, wish: str, text: str) -> Any:
        """Do in a call what a person wants.

        With a text: `whisper`, `note`, `transfer` and `add` (a number), `invite` (a colleague), `mute`, `unmute` and
        `put_out` (who was added).
        Without: `hold`, `resume`, `goodbye`.
        """
        principal = await self._principal()
        try:
            found = await self._do(principal, parse_id(call_id, "call_id"), wish, text)
        except MagpipeError:
            self._note(is_done=False)
            raise
        self._note(is_done=not found.reason)
        if found.reason:
            return rx.toast.error(found.reason)
        return None if found.is_done else rx.toast(_NOT_TAKEN)

    @rx.event
    @answers
    async def come_in(self, call_id: str, door: str) -> None:
        """Give the browser a way into a call: to `listen`, or to `speak` instead of the agent."""
        principal = await self._principal()
        way, problem = calls.WayIn("", ""), ""
        try:
            if door not in (calls.Door.LISTEN, calls.Door.SPEAK):
                raise Invalid("There is no such door.", field="door")
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    way = await calls.way_in(session, principal, parse_id(call_id, "call_id"), calls.Door(door))
        except MagpipeError as refusal:
            problem = refusal.message
        self.opening = {
            "number": self.opening["number"] + 1,
            "call_id": call_id,
            "door": door,
            "url": way.url,
            "shown": way.shown,
            "problem": problem,
        }

    async def _do(self, principal: Principal, call_id: UUID, wish: str, text: str) -> calls.Answered:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                match wish:
                    case "whisper":
                        request = await calls.whisper(session, principal, call_id, text)
                    case "transfer":
                        request = await calls.transfer(session, principal, call_id, text)
                    case "goodbye":
                        request = await calls.say_goodbye(session, principal, call_id)
                    case "hold":
                        request = await calls.hold(session, principal, call_id)
                    case "resume":
                        request = await calls.hold(session, principal, call_id, is_over=True)
                    case "add":
                        await calls.add_party(session, principal, call_id, text)
                        return calls.Answered(is_done=True)
                    case "invite":
                        await calls.invite(session, principal, call_id, parse_id(text, "colleague"))
                        return calls.Answered(is_done=True)
                    case "mute" | "unmute":
                        await calls.mute_party(session, principal, call_id, text, is_over=wish == "unmute")
                        return calls.Answered(is_done=True)
                    case "put_out":
                        await calls.put_party_out(session, principal, call_id, text)
                        return calls.Answered(is_done=True)
                    case "note":
                        await calls.note(session, principal, call_id, text)
                        return calls.Answered(is_done=True)
                    case _:
                        raise Invalid("There is no such wish.", field="wish")
        return await calls.answer_to_request(principal.org_id, call_id, request, ANSWERS_WITHIN_S)

    def _note(self, is_done: bool) -> None:
        self.asked = {"number": self.asked["number"] + 1, "is_done": is_done}
