"""What customers wrote and what the product sent them, together as mail programs show it: by thread."""

from dataclasses import dataclass

from backend.sandbox.letters import Letter
from backend.sandbox.mailbox import Email
from backend.sandbox.world import World

_READ, _SHOWN = 300, 100


@dataclass(frozen=True)
class Thread:
    """Emails that answer each other, oldest first."""

    key: str
    items: list[Email | Letter]

    @property
    def last(self) -> Email | Letter:
        """The newest email."""
        return self.items[-1]

    @property
    def subject(self) -> str:
        """What the first email is about."""
        return self.items[0].text("Subject") or "No subject"

    @property
    def customer(self) -> tuple[str, str]:
        """Address and name of the person outside: who wrote, else who was written to."""
        found = next((item.sender for item in self.items if isinstance(item, Letter)), None)
        if found is None:
            return next((one for item in self.items if isinstance(item, Email) for one in item.recipients), ""), ""
        return found

    @property
    def answer_to(self) -> str:
        """The address a customer's reply goes to; empty for mail nobody answers."""
        for item in reversed(self.items):
            if isinstance(item, Letter):
                return item.recipient
            if item.header("Message-ID"):
                return item.text("ReplyTo") or item.sender[0]
        return ""

    def holds(self, item_id: str) -> bool:
        """Tell whether an email is one of this thread."""
        return any(item.id == item_id for item in self.items)


def newest(world: World, person: str = "") -> list[Thread]:
    """Return threads, the one written in last first; of one person when named."""
    wanted = person.strip().lower()
    found: list[Email | Letter] = [*world.mailbox.newest(person, _READ)]
    for letter in world.letters.newest(_READ):
        if wanted in ("", letter.sender[0].lower(), letter.recipient.lower()):
            found.append(letter)
    threads: dict[str, list[Email | Letter]] = {}
    for item in sorted(found, key=at):
        threads.setdefault(_key(item), []).append(item)
    made = [Thread(key, items) for key, items in threads.items()]
    return sorted(made, key=lambda thread: at(thread.last), reverse=True)[:_SHOWN]


def at(item: Email | Letter) -> float:
    """Return when an email was written, in Unix seconds."""
    return item.received_at if isinstance(item, Email) else item.created_at


def person(item: Email | Letter) -> str:
    """Return who wrote an email, by name and address."""
    address, name = item.sender
    return f"{name} <{address}>" if name else address


def answers_of(item: Email | Letter) -> list[str]:
    """Return what a reply to this email names: all that went before, and the email itself."""
    return [*_references(item), message_id(item)]


def message_id(item: Email | Letter) -> str:
    """Return the id in an email's header, made from the mail service's own where it gives none."""
    return item.header("Message-ID") or f"<{item.id}@postmark.example>"


def _references(item: Email | Letter) -> list[str]:
    return (item.header("References") or item.header("In-Reply-To")).split()


def _key(item: Email | Letter) -> str:
    return answers_of(item)[0]
