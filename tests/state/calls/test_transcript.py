"""What is read of a call shows its translations when they are there, wherever its reader is in it."""

from backend.calls import service as calls
from backend.translation import jobs
from state.calls.transcript import TranscriptState
from state.hub import News
from tests.backend.agents.conftest import script, script_server  # noqa: F401 - the scripted model
from tests.backend.calls.test_summing_up import talked
from tests.backend.translation.test_translating import answered, reads
from tests.state.tab import sign_in


async def test_lines_on_screen_are_translated_where_they_stand(line, script, db):  # noqa: F811
    await reads(line, "en")
    call = await talked(line, "Haben Sie offen?", "Yes.")
    page = (await sign_in(line.org.owner)).go("/calls/")
    await page.call(TranscriptState.open_call, str(call.id))
    state = await page.state(TranscriptState)
    assert [one["translation"] for one in state.lines] == ["", ""]
    script.says(answered(script, _1="Are you open?"))
    await jobs.call(str(line.org.org_id), str(call.id))
    await state._hear([News(frozenset({calls.TRANSLATED}), subjects=frozenset({str(call.id)}))])
    assert [(one["text"], one["translation"]) for one in state.lines] == [
        ("Haben Sie offen?", "Are you open?"),
        ("Yes.", ""),
    ]
    await page.call(TranscriptState.open_call, "")
