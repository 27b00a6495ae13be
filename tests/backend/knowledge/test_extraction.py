"""Files become text that keeps its structure, and what cannot be read says why."""

import io
import time
import zipfile
from contextlib import suppress

import docx
import pytest

from backend.core.errors import Invalid
from backend.knowledge import extraction
from tests.backend.knowledge.documents import pdf, word


def test_a_word_file_keeps_headings_lists_and_tables():
    assert extraction.read_file("Rules.DOCX", word()).text == (
        "# House rules\n\nDogs are welcome on the terrace.\n\n- No smoking\n\n"
        "| Room | Price |\n|---|---|\n| Double | $140 |"
    )


def test_a_pdf_is_read_page_by_page():
    text = extraction.read_file("menu.pdf", pdf("Soup of the day 4.50", "Pizza 9.00, with cheese 10.00")).text
    assert text == "Soup of the day 4.50\n\nPizza 9.00, with cheese 10.00"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_is_read_in_any_encoding_and_with_any_mark(encoding, mark):
    rows = [("Was", "Preis"), ("Zähne", "120 €"), ("Füllung", "80 €"), ("Brücke", "900 €")]
    content = "\n".join(mark.join(row) for row in rows).encode(encoding)
    assert extraction.read_file("preise.csv", content).text.splitlines()[2] == "| Zähne | 120 € |"


def test_a_page_says_its_main_part_and_not_its_navigation():
    page = (
        "<html><head><title>Prices | Dental</title></head><body><nav><a href='/home'>Home</a></nav><main>"
        "<h2>Prices</h2><ul><li>Cleaning $120</li></ul></main><footer>Imprint</footer></body></html>"
    )
    read = extraction.read_page(page.encode(), "text/html", "", "https://x.example/a/b")
    assert (read.title, read.text) == ("Prices | Dental", "## Prices\n\n- Cleaning $120")
    assert read.links == ("https://x.example/home",)


def test_a_page_in_another_charset_than_it_says_is_read_right():
    page = "<html><body><main><p>L'été, la clinique est fermée à Noël.</p></main></body></html>"
    assert "fermée à Noël" in extraction.read_page(page.encode("cp1252"), "text/html", "utf-8", "").text
    assert "fermée à Noël" in extraction.read_page(page.encode("utf-8"), "text/html", "latin-1", "").text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("scan.pdf", pdf("", ""), "scanned"),
        ("broken.pdf", b"%PDF-1.4\nnothing more", "damaged"),
        ("old.docx", b"\xd0\xcf\x11\xe0 an old Word file", ".docx"),
        ("app.exe", b"MZ", "cannot be read"),
        ("noname", b"text", "cannot be read"),
        ("empty.txt", b"   ", "no text"),
        ("binary.txt", b"\x00\x01" * 400, "no text file"),
        ("long.txt", b"x" * 500_001, "500,000 characters"),
        ("script.html", b"<html><body><script>1</script></body></html>", "script"),
        ("quotes.csv", b'a,b\n"' + b"x" * 200_000, "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(name, content, words):
    with pytest.raises(Invalid, match=words) as refused:
        extraction.read_file(name, content)
    assert refused.value.field == "file"


def changed(content: bytes, name: str, change) -> bytes:
    """Return a Word file with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.namelist():
            after.writestr(entry, change(before.read(entry)) if entry == name else before.read(entry))
    return out.getvalue()


def test_a_cell_that_claims_to_span_two_billion_columns_is_one_cell():
    wide = changed(
        word(), "word/document.xml", lambda xml: xml.replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="2000000000"/>')
    )
    assert "| Double | $140 |" in extraction.read_file("wide.docx", wide).text


def test_a_cell_that_goes_on_says_what_the_one_above_says():
    document = docx.Document()
    table = document.add_table(rows=3, cols=2)
    for row, cells in zip(table.rows, (("Room", "Price"), ("Double", "$140"), ("", "$120 in winter")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    out = io.BytesIO()
    document.save(out)
    assert extraction.read_file("rooms.docx", out.getvalue()).text.splitlines()[-1] == "| Double | $120 in winter |"


def test_a_word_file_that_unpacks_to_more_than_books_hold_is_not_parsed(monkeypatch):
    assert (extraction.MAX_UNPACKED_BYTES, extraction.MAX_CHARACTERS) == (20_000_000, 500_000)
    # A tenth of it all: what is refused is the same, and made ten times as fast.
    monkeypatch.setattr(extraction, "MAX_UNPACKED_BYTES", 2_000_000)
    monkeypatch.setattr(extraction, "MAX_CHARACTERS", 50_000)
    bomb = changed(word(), "word/document.xml", lambda xml: xml.replace(b"<w:body>", b"<w:body>" + b"<w:p/>" * 360_000))
    with pytest.raises(Invalid, match="unpacks"):
        extraction.read_file("bomb.docx", bomb)
    empty = changed(word(), "word/document.xml", lambda xml: xml.replace(b"<w:body>", b"<w:body>" + b"<w:p/>" * 51_000))
    with pytest.raises(Invalid, match="50,000 characters"):
        extraction.read_file("empty.docx", empty)


def test_a_word_file_broken_anywhere_is_read_or_refused_in_words():
    content = word()
    for place in range(30, 2_000, 30):
        with suppress(Invalid):
            extraction.read_file("broken.docx", content[:place] + b"\xff\x00\xff" + content[place + 3 :])


def test_a_table_that_would_keep_a_sniffer_busy_is_read_at_once():
    began = time.thread_time()
    extraction.read_file("quotes.csv", b'a,b\n"' + b'","' * 30_000 + b'"\n')
    assert time.thread_time() - began < 3


def test_a_page_that_names_no_real_charset_is_read():
    page = (
        b"<html><head><meta charset=undefined></head><body><main><p>Caf\xe9 is open all day.</p></main></body></html>"
    )
    assert "is open all day" in extraction.read_page(page, "text/html", "", "").text
