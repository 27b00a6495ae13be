"""Tell an agent what other customers' conversations had in common, and nothing of any one of them.

No sentence of anybody's ever leaves their memory. What is told is a number of people and the topics that at least so
many of them share, word by word: letters alone, and none that names any of them. So nothing can be told that stands in
one person's conversation only (k-anonymity, Sweeney 2002), whatever a model wrote into a summary.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

MOST_TOPICS = 4
MOST_WORDS = 3
_WORDS = re.compile(r"[^\W\d_]+")
_TOPIC = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+)*")


def told(found: Sequence[tuple[UUID, Sequence[str], bool]], about: Iterable[str], least: int) -> str:
    """Return what conversations of at least `least` other people share, in a sentence; empty when nothing.

    `found` is (contact, topics, whether people took over) of each conversation, `about` every text that says who these
    people are: none of its words is told.
    """
    people = {contact for contact, *_ in found}
    if len(people) < least:
        return ""
    named = {word for text in about for word in _WORDS.findall(text.casefold())}
    who: dict[str, set[UUID]] = defaultdict(set)
    for contact, topics, _ in found:
        for topic in (" ".join(one.casefold().split()) for one in topics):
            if _may_be_told(topic, named):
                who[topic].add(contact)
    shared = sorted((topic for topic in who if len(who[topic]) >= least), key=lambda one: (-len(who[one]), one))
    if not shared:
        return ""
    handed = {contact for contact, _, was_handed_over in found if was_handed_over}
    # Of a few people it is not told either: it would say something of each.
    ending = " A colleague took over for most of them." if len(handed) > max(len(people) / 2, least - 1) else ""
    return f"{len(people)} other customers asked about something like this: {', '.join(shared[:MOST_TOPICS])}.{ending}"


def _may_be_told(topic: str, named: set[str]) -> bool:
    words, is_plain = _WORDS.findall(topic), bool(_TOPIC.fullmatch(topic))
    return is_plain and 0 < len(words) <= MOST_WORDS and not named.intersection(words)
