"""Tell how a message sounds, by its words alone: cheap, the same every time, and silent where it cannot tell.

A list of words knows no irony and no language beyond those below, so this orders a list and colours a mark; it decides
nothing. `NEUTRAL` says that words were read and none of them weighed; an empty answer that there was nothing to read.
"""

import re
from itertools import pairwise

POSITIVE, NEUTRAL, NEGATIVE = "positive", "neutral", "negative"
# English, Spanish, French, German, Portuguese, Italian: what people write to a business when they are pleased …
_PLEASED = """
thanks thank thx great perfect awesome excellent amazing wonderful love lovely happy glad appreciate appreciated
brilliant fantastic helpful kind nice pleased delighted best
gracias genial perfecto excelente encantado encantada feliz maravilloso estupendo
merci parfait super génial excellente ravi ravie content contente formidable
danke perfekt toll prima wunderbar klasse freue freut zufrieden
obrigado obrigada ótimo otimo perfeito adorei
grazie perfetto ottimo bellissimo fantastico
"""
# … and when they are not.
_CROSS = """
angry annoyed awful bad broken complaint complain disappointed disappointing disgusting frustrated frustrating
furious hate horrible hurt lawyer lied mad mistake overcharged pain poor problem refund ridiculous rude scam
terrible unacceptable unhappy upset useless worst wrong
enojado enojada molesto molesta mal malo pésimo pesimo queja reembolso problema
fâché fachée mauvais nul inadmissible inacceptable déçu déçue remboursement plainte problème
schlecht schlimm furchtbar unverschämt enttäuscht ärgerlich beschwerde kaputt falsch erstattung
ruim péssimo péssima horrível reclamação
pessimo orribile deluso delusa reclamo rimborso
"""
_NOT = "not no never don't doesn't didn't isn't wasn't can't cannot kein keine nicht pas nunca não nao non"
PLEASED, CROSS, NOT = (frozenset(words.split()) for words in (_PLEASED, _CROSS, _NOT))
_SMILES = re.compile(r"[😀😃😄😁🙂😊😍🥰👍🙏❤🎉]|:-?\)|<3")
_FROWNS = re.compile(r"[😠😡🤬😢😭😞😤👎💔]|:-?\(")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
LONGEST = 2000


def of(text: str) -> str:
    """Return positive, neutral or negative; empty when the text holds no word."""
    text = text[:LONGEST].replace("’", "'")
    words = [word.lower() for word in _WORD.findall(text)]
    score = len(_SMILES.findall(text)) - len(_FROWNS.findall(text))
    if not words and not score:
        return ""
    for before, word in pairwise(["", *words]):
        weight = (word in PLEASED) - (word in CROSS)
        # “Not great” is a complaint; “no problem” and “not bad” are none, and no praise either.
        score += (-weight if weight > 0 else 0) if before in NOT else weight
    return POSITIVE if score > 0 else NEGATIVE if score < 0 else NEUTRAL
