"""The history of texts: every filter, pages that neither repeat nor skip, and a file no spreadsheet runs."""

import csv
import io

import pytest

from backend.core import clock
from backend.core.tenancy import unit_of_work
from backend.messaging import service as messaging
from backend.messaging.history import HistoryFilter


async def bodies(line, wanted=None, **options):
    with line.org.scope():
        async with unit_of_work() as session:
            page = await messaging.history(session, wanted or HistoryFilter(), **options)
    return [row["body"] for row in page.rows], page.next


async def send(line, body):
    with line.org.scope():
        async with unit_of_work() as session:
            return await messaging.send_from_person(
                session,
                line.org.owner,
                sender_number=line.number.phone_number,
                recipient_number=line.customer,
                body=body,
            )


async def test_each_filter_finds_what_fits(line):
    await line.receive("Do you sell gutters?")
    sent = await send(line, "Yes, we do")
    assert (await bodies(line))[0] == ["Yes, we do", "Do you sell gutters?"]
    assert (await bodies(line, HistoryFilter(direction="inbound")))[0] == ["Do you sell gutters?"]
    assert (await bodies(line, HistoryFilter(writer="person")))[0] == ["Yes, we do"]
    assert (await bodies(line, HistoryFilter(writer="agent")))[0] == []
    assert (await bodies(line, HistoryFilter(status=sent.status)))[0] == ["Yes, we do"]
    assert (await bodies(line, HistoryFilter(status="problem")))[0] == []
    assert (await bodies(line, HistoryFilter(number_id=line.number.id)))[0] == ["Yes, we do", "Do you sell gutters?"]
    assert (await bodies(line, HistoryFilter(since=clock.ahead(hours=1))))[0] == []
    assert (await bodies(line, HistoryFilter(until=clock.ahead(hours=1))))[0] == ["Yes, we do", "Do you sell gutters?"]
    for words in ("gutters", "GUTT", "sell gutters"):
        assert (await bodies(line, HistoryFilter(search=words)))[0] == ["Do you sell gutters?"]
    assert (await bodies(line, HistoryFilter(search="0199")))[0] == ["Yes, we do", "Do you sell gutters?"]
    assert (await bodies(line, HistoryFilter(search="%")))[0] == []


async def test_pages_neither_repeat_nor_skip(line):
    for number in range(5):
        await send(line, f"Text {number}")
    seen, after = [], None
    while True:
        rows, after = await bodies(line, after=after, limit=2)
        seen += rows
        if after is None:
            break
    assert seen == [f"Text {number}" for number in (4, 3, 2, 1, 0)]


async def test_the_file_holds_the_same_and_nothing_a_spreadsheet_runs(line):
    await line.receive('=HYPERLINK("http://evil.example")')
    await line.receive("+1 and, a comma\nand a line")
    whole = "".join([piece async for piece in messaging.export_history(line.org.owner, HistoryFilter())])
    head, *lines = list(csv.reader(io.StringIO(whole.removeprefix("\ufeff"))))
    assert head[0] == "time"
    body, theirs = head.index("body"), head.index("contact_number")
    assert [row[body] for row in lines] == ["'+1 and, a comma\nand a line", '\'=HYPERLINK("http://evil.example")']
    assert {row[theirs] for row in lines} == {line.customer}


async def test_the_file_keeps_to_its_organization(line, make_org):
    await line.receive("A secret")
    elsewhere = await make_org("Elsewhere")
    whole = "".join([piece async for piece in messaging.export_history(elsewhere.owner, HistoryFilter())])
    assert "secret" not in whole


@pytest.mark.parametrize("text", ["a_c", "100%", "back\\slash"])
async def test_signs_of_patterns_are_looked_for_as_they_are(line, text):
    await line.receive(f"It says {text} here")
    await line.receive("It says abc 1000 here")
    assert (await bodies(line, HistoryFilter(search=text)))[0] == [f"It says {text} here"]
