"""Words as the stand-in compares them: folded, stemmed, and gathered into everyday business topics."""

import re
import unicodedata
from collections.abc import Iterable


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list written as prose."""
    return frozenset(text.split())


_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SUFFIXES = ("ations", "ation", "ments", "ment", "ings", "ing", "ied", "ies", "ed", "es", "ly", "s", "e", "y")

_STOP = word_set(
    """
    a an the and or but if then so of to in on at by for from with as is are was were be been am do does did
    has have had i you he she it we they me him her us them my your his its our their this that these those
    there here what which who whom whose when how why can could will would shall should may might must not
    no yes please just also too very any some all more most other into about over than up down out off again
    only own same s t d ll re ve m don doesn didn isn aren le la les un une des du de et est je tu il elle
    nous vous ils au aux ce cette ces mon ma mes votre vos notre que qui el los las una unos y o es soy su
    sus mi en por para con del al como se lo ich du er sie wir ihr der die das ein eine und oder ist sind
    den dem mit fur auf im zu wie u ur sont quels quelle quelles quel vos nos avez etes pouvez puis peux
    cual cuales son esta estan tienen tiene hay como cuando wann was kann konnen haben gibt ihre ihren euer
    mich mir
    """
)

# Words so general that they neither prove nor disprove that a sentence answers a question.
_WEAK = word_set(
    """
    have get give take make want need offer sell provide use know tell say help like look let go come thing
    something anything anyone someone place office shop store company business clinic service team people
    person customer morning afternoon evening night tonight tomorrow early late today now way near around
    available possible currently still right question info information detail list kind type much many long
    good best hello hi hey thank thanks okay ok sure really actually wonder wondering could possibly find
    out work do one there available anybody nobody guy folks
    """
)

_TOPIC_WORDS = {
    "hours": """open opening opens opened close closes closed closing hours hour shut schedule weekday weekend
        ouvert ouverts ouverture horaires horaire ferme fermes abierto abiertos abren horario horarios cierran cerrado
        geoffnet offnungszeiten offen geschlossen uhrzeit""",
    "price": """price prices pricing cost costs fee fees charge charges rate rates expensive cheap quote tariff
        prix combien tarif cuesta cuestan precio precios cuanto preis preise kosten kostet""",
    "place": """address where located location locations direction directions street situated map
        adresse ou situe direccion donde ubicacion ubicados wo standort""",
    "booking": """book booking bookings booked appointment appointments reserve reservation reservations slot
        rendez-vous reserver cita reservar termin buchen""",
    "refund": """refund refunds refunded return returns returned exchange exchanges reimburse
        rembourser remboursement reembolso devolver ruckgabe erstattung""",
    "cancel": """cancel cancels cancelled canceled cancellation cancellations reschedule
        annuler cancelar absagen stornieren""",
    "parking": "park parking parked garage stationnement aparcamiento estacionamiento parken parkplatz",
    "phone": "phone telephone call calling tel telefono numero telefon nummer",
    "email": "email emails mail e-mail courriel correo",
    "payment": """pay paying payment payments cash visa mastercard card cards credit debit
        paiement pagar pago zahlen bezahlen""",
    "children": "child children kid kids baby babies toddler enfant enfants nino ninos kind kinder",
    "order": "order orders package parcel tracking commande pedido bestellung",
    "delivery": "deliver delivers delivery deliveries ship ships shipping shipped livraison entrega lieferung",
    "insurance": "insurance insurances insured assurance seguro versicherung",
    "staff": "doctor doctors dentist dentists therapist stylist staff owner manager",
    "access": "wheelchair accessible accessibility elevator step-free",
}

_IDIOMS = (("money back", "refund"), ("how much", "price"))

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_WORDS = {day[:3]: day for day in _DAYS} | {day: day for day in _DAYS} | {day + "s": day for day in _DAYS}
_DAY_WORDS |= {"tues": "tuesday", "weds": "wednesday", "thur": "thursday", "thurs": "thursday"}
_DAY_NAME = r"(?:mon|tues?|weds?|wednes|thu(?:rs?)?|fri|satur|sat|sun)(?:day)?s?"
_DAY_RANGE = re.compile(rf"\b({_DAY_NAME})\s*(?:-|–|—|to|through|until|till)\s*({_DAY_NAME})\b")
_MONEY = re.compile(r"[$€£]\s?\d|\d\s?(?:dollars|usd|cad|eur|euros?|pounds|€|£)\b", re.IGNORECASE)
_CLOCK = re.compile(r"\b\d{1,2}(?::\d{2})?\s?(?:am|pm|a\.m\.|p\.m\.)|\b\d{1,2}:\d{2}\b|\b\d{1,2}\s?h\b", re.IGNORECASE)
_STREET = re.compile(
    r"\b\d+[\w-]*\s+(?:\w+\s){1,3}(?:street|st|avenue|ave|road|rd|boulevard|blvd|drive|lane|way|square|plaza)\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+?\d[\d\s().-]{7,}\d")
_DURATION = re.compile(
    r"\b\d+(?:\s?(?:-|to)\s?\d+)?[ -](?:minutes?|mins?|hours?|days?|weeks?|months?)\b", re.IGNORECASE
)
_MEANS = re.compile(
    r"\b(?:visa|mastercard|amex|cash|cards?|credit|debit|invoice|transfer|payments?|paypal)\b", re.IGNORECASE
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.-]+")


def fold(text: str) -> str:
    """Return the text in lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def tokens(text: str) -> list[str]:
    """Return the words of a text, folded, in order."""
    return [word.replace("’", "'").removesuffix("'s") for word in _WORD.findall(fold(text))]


def stem(word: str) -> str:
    """Return a word without its common English ending; words of three letters or digits stay."""
    if word[-1].isdigit():
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            root = word[: -len(suffix)]
            # "cleanning", "stopped": the doubled consonant belongs to the ending
            return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "aeiouls" else root
    return word


_TOPIC_OF = {fold(word): f"#{topic}" for topic, words in _TOPIC_WORDS.items() for word in words.split()}
_WEAK_STEMS = frozenset(stem(word) for word in _WEAK)


def is_stop(word: str) -> bool:
    """Say whether a folded word carries no meaning of its own."""
    return word in _STOP


def is_weak(term: str) -> bool:
    """Say whether a term is too general to decide anything."""
    return term in _WEAK_STEMS


def term_of(word: str) -> str:
    """Return the term a folded word is compared by: its topic, its weekday or its stem."""
    return _TOPIC_OF.get(word) or _day_term(word) or stem(word)


def _day_term(word: str) -> str | None:
    # "sat", "sun" and "mon" are words too; only full names count outside a range
    return "@" + _DAY_WORDS[word] if len(word) > 4 and word in _DAY_WORDS else None


def _days_in(text: str) -> set[str]:
    found: set[str] = set()
    for first, last in _DAY_RANGE.findall(text):
        start, end = (next(i for i, day in enumerate(_DAYS) if day.startswith(name[:3])) for name in (first, last))
        span = (end - start) % 7
        found |= {"@" + _DAYS[(start + step) % 7] for step in range(span + 1)}
    if re.search(r"\b(?:weekends?)\b", text):
        found |= {"@saturday", "@sunday"}
    if re.search(r"\b(?:weekdays?)\b", text):
        found |= {"@" + day for day in _DAYS[:5]}
    if re.search(r"\b(?:every day|daily|7 days|seven days|24/7)\b", text):
        found |= {"@" + day for day in _DAYS}
    return found


def terms(text: str) -> list[str]:
    """Return the meaningful terms of a text in order, topics as `#hours`, weekdays as `@sunday`."""
    folded = fold(text)
    for idiom, plain in _IDIOMS:
        folded = folded.replace(idiom, plain)
    words = tokens(folded)
    found = [term_of(word) for word in words if not is_stop(word) or word in _TOPIC_OF]
    if re.search(r"\bwhere(?:'s| is| are) my\b", folded):
        found = [term for term in found if term != "#place"]
    if re.search(r"\bhow long\b", folded):
        found.append("#duration")
    if "#hours" in found:  # only then is "sun" a day
        found += ["@" + _DAY_WORDS[word] for word in words if word in _DAY_WORDS]
    return [*found, *sorted(_days_in(folded))]


def evidence(text: str) -> set[str]:
    """Return the topics a statement speaks about by its look: money, clock times, addresses, numbers."""
    found = set(terms(text))
    looks = (
        ("#price", _MONEY),
        ("#hours", _CLOCK),
        ("#place", _STREET),
        ("#phone", _PHONE),
        ("#email", _EMAIL),
        ("#duration", _DURATION),
    )
    found |= {topic for topic, pattern in looks if pattern.search(text)}
    if "#payment" in found and not _MEANS.search(text):
        found.discard("#payment")  # "children pay half" says nothing about how to pay
    if any(term.startswith("@") for term in found):
        found.add("#hours")
    return found


_QUESTION_WORDS = word_set("what when where who how why which do does is are can could will")


def asks(text: str) -> bool:
    """Say whether a text is put as a question."""
    words = tokens(text)
    return "?" in text or (bool(words) and words[0] in _QUESTION_WORDS)


_LANGUAGE_WORDS = {
    "fr": """bonjour bonsoir salut merci vous êtes est-ce que quelle quels quel horaires combien où rendez-vous s'il
        plaît voudrais avez je le la les des une pour avec aujourd'hui ouvert puis-je""",
    "es": """hola buenos buenas gracias usted ustedes qué cuál cuánto dónde cómo está están tienen quiero puedo
        por favor         el los las una para con hoy abierto cita mañana""",
    "de": """hallo guten tag danke sie ihr ist sind haben wann wie wo viel kostet ich möchte bitte der die das ein eine
        für mit heute geöffnet termin kann""",
    "en": """hello hi hey thanks thank you your are is do does have what when where how much can could i would the a an
        for with today open please my""",
}
_LANGUAGES = {language: frozenset(fold(word) for word in words.split()) for language, words in _LANGUAGE_WORDS.items()}


def language_of(texts: Iterable[str]) -> str:
    """Return en, fr, es or de: the one with most of its common words in the texts, English when undecided."""
    texts = list(texts)
    if any(mark in text for text in texts for mark in "¿¡"):
        return "es"
    seen = [word for text in texts for word in tokens(text)]
    scores = {language: sum(word in known for word in seen) for language, known in _LANGUAGES.items()}
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > scores["en"] else "en"
