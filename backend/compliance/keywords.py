"""Recognise the words by which people leave, return and ask for help, in the languages customers write."""

import re
import unicodedata

from backend.compliance.schemas import Keyword

# The families every US and Canadian carrier honours (CTIA Messaging Principles §5.1.3, 47 CFR 64.1200(a)(10)), with
# the common French, Spanish, Portuguese and German ones. They count in every country.
_STOP = (
    "stop stopall unsubscribe cancel end quit revoke optout stop-all opt-out "
    "arret arreter desabonner alto parar baja cancelar detener sair stopp abmelden beenden"
)
_START = "start unstop subscribe optin opt-in reprendre abonner iniciar alta comenzar empezar anmelden starten"
_HELP = "help info aide ayuda ajuda hilfe"
# Plain agreement: it opts in only somebody who is out; from anybody else it is an answer like any other.
_YES = "yes y oui si sim ja"
_PUNCTUATION = re.compile(r"^[\W_]+|[\W_]+$")
_FAMILIES = {
    word.replace("-", " "): keyword
    for keyword, words in (
        (Keyword.STOP, _STOP),
        (Keyword.START, _START),
        (Keyword.HELP, _HELP),
        (Keyword.YES, _YES),
    )
    for word in words.split()
}


def recognise(body: str) -> Keyword | None:
    """Return the keyword that the whole of `body` is, or None.

    Case, accents, surrounding punctuation and repeated spaces do not matter; any other word beside it does, so
    “please stop by at noon” is a sentence.
    """
    decomposed = unicodedata.normalize("NFKD", body)
    plain = "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()
    words = " ".join(_PUNCTUATION.sub("", plain).replace("-", " ").split())
    return _FAMILIES.get(words)
