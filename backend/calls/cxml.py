"""Write instructions for the carrier's calls: cXML, its compatibility markup.

Verbs and attributes as documented under https://developer.signalwire.com (cXML reference: Say, Dial, Sip, Number,
Connect, Stream, Record, Redirect, Reject, Hangup).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
# What Say takes at most; a longer message is cut rather than refused with the whole answer.
_LONGEST_SAY = 4000


@dataclass
class Answer:
    """One answer to the carrier, verb after verb; `xml` is what is sent."""

    root: ElementTree.Element = field(default_factory=lambda: ElementTree.Element("Response"))

    @property
    def xml(self) -> bytes:
        """The document."""
        return _DECLARATION + ElementTree.tostring(self.root)

    def say(self, words: str, language: str = "en-US") -> "Answer":
        """Speak to whoever is on the line."""
        verb = ElementTree.SubElement(self.root, "Say", {"language": language})
        # XML 1.0 has no place for control characters, in whatever spelling.
        verb.text = "".join(one for one in words[:_LONGEST_SAY] if one.isprintable() or one.isspace())
        return self

    def dial_sip(
        self,
        address: str,
        *,
        action: str,
        limit_s: int,
        ring_s: int,
        headers: Mapping[str, str],
        login: tuple[str, str],
    ) -> "Answer":
        """Ring a SIP address with a login and join the two; `headers` travel along, `action` is asked what follows."""
        dial = self._dial(action=action, limit_s=limit_s, ring_s=ring_s)
        query = "&".join(f"{name}={value}" for name, value in headers.items())
        who = {"username": login[0], "password": login[1]}
        ElementTree.SubElement(dial, "Sip", who).text = f"{address}?{query}"
        return self

    def dial_number(
        self, number: str, *, action: str, limit_s: int, ring_s: int, caller_id: str, told: str = ""
    ) -> "Answer":
        """Ring a telephone and join the two; `action` is asked what follows, `told` hears how it goes meanwhile."""
        dial = self._dial(action=action, limit_s=limit_s, ring_s=ring_s, callerId=caller_id)
        events = {"statusCallbackEvent": "initiated ringing answered completed", "statusCallbackMethod": "POST"}
        given = {"statusCallback": told, **events} if told else {}
        ElementTree.SubElement(dial, "Number", given).text = number
        return self

    def gather(self, words: str, *, action: str, waits_s: int, keys: int = 1) -> "Answer":
        """Speak, and ask `action` what follows as soon as so many keys are pressed; without any the next verb runs."""
        given = {"input": "dtmf", "numDigits": str(keys), "timeout": str(waits_s), "action": action, "method": "POST"}
        verb = ElementTree.SubElement(self.root, "Gather", given)
        inner = Answer(verb)
        inner.say(words)
        return self

    def stream(self, url: str, parameters: Mapping[str, str]) -> "Answer":
        """Join the caller with a WebSocket both ways; what follows runs when that ends or cannot be reached."""
        connect = ElementTree.SubElement(self.root, "Connect")
        stream = ElementTree.SubElement(connect, "Stream", {"url": url, "codec": "PCMU@8000h", "realtime": "true"})
        for name, value in parameters.items():
            ElementTree.SubElement(stream, "Parameter", {"name": name, "value": value})
        return self

    def record(self, *, action: str, told: str, longest_s: int) -> "Answer":
        """Record what the caller says after a beep, until they press # or fall silent; `told` hears of it."""
        given = {
            "playBeep": "true",
            "finishOnKey": "#",
            "maxLength": str(longest_s),
            "timeout": "6",
            "trim": "do-not-trim",
        }
        more = {"action": action, "method": "POST", "recordingStatusCallback": told}
        ElementTree.SubElement(self.root, "Record", {**given, **more})
        return self

    def redirect(self, url: str) -> "Answer":
        """Ask another address what follows."""
        ElementTree.SubElement(self.root, "Redirect", {"method": "POST"}).text = url
        return self

    def reject(self) -> "Answer":
        """Let the caller hear a busy line; nothing is answered and nothing costs."""
        ElementTree.SubElement(self.root, "Reject", {"reason": "busy"})
        return self

    def hang_up(self) -> "Answer":
        """End the call."""
        ElementTree.SubElement(self.root, "Hangup")
        return self

    def _dial(self, *, action: str, limit_s: int, ring_s: int, **attributes: str) -> ElementTree.Element:
        given = {"answerOnBridge": "true", "action": action, "method": "POST", "timeLimit": str(limit_s)}
        return ElementTree.SubElement(self.root, "Dial", {**given, "timeout": str(ring_s), **attributes})
