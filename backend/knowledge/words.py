"""Turn a question into the words worth looking for in the text index."""

import re
from dataclasses import dataclass

# Words that stand in every other sentence and say nothing about it, in the languages agents speak.
_COMMON_WORDS = """
a about after all also am an and any are as at be because been before but by can could did do does doing for from
get got had has have having hello hey hi how i if in into is it its just let like me much many my no not now of off
on one or our out over please so some tell than thank thanks that the their them then there these they this those
to too up us very want was we were what when where which who why will with would yes you your
au aux avec avez ce ces cette combien comment dans de des du elle en est et il ils je la le les leur ma mais mes mon
ne nous ou où par pas pour que quel quelle quels qui sa se ses son sont sur ta tu un une vos votre vous
al como con cuando cuanto cuánto de del donde dónde el ella en es esta este hay la las lo los me mi muy no nos o para
pero por que qué se si sin son su sus te tiene tu un una unos y ya yo
aber als am an auch auf aus bei bin bis das dass dem den der des die du ein eine einem einen einer er es für hat
haben ich ihr im in ist ja kann kein mein mit nach nicht noch nur oder sich sie sind so um und uns von vor wann was
wenn wer wie wieviel wir wird wo zu zum zur
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# References such as QX-7741, 10:30 or 3.5, which the database's own parser reads in its own way.
_REFERENCE = re.compile(r"\b(?=\S*\d)[^\W_]+(?:[-./:][^\W_]+)+\b")
MAX_WORDS = 12
MAX_REFERENCES = 4


@dataclass(frozen=True)
class SearchWords:
    """What to look for: `stems` are tsqueries of word beginnings, `references` are looked for as they are written."""

    stems: tuple[str, ...]
    references: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.stems or self.references)


def search_words(question: str) -> SearchWords:
    """Return the telling words of a question; a passage that holds any of them is a candidate.

    The index does not know word forms, so a word also stands for those that begin with it, without its plural ending.
    """
    references = tuple(dict.fromkeys(_REFERENCE.findall(question)))[:MAX_REFERENCES]
    chosen: list[str] = []
    for word in _WORD.findall(_REFERENCE.sub(" ", question).lower()):
        stem = re.split("['’]", word)[0]
        if stem in _COMMON or word in _COMMON or (len(stem) < 3 and not stem.isdigit()):
            continue
        if len(stem) > 4 and stem.endswith("s") and not stem.endswith("ss"):
            stem = stem[:-1]
        if stem not in chosen:
            chosen.append(stem)
    stems = tuple(f"{word}:*" if len(word) > 2 else word for word in chosen[:MAX_WORDS])
    return SearchWords(stems, references)
