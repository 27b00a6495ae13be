"""Put what happened into words: the alert's own, a template's, or the usual ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from backend.templates.filling import fill

USUAL_WORDS = "{{contact.name|Somebody}} wrote about “{{alert.name}}”: “{{message}}”"
USUAL_SUBJECT = "{{alert.name}}: {{contact.name|somebody}}"
UNPROVEN = "They typed this person’s address and have not proved that it is theirs."
SMS_LIMIT = 600


@dataclass(frozen=True)
class Said:
    """What an alert says, in plain text, and where the conversation is."""

    subject: str
    body: str
    link: str

    @property
    def text(self) -> str:
        """The words with the way to the conversation, short enough for a text."""
        return self._with_link(self.body[:SMS_LIMIT])

    @property
    def slack(self) -> str:
        """The same for Slack: what a customer writes can name nobody and no channel there.

        Slack reads `&`, `<` and `>` as its own marks unless they are escaped (its guide on formatting text).
        """
        plain = self.body.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return self._with_link(plain)

    def note(self, reference: str) -> str:
        """The same as HTML for a CRM's note, with a mark to find it by."""
        lines = [escape(line) for line in self.body.splitlines()]
        link = escape(self.link, quote=True)
        return f'<p>{"<br>".join(lines)}</p><p><a href="{link}">{link}</a></p><p>{escape(reference)}</p>'

    def _with_link(self, words: str) -> str:
        return words if self.link in words else f"{words}\n{self.link}"


def said(words: str, subject: str, values: Mapping[str, str], *, is_unproven: bool) -> Said:
    """Return what an alert says with its places filled; a value is never read as a template."""
    body = fill(words or USUAL_WORDS, values)
    if is_unproven:
        body = f"{body}\n{UNPROVEN}"
    return Said(fill(subject or USUAL_SUBJECT, values), body, values["link"])
