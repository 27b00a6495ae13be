"""Mend what a model wrote into a text that may be sent, and know when it says that it does not know."""

import re

LONGEST = 1600
_SENT_MARK = re.compile(r"^\s*\(Sent by [^)]{0,80} from the team\)\s*")
_FENCE = re.compile(r"^```\w*\s*|\s*```$")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_HEADING = re.compile(r"^#{1,6}\s+", re.MULTILINE)
_IMAGE = re.compile(r"!\[([^\]]{0,300})\](?:\([^)]{0,2000}\)|\[[^\]]{0,300}\])")
# Elements of web pages that do something beside showing words; a text shows their marks, and never more.
_ELEMENT = re.compile(
    r"</?(?:a|b|i|u|p|br|div|span|img|image|svg|script|style|iframe|object|embed|link|meta|form|input|button|video|audio"
    r"|base|body|html|head|table|marquee|math|template|details)\b[^<>]*>",
    re.IGNORECASE,
)
# Characters nobody sees, which hide text or carry it (Unicode's tags, and what has no width), and those that turn its
# direction. What joins an emoji or a script's letters stays.
_UNSEEN = re.compile("[\u200b\u2060-\u2064\ufeff\u00ad\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_LINK = re.compile(r"\[([^\]]{1,300})\]\((https?://[^)\s]+)\)")
_SENTENCE = re.compile(r"[.!?…](?=\s|$)")
# An end that the model itself went on after; the last character of a text that was cut off proves nothing. Chinese and
# Japanese write no space after their marks.
_WHOLE = re.compile(r"[.!?…][)\"'”’»]*(?=\s+[^\s\da-zà-ÿ])|[。！？](?=.)", re.DOTALL)
# What stands before a full stop that ends no sentence: an abbreviation, or the number of a line in a list.
_NO_END = re.compile(
    r"(?:^|\s)(?:[^\W\d]|dr|mr|mrs|ms|st|prof|sr|sra|approx|ca|etc|e\.g|i\.e|z\.b|p\.ej|vs)\.$|^\s*\d+\.$",
    re.IGNORECASE | re.MULTILINE,
)
# One of these turns a text of 160 characters a segment into one of 70 (3GPP TS 23.038).
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "•": "-"}
)

_DOES_NOT_KNOW = re.compile(
    r"\b(?:i|we) (?:do(?:n't| not)|can(?:'t|not)) (?:have|know|find|see)\b(?! (?:how to thank))"
    r"|\b(?:i'm|i am|we're|we are) not (?:sure|certain)\b"
    r"|\b(?:was|were)(?:n't| not) (?:told|given)\b"
    r"|\bne (?:sais|trouve|dispose) pas\b|\bje n'ai pas (?:cette|l')?\s?(?:information|info|réponse)"
    r"|\bno (?:lo )?(?:sé|tengo (?:esa|esta|la) información)\b"
    r"|\bweiß (?:ich )?(?:das )?(?:leider )?nicht\b|\b(?:habe|finde) (?:ich )?(?:dazu|darüber)?\s?(?:leider )?keine\b",
    re.IGNORECASE,
)

_HAND_OVER = {
    "en": "Thanks for your message. A member of our team will get back to you shortly.",
    "fr": "Merci pour votre message. Un membre de notre équipe vous répondra bientôt.",
    "es": "Gracias por su mensaje. Una persona de nuestro equipo le responderá en breve.",
    "de": "Danke für Ihre Nachricht. Jemand aus unserem Team meldet sich in Kürze bei Ihnen.",
}

_WAITING = {
    "en": "I need to check this with a colleague first. I'll get back to you here.",
    "fr": "Je dois d'abord vérifier cela avec un collègue. Je reviens vers vous ici.",
    "es": "Primero tengo que consultarlo con un compañero. Le escribo aquí en cuanto lo sepa.",
    "de": "Das muss ich zuerst im Team klären. Ich melde mich hier bei Ihnen.",
}


def mended(text: str) -> str:
    """Return a model's text without markup, in plain punctuation, cut after a sentence when it is too long."""
    text = _SENT_MARK.sub("", _FENCE.sub("", text.strip()))
    text = _UNSEEN.sub("", _ELEMENT.sub("", _IMAGE.sub(r"\1", text)))
    text = _LINK.sub(r"\1: \2", _HEADING.sub("", _BOLD.sub(r"\2", text)))
    text = text.translate(_PLAIN).replace("\x00", "")
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
        text = text[1:-1].strip()
    return text if len(text) <= LONGEST else _cut(text)


def _cut(text: str) -> str:
    head = text[:LONGEST]
    ends = [match.end() for match in _SENTENCE.finditer(head)]
    if ends and ends[-1] > LONGEST // 2:
        return head[: ends[-1]]
    return head[: LONGEST - 3].rsplit(" ", 1)[0].rstrip() + "..."


def whole_sentences(text: str) -> str:
    """Return a text that was cut off up to its last sentence that certainly is whole, or an empty string."""
    ends = [match.end() for match in _WHOLE.finditer(text) if not _NO_END.search(text[: match.end()])]
    return text[: ends[-1]].strip() if ends else ""


def says_it_does_not_know(text: str) -> bool:
    """Tell whether a reply admits that the answer is missing, in the languages agents speak."""
    return bool(_DOES_NOT_KNOW.search(text.translate(_PLAIN)))


def hand_over(language: str) -> str:
    """Return the one polite text a customer gets when the agent cannot go on."""
    return _HAND_OVER.get(language[:2].lower(), _HAND_OVER["en"])


def waiting(language: str) -> str:
    """Return what a customer is told while a person of the team decides."""
    return _WAITING.get(language[:2].lower(), _WAITING["en"])
