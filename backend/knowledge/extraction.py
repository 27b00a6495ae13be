"""Turn files and web pages into text that keeps its headings, lists and tables, or say in words why it cannot be.

Everything here works on bytes of strangers: it is called in a thread, and sizes are checked before work begins.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import Any
from urllib.parse import urljoin

from charset_normalizer import from_bytes

from backend.core.errors import Invalid
from backend.core.spreadsheets import delimiter_of

MAX_FILE_BYTES = 20_000_000
# Reading a page takes about two seconds for each megabyte of HTML (measured), during which a core is busy.
MAX_HTML_BYTES = 2_000_000
# Below a line or two, a page with scripts is a frame that they fill ("Loading…", or that scripts are needed).
LEAST_DRAWN = 200
MAX_CHARACTERS = 500_000
MAX_PDF_PAGES = 1_000
# What the text of a Word file may unpack to, which is 200 novels: parsed, it takes up to 30 times as much memory.
MAX_UNPACKED_BYTES = 20_000_000
MAX_ROWS = 20_000
KINDS = {
    ".pdf": "pdf", ".docx": "docx", ".html": "html", ".htm": "html", ".md": "text", ".markdown": "text",
    ".csv": "csv", ".tsv": "csv", ".txt": "text", ".text": "text",
}  # fmt: skip
_TYPES = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "text",
    "text/plain": "text",
    "text/csv": "csv",
}
# Among all encodings a short text fits too many; these are what files without a mark are in today.
_LIKELY = ["cp1252", "cp1251", "cp1253", "cp1255", "cp1256", "cp932", "gb18030", "big5", "cp949"]
# Of a table, to tell what stands between its cells.
_SAMPLE = 250_000
_BLANK_LINES = re.compile(r"\n{3,}")
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True)
class Document:
    """What a file or page says: its own title, if it has one, its text, and the addresses it links to."""

    title: str
    text: str
    links: tuple[str, ...] = ()


def read_file(name: str, content: bytes) -> Document:
    """Return what a file says. Raises `Invalid` (`file`) in words for one that holds no readable text."""
    if len(content) > MAX_FILE_BYTES:
        raise _refused(f"A file has at most {MAX_FILE_BYTES // 1_000_000} MB.")
    kind = KINDS.get(PurePath(name.lower()).suffix, "")
    if not kind:
        raise _refused("Files of this kind cannot be read. Use PDF, Word (.docx), HTML, Markdown, CSV or plain text.")
    return _checked(_READERS[kind](content))


def read_page(content: bytes, content_type: str, charset: str, url: str) -> Document:
    """Return what a fetched page says, with the addresses it links to. Raises `Invalid` in words."""
    kind = _TYPES.get(content_type) or ("html" if content.lstrip()[:1] == b"<" else "")
    if not kind:
        raise _refused(f"This is no page of text ({content_type or 'it does not say what it is'}).")
    if kind == "html":
        return _html(content, charset, url)
    return _checked(_READERS[kind](content))


def read_markdown(title: str, text: str, links: tuple[str, ...]) -> Document:
    """Return what somebody else read of a page. Raises `Invalid` in words."""
    return _checked(Document(title, text, links))


def _refused(words: str) -> Invalid:
    return Invalid(words, field="file", code="not_readable")


def _too_long() -> Invalid:
    return _refused(f"It holds more than {MAX_CHARACTERS:,} characters. Split it into several.")


def _checked(document: Document) -> Document:
    text = document.text.replace("\x00", "").strip()
    if not text:
        raise _refused("There is no text in it.")
    if len(text) > MAX_CHARACTERS:
        raise _too_long()
    return Document(" ".join(document.title.replace("\x00", "").split())[:120], text, document.links)


def decoded(content: bytes, charset: str = "") -> str:
    """Return text in whatever encoding it is: its mark, UTF-8, what it was called, or what it looks like."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    for encoding in ("utf-8", charset):
        try:
            # What is no UTF-8 was not written in it, whatever it is called.
            if encoding:
                return content.decode(encoding)
        # Python knows encodings that are none of text ("undefined").
        except (UnicodeError, LookupError):
            continue
    # Enough to tell an encoding by, and quick.
    best = from_bytes(content[:200_000], cp_isolation=_LIKELY).best()
    return content.decode(best.encoding if best else "cp1252", "replace")


def is_drawn_by_script(content: bytes, content_type: str, charset: str) -> bool:
    """Tell whether a page holds scripts and next to no words, so that a browser would show more of it."""
    from lxml import html

    if content_type not in _TYPES or _TYPES[content_type] != "html" or b"<script" not in content.lower():
        return False
    try:
        tree = html.fromstring(decoded(content[:MAX_HTML_BYTES], charset))
    except (ValueError, html.etree.LxmlError):
        return False
    words = tree.xpath("//text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::title)]")
    return len(" ".join(" ".join(words).split())) < LEAST_DRAWN


def _html_file(content: bytes) -> Document:
    return _html(content, "", "")


def _html(content: bytes, charset: str, url: str) -> Document:
    import trafilatura
    from lxml import html

    if len(content) > MAX_HTML_BYTES:
        raise _refused(f"It is larger than {MAX_HTML_BYTES // 1_000_000} MB. Paste the part that matters.")
    declared = _DECLARED.search(content[:4_096])
    text = decoded(content, charset or (declared.group(1).decode("ascii", "ignore") if declared else ""))
    try:
        # lxml refuses text that declares an encoding, so the declaration goes.
        tree = html.fromstring(text.partition("?>")[2] if text.lstrip().startswith("<?xml") else text)
    except (ValueError, html.etree.LxmlError):
        raise _refused("It is no page that can be read.") from None
    title = " ".join("".join(tree.xpath("(//title)[1]//text()")).split())
    base = str((tree.xpath("//base/@href") or [""])[0])
    links = tuple(dict.fromkeys(str(link).strip() for link in tree.xpath("//a[@href]/@href")))
    found = trafilatura.extract(
        tree,
        output_format="markdown",
        fast=True,
        favor_recall=True,
        include_comments=False,
        include_tables=True,
        include_formatting=True,
        include_links=False,
        config=_reading(),
    )
    if not (found or "").strip():
        raise _refused("There is no text on it. It may be drawn by a script only; paste what it says instead.")
    return _checked(Document(title, found or "", _absolute(links, base, url)))


def _absolute(links: tuple[str, ...], base: str, url: str) -> tuple[str, ...]:
    found: list[str] = []
    for link in links:
        try:
            found.append(urljoin(urljoin(url, base), link))
        except ValueError:
            continue
    return tuple(found)


@lru_cache(maxsize=1)
def _reading() -> Any:
    """Return trafilatura's settings for pages of businesses, which are often shorter than an article."""
    from trafilatura.settings import use_config

    config = use_config()
    for name in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
        config.set("DEFAULT", name, "1")
    return config


def _pdf(content: bytes) -> Document:
    import pypdf
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _refused("This PDF is locked with a password. Save it without one and add it again.")
        if len(reader.pages) > MAX_PDF_PAGES:
            raise _refused(f"A PDF has at most {MAX_PDF_PAGES:,} pages. Split it.")
        pages, length = list[str](), 0
        for page in reader.pages:
            pages.append(page.extract_text().strip())
            length += len(pages[-1])
            if length > MAX_CHARACTERS:
                break
        title = str((reader.metadata.title if reader.metadata else "") or "")
    except Invalid:
        raise
    except (DependencyError, NotImplementedError):
        raise _refused(
            "This PDF is locked or packed in a way that cannot be read. Save it anew and add it again."
        ) from None
    except (
        PyPdfError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
        ArithmeticError,
        zlib.error,
    ):
        raise _refused("This PDF is damaged. Open it, save it anew and add it again.") from None
    text = "\n\n".join(page for page in pages if page)
    # A scan may carry page numbers as text.
    if len(text) < 10 * max(1, len(pages)):
        raise _refused(
            "This PDF holds pictures of pages, no text: it was scanned. Add it with its text recognised (OCR), "
            "or paste what it says."
        )
    return Document(title, text)


def _docx(content: bytes) -> Document:
    import docx
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError
    from docx.table import Table
    from lxml.etree import LxmlError

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(map(_weight, packed.infolist())) > MAX_UNPACKED_BYTES:
                raise _refused("This file unpacks to more than can be read.")
        document = docx.Document(io.BytesIO(content))
        # Once for all: a paragraph looks its style up in the whole list.
        styles = {style.style_id: str(style.name or "") for style in document.styles}
        parts, length = list[str](), 0
        for block in document.iter_inner_content():
            lines = _table(block) if isinstance(block, Table) else [_paragraph(block, styles)]
            for line in lines:
                # An empty one takes its time, too.
                length += len(line) + 1
                if length > MAX_CHARACTERS:
                    raise _too_long()
                parts.append(line)
            parts.append("")
        title = document.core_properties.title or ""
    except Invalid:
        raise
    # Whatever is wrong with a stranger's archive or its parts, none of it is a fault of ours.
    except (
        zipfile.BadZipFile, zlib.error, OpcError, PythonDocxError, LxmlError, LookupError, ValueError, TypeError,
        AttributeError, ArithmeticError, RuntimeError, OSError, EOFError,
    ):  # fmt: skip
        raise _refused(
            "This Word file is damaged, or of an old kind (.doc). Save it as .docx and add it again."
        ) from None
    return Document(title, _BLANK_LINES.sub("\n\n", "\n".join(parts)))


def _weight(entry: zipfile.ZipInfo) -> int:
    """Return how many bytes of an archive may be parsed: pictures are not, and do not shrink either."""
    is_named = entry.filename.lower().endswith((".xml", ".rels"))
    return entry.file_size if is_named or entry.file_size > 2 * entry.compress_size else 0


def _paragraph(paragraph: Any, styles: Mapping[str, str]) -> str:
    text = paragraph.text.strip()
    style = styles.get(paragraph._p.style or "", "")
    if not text:
        return ""
    if style == "Title":
        return f"# {text}"
    if style.startswith("Heading ") and style[8:].isdigit():
        return f"{'#' * min(6, int(style[8:]))} {text}"
    return f"- {text}" if style.startswith("List") else text


def _table(table: Any) -> Iterator[str]:
    from docx.table import _Cell

    above: dict[int, str] = {}
    for place, row in enumerate(table.rows):
        # A cell may claim to span any number of columns, and to go on with the one above it.
        column, cells = row._tr.grid_before, dict[int, str]()
        for cell in row._tr.tc_lst:
            cells[column] = above.get(column, "") if cell.vMerge == "continue" else _Cell(cell, table).text
            column += cell.grid_span
        yield table_row(list(cells.values()))
        if place == 0:
            yield "|" + "---|" * len(cells)
        above = cells


def table_row(cells: list[str]) -> str:
    """Return one row of a Markdown table."""
    return "| " + " | ".join(" ".join(cell.replace("|", "/").split()) for cell in cells) + " |"


def _csv(content: bytes) -> Document:
    text = decoded(content)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text[:_SAMPLE])):
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) > MAX_ROWS:
                raise _refused(f"A table has at most {MAX_ROWS:,} rows. Split it.")
    except csv.Error:
        raise _refused("This table is damaged: its quotes do not match.") from None
    if not rows:
        raise _refused("There is no text in it.")
    head, *body = rows
    return Document("", "\n".join([table_row(head), "|" + "---|" * len(head), *map(table_row, body)]))


def _text(content: bytes) -> Document:
    text = decoded(content)
    if text.count("\x00") > len(text) // 100:
        raise _refused("This is no text file.")
    return Document("", text)


_READERS: dict[str, Callable[[bytes], Document]] = {
    "pdf": _pdf,
    "docx": _docx,
    "html": _html_file,
    "csv": _csv,
    "text": _text,
}
