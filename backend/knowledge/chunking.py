"""Cut a text into passages along its own structure: headings, paragraphs, lists, sentences.

Nothing is lost and nothing is reordered: the fresh parts of the passages, one after the other, are the text without its
heading marks. Passages of one section overlap by a sentence or two, so that a fact and its condition stay together;
those of one table repeat its first row, so that every figure keeps its name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.knowledge.schemas import PATH_MARK

# The local model reads 256 word pieces (sentence_bert_config.json); an English word piece is about four characters.
CHARS_PER_TOKEN = 4
TARGET_TOKENS = 190
OVERLAP_TOKENS = 40
# Both parts are rounded up and joined by a line break.
MAX_TOKENS = TARGET_TOKENS + OVERLAP_TOKENS + 2
# A longer line is a sentence somebody marked as a heading.
HEADING_LIMIT = 80

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_UNDERLINE = re.compile(r"^(=+|-{2,})$")
_LIST_ITEM = re.compile(r"^\s*([-*•–]|\d{1,3}[.)])\s+\S")
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+")
# The row under a table's names is made of these, and is no longer than this.
_RULE_MARKS, _RULE_LIMIT = frozenset("|:- \t"), 2_000
PATH_LIMIT = 200


@dataclass(frozen=True)
class Chunk:
    """A passage: the headings it stands under, what it repeats of the one before, and what is new in it."""

    path: tuple[str, ...]
    overlap: str
    fresh: str

    @property
    def text(self) -> str:
        """The passage as it is read."""
        return f"{self.overlap}\n{self.fresh}" if self.overlap else self.fresh

    def stored(self, title: str) -> str:
        """Return the passage under its title path: what is embedded, indexed and kept."""
        return f"{path_line(title, self.path)}\n\n{self.text}"


@dataclass
class _Section:
    path: tuple[str, ...]
    units: list[str] = field(default_factory=list)


def path_line(title: str, path: tuple[str, ...]) -> str:
    """Return the title and headings on one line."""
    parts = [part for part in (title, *path) if part]
    return " ".join(PATH_MARK.join(dict.fromkeys(parts)).split())[:PATH_LIMIT]


def split_stored(stored: str) -> tuple[str, str]:
    """Return the path line and the passage of what `Chunk.stored` made."""
    path, _, text = stored.partition("\n\n")
    return path, text


def tokens(text: str) -> int:
    """Return about how many tokens a text has."""
    return -(-len(text) // CHARS_PER_TOKEN)


def chunks(content: str) -> list[Chunk]:
    """Return the passages of `content` in order, each at most `MAX_TOKENS` long; none for blank text."""
    return [chunk for section in _sections(content) for chunk in _pack(section)]


def _sections(content: str) -> Iterator[_Section]:
    lines = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    headings: list[tuple[int, str]] = []
    section, paragraph = _Section(()), list[str]()

    def close_paragraph() -> None:
        text = "\n".join(paragraph).strip()
        if text:
            section.units.append(text)
        paragraph.clear()

    for index, line in enumerate(lines):
        following = lines[index + 1].strip() if index + 1 < len(lines) else ""
        level, heading = _heading(line, following, bool(paragraph))
        if heading:
            close_paragraph()
            if section.units:
                yield section
            elif section.path and not _is_prefix(section.path, headings, level):
                # A heading with nothing under it is still something the business wrote.
                section.units.append(section.path[-1])
                yield section
            headings = [(above, name) for above, name in headings if above < level] + [(level, heading)]
            section = _Section(tuple(name for _, name in headings))
        elif _UNDERLINE.match(line.strip()) and index and _heading(lines[index - 1], line.strip(), False)[1]:
            continue
        elif not line.strip():
            close_paragraph()
        else:
            if _LIST_ITEM.match(line):
                close_paragraph()
            paragraph.append(line.rstrip())
    close_paragraph()
    if not section.units and section.path:
        section.units.append(section.path[-1])
    if section.units:
        yield section


def _heading(line: str, following: str, in_paragraph: bool) -> tuple[int, str]:
    if len(line) > HEADING_LIMIT:
        return 0, ""
    marked = _HEADING.match(line.strip())
    if marked:
        return len(marked.group(1)), marked.group(2)
    if not in_paragraph and line.strip() and _UNDERLINE.match(following) and not _LIST_ITEM.match(line):
        return (1 if following[0] == "=" else 2), line.strip()
    return 0, ""


def _is_prefix(path: tuple[str, ...], headings: list[tuple[int, str]], level: int) -> bool:
    """Tell whether a new heading of `level` stands under `path`, which then needs no passage of its own."""
    return len([above for above, _ in headings if above < level]) >= len(path)


def _pack(section: _Section) -> Iterator[Chunk]:
    held = overlap = ""
    for unit in section.units:
        joint, head = "\n", ""
        names = _table_head(unit)
        for piece in _pieces(unit, is_table=bool(names)):
            if held and tokens(held) + tokens(piece) > TARGET_TOKENS:
                yield Chunk(section.path, overlap, held)
                overlap, held = head or _tail(held), ""
            held = f"{held}{joint}{piece}" if held else piece
            head = names
            joint = "\n" if head else " "
    if held:
        yield Chunk(section.path, overlap, held)


def _table_head(unit: str) -> str:
    """Return the row that names the columns, as far as an overlap may be long; nothing when `unit` is no table."""
    head, *rest = unit.split("\n", 2)
    rule = rest[0] if rest else ""
    if not (head.startswith("|") and len(rule) <= _RULE_LIMIT and "--" in rule and _RULE_MARKS.issuperset(rule)):
        return ""
    return head[: OVERLAP_TOKENS * CHARS_PER_TOKEN]


def _pieces(unit: str, *, is_table: bool) -> Iterator[str]:
    """Yield `unit` whole when it fits, else rows or sentences, else runs of words, else runs of characters."""
    if tokens(unit) <= TARGET_TOKENS:
        yield unit
        return
    if is_table:
        head, rule, *rows = unit.split("\n")
        for row in [f"{head}\n{rule}", *rows]:
            yield from _sentences(row)
        return
    yield from _sentences(unit)


def _sentences(unit: str) -> Iterator[str]:
    if tokens(unit) <= TARGET_TOKENS:
        yield unit
        return
    for sentence in _SENTENCE_END.split(unit):
        if not sentence.strip():
            continue
        if tokens(sentence) <= TARGET_TOKENS:
            yield sentence.strip()
        else:
            yield from _runs(sentence)


def _runs(sentence: str) -> Iterator[str]:
    limit = TARGET_TOKENS * CHARS_PER_TOKEN
    run = ""
    for word in sentence.split():
        while len(word) > limit:
            if run:
                yield run
                run = ""
            yield word[:limit]
            word = word[limit:]
        if run and len(run) + 1 + len(word) > limit:
            yield run
            run = word
        else:
            run = f"{run} {word}" if run else word
    if run:
        yield run


def _tail(text: str) -> str:
    """Return the last sentences of `text` that fit the overlap, or nothing when even the last one is too long."""
    kept: list[str] = []
    sentences = [piece.strip() for line in text.split("\n") for piece in _SENTENCE_END.split(line) if piece.strip()]
    for sentence in reversed(sentences):
        if tokens(" ".join([sentence, *kept])) > OVERLAP_TOKENS:
            break
        kept.insert(0, sentence)
    return " ".join(kept)
