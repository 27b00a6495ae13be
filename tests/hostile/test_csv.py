"""Files of contacts from anywhere: read as their writers meant them, or refused in words, and never run."""

import csv
import io
import time

import pytest

from backend.api.limits import LARGER
from backend.contacts import csv_files, importing
from backend.contacts import service as contacts
from backend.contacts.columns import guess, has_names
from backend.contacts.schemas import ContactFilter
from backend.core import spreadsheets
from backend.core.config import settings
from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.tenancy import unit_of_work
from tests.hostile.conftest import *  # noqa: F403 - the client and the world

PEOPLE = "Name;Telefon;E-Mail\nJürgen Weiß;0151 23456789;j.weiss@example.com\nŁucja Żółć;+48 501 234 567;\n"
LATIN = PEOPLE.replace("Łucja Żółć", "Lucía Núñez")


async def take(org, content: bytes, **given):
    with org.scope():
        async with unit_of_work() as session:
            job = await contacts.upload_import(session, org.owner, "people.csv", content)
            id = parse_id(job["id"])
            if given:
                await contacts.configure_import(session, org.owner, id, given)
            await contacts.start_import(session, org.owner, id)
    await importing.run(org.org_id, id)
    with org.scope():
        async with unit_of_work() as session:
            return await contacts.get_import(session, org.owner, id)


async def names(org):
    with org.scope():
        async with unit_of_work() as session:
            return {row["name"]: row for row in (await contacts.page(session, limit=200)).rows}


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""), ("utf-8-sig", b""), ("utf-16", b""), ("utf-16-le", b""), ("utf-16-be", b""),
        ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"),
    ],
)  # fmt: skip
async def test_names_come_through_in_every_encoding(db, org, encoding, mark):
    done = await take(org, mark + PEOPLE.encode(encoding), country="DE")
    assert (done["created"], done["failed"]) == (2, 0)
    found = await names(org)
    assert {"Jürgen Weiß", "Łucja Żółć"} == found.keys()
    assert found["Jürgen Weiß"]["phone"] == "+4915123456789"


async def test_an_older_windows_file_is_read_as_such(db, org):
    done = await take(org, LATIN.encode("cp1252"), country="DE")
    assert done["encoding"] == "cp1252"
    assert {"Jürgen Weiß", "Lucía Núñez"} == (await names(org)).keys()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
async def test_every_delimiter_and_line_ending_is_seen(db, org, delimiter, ending):
    rows = [["Name", "Phone", "Notes"], ["Dana", "4155550101", 'a "quoted", thing; here'], ["Ben", "4155550102", "x"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=ending).writerows(rows)
    done = await take(org, out.getvalue().encode())
    assert (done["delimiter"], done["created"], done["failed"]) == (delimiter, 2, 0)


async def test_a_cell_may_hold_lines_delimiters_and_quotes(db, org):
    done = await take(org, b'name,phone,notes\n"Ruiz, Dana ""D""",4155550101,"one\ntwo, three"\n')
    assert (done["created"], done["failed"]) == (1, 0)
    assert 'Ruiz, Dana "D"' in await names(org)


@pytest.mark.parametrize(
    "rows",
    [
        [["Dana Ruiz", "+14155550101"], ["Ben", "+14155550102"]],
        [["+14155550101", "Dana Ruiz"], ["+14155550102", "Ben"]],
        [["dana@example.com", "Dana"], ["ben@example.com", "Ben"]],
    ],
)
def test_a_file_without_names_of_columns_is_understood_by_what_stands_in_it(rows):
    assert not has_names(rows)
    mapping = guess(rows, False, [])
    assert "name" in mapping
    assert {"phone_number", "email"} & set(mapping)


def test_names_of_columns_are_seen_in_other_languages_and_unknown_ones_by_their_cells():
    assert has_names([["Vorname", "Handy"], ["Jana", "0151"]])
    assert has_names([["Kontakt-A", "Kontakt-B"], ["Jana", "+4915123456789"]])
    assert guess([["Apellidos", "Correo electrónico", "X"], ["Ruiz", "d@x.co", "y"]], True, []) == [
        "last_name", "email", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "empty"),
        (b"\x00\x00\x00\x00", "empty"),
        (b"PK\x03\x04" + bytes(range(256)) * 40, "not_a_table"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 100, "not_a_table"),
        (b'name,phone\n"Dana,4155550101\n' + b"x,y\n" * 60_000, "unreadable"),
        (b",".join(b"c%d" % at for at in range(300)) + b"\nDana\n", "unreadable"),
        (b"name\n" + b"x" * 1_000_000 + b"\n", "unreadable"),
        (b"name,phone\n" + b"Dana,4155550101," * 65_000 + b"\n", "unreadable"),
    ],
)
async def test_what_is_no_table_is_refused_in_words_and_not_kept(db, org, content, code):
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(Invalid) as refusal:
                await contacts.upload_import(session, org.owner, "people.csv", content)
            assert await contacts.imports(session, org.owner) == []
    assert refusal.value.code == code
    folder = settings().data_dir / "imports" / str(org.org_id)
    assert list(folder.iterdir()) == []


async def test_names_of_columns_alone_are_a_file_of_nobody(db, org):
    done = await take(org, b"name,phone,email\r\n")
    assert (done["status"], done["total_rows"], done["created"], done["failed"]) == ("done", 0, 0, 0)


async def test_of_two_columns_with_one_name_the_first_is_taken_and_the_other_can_be_chosen(db, org):
    content = b"name,phone,phone\nDana,4155550101,4155550102\n"
    with org.scope():
        async with unit_of_work() as session:
            job = await contacts.upload_import(session, org.owner, "people.csv", content)
    assert job["mapping"] == ["name", "phone_number", ""]
    await take(org, content, mapping=["name", "", "phone_number"])
    assert (await names(org))["Dana"]["phone"] == "+14155550102"


async def test_quotes_out_of_place_and_zero_bytes_spoil_no_row(db, org):
    done = await take(org, b'name,phone\nDa"na" R,4155550101\n"Be""n" O,4155550102\nK\x00im,415\x005550103\n')
    assert (done["created"], done["failed"]) == (3, 0)
    assert {'Da"na" R', 'Be"n O', "Kim"} == (await names(org)).keys()


@pytest.mark.parametrize("name", ["علی‌رضا رويز", "דנה רואיס", "👩🏽‍⚕️ Dr. Dana", "张伟", "Đặng Thị Hà"])
async def test_names_of_every_script_come_in_are_found_and_go_out_as_they_were(db, org, name):
    await take(org, f"name,phone\n{name},4155550101\n".encode())
    assert name in await names(org)
    with org.scope():
        async with unit_of_work() as session:
            found = (await contacts.page(session, ContactFilter(search=name.split()[-1]))).rows
    assert [row["name"] for row in found] == [name]
    out = "".join([part async for part in contacts.export(org.owner, ContactFilter())])
    assert out.splitlines()[1].startswith(f"{name},")


async def test_signs_nobody_sees_are_left_out_of_a_name(db, org):
    done = await take(org, "name,phone\n\u202b\u200fDa\u200bna\u202c,4155550101\n\u200d,4155550102\n".encode())
    assert (done["created"], done["failed"]) == (2, 0)
    assert (await names(org)).keys() == {"Dana", ""}


@pytest.mark.parametrize("encoding", csv_files.ENCODINGS)
async def test_how_a_file_is_read_can_be_chosen(db, org, encoding):
    done = await take(org, "name,phone\nJürgen,4155550101\n".encode(encoding), encoding=encoding)
    assert done["encoding"] == encoding
    assert "Jürgen" in await names(org)


FORMULAS = ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "+cmd|' /C calc'!A0"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_that_goes_out_is_run_by_a_spreadsheet(formula):
    [[cell]] = csv.reader(io.StringIO(spreadsheets.line([formula]), newline=""))
    assert cell == f"'{formula}"


@pytest.mark.parametrize("cell", ["+14155550101", "-12.50", "Dana = Ruiz", "a@b.co", "", "+4915123456789"])
def test_numbers_and_plain_words_go_out_as_they_are(cell):
    [row] = csv.reader(io.StringIO(spreadsheets.line([cell, "x"]), newline=""))
    assert row == [cell, "x"]


async def test_formulas_come_in_as_words_and_go_out_unable_to_run(db, org):
    content = "name,phone,company\n" + "".join(
        f'"{formula.replace(chr(34), chr(34) * 2)}",41555501{at:02},"{formula.replace(chr(34), chr(34) * 2)}"\n'
        for at, formula in enumerate(FORMULAS[:4])
    )
    done = await take(org, content.encode())
    assert (done["created"], done["failed"]) == (4, 0)
    out = "".join([part async for part in contacts.export(org.owner, ContactFilter())]).lstrip("\ufeff")
    for row in csv.reader(io.StringIO(out, newline="")):
        assert not any(cell[:1] in ("=", "@", "\t", "\r") for cell in row)
        assert not any(cell[:1] in "+-" and not cell[1:].isdigit() for cell in row if cell)


async def test_ten_thousand_duplicates_are_one_person_within_seconds(db, org):
    content = b"name,phone,email\n" + b"Dana,4155550101,d@example.com\n" * 10_000
    begun = time.thread_time()
    done = await take(org, content)
    assert (done["created"], done["skipped"], done["failed"]) == (1, 9_999, 0)
    assert len(await names(org)) == 1
    assert time.thread_time() - begun < 60


async def test_a_hundred_megabytes_are_refused_while_they_are_sent(world, client):
    """What is over the limit is thrown away as it comes, and not all of it is waited for."""
    sent = 0

    async def body():
        nonlocal sent
        for _ in range(100):
            sent += 1_000_000
            yield b"Dana,4155550101\n" * 62_500

    answer = await client.post(
        "/api/contacts/imports?name=big.csv",
        content=body(),
        headers={"Origin": "http://127.0.0.1", "Cookie": f"mp_session={world.theirs.owner.cookie}"},
    )
    assert answer.status_code == 413
    assert sent < 60_000_000
    assert "20 MB" in answer.json()["error"]["message"]
    assert LARGER["/api/contacts/imports"] == importing.MAX_BYTES


async def test_a_file_that_says_it_is_larger_is_refused_before_it_is_read(world, client):
    answer = await client.post(
        "/api/contacts/imports?name=big.csv",
        content=b"name\n",
        headers={"Content-Length": "100000000", "Cookie": f"mp_session={world.theirs.owner.cookie}"},
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\x00b.csv", "C:\\Users\\x\\people.csv", "", "<script>.csv" * 30]
)
async def test_no_name_of_a_file_leads_out_of_its_folder(db, org, name):
    with org.scope():
        async with unit_of_work() as session:
            job = await contacts.upload_import(session, org.owner, name.replace("\x00", ""), b"name\nDana\n")
    assert "/" not in job["filename"]
    assert "\\" not in job["filename"]
    assert 0 < len(job["filename"]) <= 120
