"""Words that people wrote stay words where they are shown, mailed and logged."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.core.errors import Invalid
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.organizations import service as organizations
from tests.hostile.values import MARKUP, SQL

ROOT = Path(__file__).resolve().parent.parent.parent
# What puts text into a page, or runs it, without the escaping that React gives everything else.
RAW = re.compile(
    r"dangerouslySetInnerHTML|dangerously_set_inner_html|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write"
    r"|\brx\.html\b|\brx\.markdown\b|\beval\(|new Function\("
)


def test_no_page_puts_text_on_screen_unescaped():
    """Where one must one day, its text is sanitized first and it is named here."""
    files = [path for folder in ("pages", "state", "assets") for path in (ROOT / folder).rglob("*")]
    sources = [path for path in files if path.suffix in (".py", ".jsx", ".js", ".html")]
    assert len(sources) > 50
    found = [f"{path.relative_to(ROOT)}: {hit[0]}" for path in sources if (hit := RAW.search(path.read_text()))]
    assert found == []


async def test_names_in_a_mail_are_escaped_and_stay_on_their_line(world, committed, sandbox, run_jobs):
    with org_scope(world.theirs.org_id):
        async with unit_of_work() as session:
            await organizations.update(session, world.theirs.owner.who, name=MARKUP[:40])
            await organizations.invite(session, world.theirs.owner.who, "guest@tenancy.example", "support", MARKUP)
    await run_jobs()
    found = (await sandbox.client.get("/sandbox/mailbox", params={"to": "guest@tenancy.example"})).json()
    mail = (found if isinstance(found, list) else found["emails"])[0]
    html = next(value for name, value in mail.items() if name.lower().startswith("html"))
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "<img src=x" not in html
    assert "\n" not in mail.get("subject", mail.get("Subject"))


@pytest.mark.parametrize("name", ["a\r\nBcc: everybody@example.com", "a\nb", "a\x00b", "\u2028x", "\x1b[31m"])
async def test_a_name_is_one_line_of_print_or_refused(world, queue, name):
    with org_scope(world.theirs.org_id):
        async with unit_of_work() as session:
            with suppress(Invalid):
                stored = await organizations.update(session, world.theirs.owner.who, name=name)
                assert stored.name.isprintable()


async def test_a_database_error_repeats_no_values(queue):
    """Its words go to the log, and the values are people's words and secrets."""
    with platform_scope("fail in a test"), pytest.raises(Exception, match="made_up") as failed:
        async with unit_of_work() as session:
            await session.execute(text("select cast(:secret as text) from made_up"), {"secret": "hunter2 " + SQL})
    assert "hunter2" not in str(failed.value)
