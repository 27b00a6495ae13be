"""Tell from a few words whether a machine picked up, or a service that asks who is calling before it rings anybody.

People say few of these things, and none of them as a question back: whoever asks whether we want to leave a message
is somebody. In the languages agents speak.
"""

import re

from voice_agent.core import phrases
from voice_agent.core.states import Kind

_MACHINE = re.compile(
    r"\b(?:"
    r"leave (?:(?:me|us|him|her|them) )?(?:a|your) (?:\w+ )?(?:message|name)|record your message"
    r"|(?:after|at|following) the (?:tone|beep|signal)|voice ?mail|mailbox"
    r"|(?:can ?t|cannot|can not|unable to|not able to) (?:take|answer|get to) (?:your|the) (?:call|phone)"
    r"|(?:can ?t|cannot|can not|unable to) come to the phone|not available to take"
    r"|the (?:person|number|customer|subscriber) you (?:are|have|were|re|ve) (?:calling|called|dialed|dialled|trying)"
    r"|when you (?:have|are|re) finished recording|automat\w+ voice mess\w+"
    r"|laisse[rz] (?:moi |nous )?(?:un|votre) message|apr[eè]s le (?:bip|signal)|messagerie vocale|r[eé]pondeur"
    r"|votre correspondant n est pas"
    r"|deje (?:su|un) mensaje|despu[eé]s (?:de la se[nñ]al|del tono)|buz[oó]n de voz|no puedo atender"
    r"|hinterlassen sie|nach dem (?:ton|signalton|piepton|piep)|mailbox von|anrufbeantworter"
    r"|(?:die gew[uü]nschte|der gew[uü]nschte) (?:person|rufnummer|gespr[aä]chspartner)"
    r")\b"
)
_SCREENING = re.compile(
    r"\b(?:"
    r"(?:record|state|say|tell me) your name|call(?:s)? (?:screening|assist\w*)|screening (?:service|calls|your call)"
    r"|(?:state|record|say) (?:the|your) reason|why you (?:are|re) calling and|name and (?:the |your )?reason"
    r"|(?:votre|quel est le) (?:nom et (?:le|la) (?:motif|raison)|motif de (?:votre|l) appel)|indiquez votre nom"
    r"|(?:diga|indique|grabe) su nombre|motivo de (?:su|la) llamada"
    r"|(?:nennen|sagen) sie (?:ihren namen|bitte ihren namen)|grund (?:ihres|des) anrufs"
    r")\b"
)
# What such a service says while it asks whoever it serves, or when they do not want to: nobody has picked up by it.
_GO_BETWEEN = re.compile(
    r"\b(?:stay on the line|please hold|hold on|one moment|just a moment|see if (?:this|the|they|he|she|\w+ is)"
    r"|try(?:ing)? to (?:reach|connect)|nobody can|no one can|(?:is|are) (?:not available|unavailable)"
    r"|not accepting|ne quittez pas|un instant|n est pas disponible|un momento|no cuelgue|no está disponible"
    r"|bleiben sie|einen moment|ist nicht erreichbar)\b"
)
_OFFERS = re.compile(
    r"\b(?:would you|do you want|can i|may i|shall i|could i|want me|voulez vous|quiere|möchten sie)\b"
)


def recognise(text: str) -> Kind | None:
    """Return what picked up by what it says: `MACHINE`, `SCREENED`, or None for what may well be a person."""
    said = phrases.plain(text)
    if _SCREENING.search(said):
        return Kind.SCREENED
    if _MACHINE.search(said) and not _OFFERS.search(said):
        return Kind.MACHINE
    return None


def is_of_go_between(text: str) -> bool:
    """Tell whether words are those of a service that stands between us and somebody: to wait, or that nobody comes."""
    return bool(_GO_BETWEEN.search(phrases.plain(text)))
