"""Everything one running stand-in holds, made once and shared by its routes."""

from typing import Any

from starlette.requests import Request

from backend.sandbox.calls import Calls
from backend.sandbox.carrier import Carrier
from backend.sandbox.database import Database
from backend.sandbox.events import Events
from backend.sandbox.faults import FaultBoard
from backend.sandbox.letters import Letters
from backend.sandbox.mailbox import Mailbox
from backend.sandbox.numbers import Numbers
from backend.sandbox.phones import Phones
from backend.sandbox.post_office import PostOffice
from backend.sandbox.settings import SandboxSettings
from backend.sandbox.switchboard import Switchboard
from backend.sandbox.texts import Texts


class World:
    """The stores, the carrier and the faults of one sandbox."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self.database = Database(settings.database)
        self.events = Events()
        self.faults = FaultBoard(settings.chaos_seed)
        self.numbers = Numbers(self.database)
        self.phones = Phones(self.database)
        self.texts = Texts(self.database)
        self.mailbox = Mailbox(self.database)
        self.letters = Letters(self.database)
        self.post_office = PostOffice(settings, self.letters, self.events)
        self.carrier = Carrier(settings, self.texts, self.numbers, self.phones, self.faults, self.events)
        self.calls = Calls()
        self.voices: dict[str, dict[str, Any]] = {}
        self.switchboard = Switchboard(settings, self.calls, self.numbers, self.carrier, self.faults, self.events)
        self.numbers.seed()


def world_of(request: Request) -> World:
    """Return the world a request belongs to."""
    world: World = request.app.state.world
    return world
