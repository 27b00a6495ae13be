"""Remembering: what a customer says of themselves in a conversation, and what they ask to have remembered or forgotten.

It copies and turns sentences round, and knows nothing beyond them: "I'm allergic to penicillin" becomes "Allergic to
penicillin".
"""

import re
from collections import Counter
from itertools import product
from typing import Any

from backend.sandbox.model.prompt import Prompt
from backend.sandbox.model.sentences import shorten, split_sentences
from backend.sandbox.model.words import is_stop, is_weak, stem, tokens

KEEP = "keep_memory"
_LINE = re.compile(r"^\[(\d+)\] (customer|agent|colleague), [^:]*:\d\d: (.*)$", re.MULTILINE)
_KNOWN = re.compile(r"^Known so far: (.*)$", re.MULTILINE)
# What somebody says of themselves, how it is told of them, and what kind of fact it is.
_LIKED = "preference"
_STATEMENTS: tuple[tuple[str, str, str], ...] = (
    (r"\bi(?:'m|’m| am) (?:very |severely |really )?(allergic to .+)", "{0}", "need"),
    (r"\bi have (?:a |an )?((?:\w+ )?allergy.+|.*\ballergy\b.*)", "Has {0}", "need"),
    (r"\bi(?:'m|’m| am) (?:a )?(vegan|vegetarian|diabetic|coeliac|pregnant|deaf|blind)\b", "{0}", "need"),
    (r"\bi use a (wheelchair|walker|hearing aid)\b", "Uses a {0}", "need"),
    (r"\bi need (.+)", "Needs {0}", "need"),
    (r"\bi (?:do not|don't|don’t) (eat|drink|like|want) (.+)", "Does not {0} {1}", _LIKED),
    (r"\bi (?:always |usually |really |would )?prefer (.+)", "Prefers {0}", _LIKED),
    (r"\bi (?:really )?(?:like|love) (.+)", "Likes {0}", _LIKED),
    (r"\b(mornings?|afternoons?|evenings?|weekends?|\w+days) (?:work|suit|are) be(?:st|tter)", "Prefers {0}", _LIKED),
    (r"\bmy (?!name\b)(\w+(?: \w+)?)(?:'s name)? is called (.+)", "Their {0} is called {1}", "detail"),
    (r"\bmy (?!name\b)(\w+(?: \w+)?) is (.+)", "Their {0} is {1}", "detail"),
    (r"\bi live (?:in|at|on|near) (.+)", "Lives in {0}", "detail"),
    (r"\bi(?:'ve| have) (?:just )?moved to (.+)", "Moved to {0}", "detail"),
    (r"\bi work (?:as|at|for|in) (.+)", "Works as {0}", "detail"),
    (r"\bi have ((?:a|an|two|three|four|five|\d+) .+)", "Has {0}", "detail"),
    (r"\b(?:i|we)(?:'m|’m| am|'re|’re| are) (?:going|travelling|away|moving) (.+)", "Going {0}", "plan"),
)  # fmt: skip
_SAYING = tuple((re.compile(pattern, re.IGNORECASE), told, kind) for pattern, told, kind in _STATEMENTS)
_CLAUSES = re.compile(r",? (?:and|but) (?=(?:i|i'm|i’m|my|we)\b)", re.IGNORECASE)
_NAMED = re.compile(r"\b[Mm]y name is [\w'’ -]{2,40}")
_DAYS = {"plan": 30}
_MOST_FACTS, _MOST_TOPICS, _SUMMARY = 8, 5, 220
_WHAT = re.compile(
    r"\bwhat (?:do|did|have) you (?:know|remember|remembered|store|stored|keep|kept|have)\b.*\b(?:about|on|of) me\b"
    r"|\bwhat(?:'s| is) (?:stored|saved|remembered) about me\b|\bdo you remember me\b",
    re.IGNORECASE,
)
_FORGET = re.compile(
    r"\b(?:forget|delete|erase|remove|don't remember|stop remembering)\b(?: about)?\s*(?:that\s)?(.*)", re.IGNORECASE
)
_EVERYTHING = re.compile(r"\b(?:everything|all (?:of it|you know|my data|that)|my data)\b", re.IGNORECASE)
_ACTUALLY = re.compile(
    r"\b(?:actually|no longer|not any ?more|instead|now|correction|that(?:'s| is) (?:wrong|not right))\b", re.IGNORECASE
)
_FACT = re.compile(r"<fact[^>]*>([^<]*)</fact>")


def kept(prompt: Prompt) -> dict[str, Any] | None:
    """Return what is worth keeping of a conversation, or None when nobody asks for that."""
    if not any(tool.get("name") == KEEP for tool in prompt.tools) or "<conversation>" not in prompt.question:
        return None
    said = [(int(number), who, text) for number, who, text in _LINE.findall(prompt.question)]
    theirs = [(number, text) for number, who, text in said if who == "customer"]
    facts = [fact for number, text in theirs for fact in _facts(number, text)][:_MOST_FACTS]
    summary = _summary([text for _, text in theirs])
    before = _KNOWN.search(prompt.question)
    known = before.group(1) if before and before.group(1) != "nothing" else ""
    return {
        "facts": facts,
        "summary": summary,
        "summary_so_far": shorten(" ".join(part for part in (summary, known) if part), 2 * _SUMMARY),
        "topics": _topics("\n".join(text for _, text in theirs)),
    }


def chosen(prompt: Prompt) -> tuple[str, dict[str, Any]] | None:
    """Return the tool of the memory that a customer's message asks for, with its arguments, or None."""
    offered = {str(tool.get("name")) for tool in prompt.tools}
    text, known = prompt.question, _FACT.findall(prompt.system)
    if "recall_memory" in offered and _WHAT.search(text):
        return "recall_memory", {}
    wish = _FORGET.search(text)
    if "forget_memory" in offered and wish and not re.search(r"\bdon't forget\b", text, re.IGNORECASE):
        what = wish.group(1).strip(" .!?")
        everything = _EVERYTHING.search(text) is not None
        return "forget_memory", {"fact": "everything" if everything else _closest(what, known) or what or text}
    if "correct_memory" in offered and known and _ACTUALLY.search(text):
        for fact in _facts(1, text):
            if meant := _closest(text, known):
                return "correct_memory", {"fact": meant, "correction": fact["fact"], "quote": fact["quote"]}
    return None


def _facts(number: int, text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for sentence in split_sentences(text):
        for clause, (pattern, told, kind) in product(_CLAUSES.split(sentence), _SAYING):
            if any(fact["quote"] == clause for fact in found):
                continue
            if match := pattern.search(clause):
                parts = [part.strip(" .!?,;") for part in match.groups() if part]
                fact = told.format(*parts)
                found.append(
                    {
                        "message": number,
                        "quote": clause,
                        "fact": fact[:1].upper() + fact[1:],
                        "kind": kind,
                        "confidence": 0.8,
                        "days": _DAYS.get(kind, 0),
                    }
                )
    return found


def _summary(texts: list[str]) -> str:
    sentences = [one for text in texts for one in split_sentences(text) if len(tokens(one)) >= 3]
    if not sentences:
        return ""
    return shorten("The customer wrote: " + " ".join(sentences[:2]), _SUMMARY)


def _topics(text: str) -> list[str]:
    text = _NAMED.sub(" ", text)
    words = [word for word in tokens(text) if len(word) > 3 and word.isalpha() and not is_stop(word)]
    return [word for word, _ in Counter(word for word in words if not is_weak(stem(word))).most_common(_MOST_TOPICS)]


def _closest(text: str, known: list[str]) -> str:
    said = {stem(word) for word in tokens(text) if not is_stop(word)}
    scored = [(len(said & {stem(word) for word in tokens(fact) if not is_stop(word)}), fact) for fact in known]
    best = max(scored, key=lambda pair: pair[0], default=(0, ""))
    return best[1] if best[0] else ""
