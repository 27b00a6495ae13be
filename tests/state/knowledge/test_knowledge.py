"""What the knowledge pages show and do."""

from typing import Any

import pytest

from backend.core.tenancy import unit_of_work
from backend.knowledge import service as knowledge
from state.knowledge.adding import SourceState
from state.knowledge.listing import KnowledgeState
from state.knowledge.opened import SourcePageState
from tests.state.tab import sign_in

pytestmark = pytest.mark.usefixtures("db")


async def test_an_address_is_added_edited_and_its_headers_are_never_shown(db: None, org: Any) -> None:
    page = (await sign_in(org.owner)).go("/knowledge")
    await page.call(KnowledgeState.load)
    await page.call(SourceState.begin)
    await page.call(SourceState.choose_site_kind, "site")
    wanted = {"url": "dental.example", "max_pages": "20", "crawl_depth": "3", "login_headers": "X-Key: s3cret"}
    await page.call(SourceState.save, wanted)
    listed, dialog = await page.state(KnowledgeState), await page.state(SourceState)
    assert [(one["title"], one["kind"], one["agent_id"]) for one in listed.sources] == [("dental.example", "site", "")]
    await page.call(SourceState.edit, listed.sources[0]["id"])
    assert (dialog.form, dialog.site["max_pages"], dialog.site["header_names"]) == ("address", "20", "X-Key")
    assert "s3cret" not in str(dialog.dict())


async def test_what_is_wrong_with_an_address_stands_at_its_field(db: None, org: Any) -> None:
    page = (await sign_in(org.owner)).go("/knowledge")
    await page.call(SourceState.begin)
    await page.call(SourceState.choose_site_kind, "site")
    dialog = await page.state(SourceState)
    for name, value in (("url", "ftp://x"), ("max_pages", "many"), ("login_headers", "no colon")):
        await page.call(SourceState.save, {"url": "dental.example", name: value})
        assert [field for field, words in dialog.errors.items() if words] == [name]
        assert dialog.is_open


async def test_questions_are_kept_in_order_and_emptied_ones_go(db: None, org: Any) -> None:
    page = (await sign_in(org.owner)).go("/knowledge")
    await page.call(SourceState.begin)
    await page.call(SourceState.choose_form, "pairs")
    await page.call(SourceState.add_pair)
    form = {"title": "FAQ", "question-0": "Cards?", "answer-0": "Yes.", "question-1": "Dogs?", "answer-1": "No."}
    await page.call(SourceState.save, form)
    listed, dialog = await page.state(KnowledgeState), await page.state(SourceState)
    await page.call(SourceState.edit, listed.sources[0]["id"])
    assert [pair["question"] for pair in dialog.pairs] == ["Cards?", "Dogs?"]
    await page.call(SourceState.save, {**form, "question-0": "", "answer-0": ""})
    await page.call(SourceState.edit, listed.sources[0]["id"])
    assert [pair["question"] for pair in dialog.pairs] == ["Dogs?"]


async def test_a_foreign_source_is_not_there(db: None, org: Any, make_org: Any) -> None:
    with org.scope():
        async with unit_of_work() as session:
            source = await knowledge.add_text(session, org.owner, "Prices", "A cleaning costs $120.")
    stranger = await make_org("Elsewhere")
    page = (await sign_in(stranger.owner)).go(f"/knowledge/{source.id}")
    await page.call(SourcePageState.load)
    assert (await page.state(SourcePageState)).stage == "gone"
    assert (await page.state(SourcePageState)).source["title"] == ""
    own = (await sign_in(org.owner)).go(f"/knowledge/{source.id}")
    await own.call(SourcePageState.load)
    assert (await own.state(SourcePageState)).source["title"] == "Prices"
