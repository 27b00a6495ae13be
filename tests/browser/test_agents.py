"""Shaping an agent in a browser: a draft that saves itself, two editors who meet, versions that come and go."""

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from pages.words import (
    Agent,
    AgentConfigure,
    AgentHistory,
    AgentPrompt,
    AgentPublish,
    Agents,
    AgentTest,
    AgentTypes,
    Common,
)
from state.agents import open_agent
from tests.browser.look import next_frames, settle, sideways, violations

LABELS = AgentConfigure.LABELS


@pytest.fixture
def agent(window, ana) -> Page:
    """A new text agent of Ana's, open on its first part."""
    page: Page = window(ana).page
    page.goto("/agents")
    page.get_by_role("button", name=Agents.NEW).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("label").filter(has=page.get_by_role("radio", name=AgentTypes.TEXT)).click()
    expect(dialog.get_by_role("radio", name=AgentTypes.TEXT)).to_be_checked()
    dialog.get_by_label(Agents.NAME).fill(f"Shaped {secrets.token_hex(3)}")
    dialog.get_by_role("button", name=Agents.CREATE).click()
    expect(page).to_have_url(re.compile(r"/agents/[0-9a-f-]{36}"))
    expect(page.get_by_label(LABELS["agent_role"], exact=True)).to_be_visible()
    return page


def field(page: Page, name: str):
    """Return the field of this name on the page."""
    return page.get_by_label(LABELS[name], exact=True)


def save(page: Page, name: str, text: str) -> None:
    """Write into a field, leave it, and wait until it says that it is saved."""
    field(page, name).fill(text)
    field(page, name).blur()
    # Its own mark: another field may still say that it was saved before.
    frame = field(page, name).locator("xpath=ancestor::div[.//label][1]")
    expect(frame.get_by_text(Common.SAVED)).to_be_visible()


def publish(page: Page, note: str = "") -> None:
    """Publish the draft by its dialog."""
    page.get_by_role("button", name=Agent.REVIEW).click()
    dialog = page.get_by_role("dialog")
    if note:
        dialog.get_by_label(AgentPublish.NOTE).fill(note)
    dialog.get_by_role("button", name=AgentPublish.VERB).click()
    expect(dialog).to_have_count(0)


def test_draft_is_published_compared_and_rolled_back(agent):
    save(agent, "agent_role", "receptionist")
    expect(agent.get_by_text(f"1 {Agent.ONE_CHANGE} {Agent.UNPUBLISHED}")).to_be_visible()
    agent.get_by_role("button", name=Agent.REVIEW).click()
    expect(agent.get_by_role("dialog").get_by_text("receptionist")).to_be_visible()
    agent.keyboard.press("Escape")
    publish(agent, "It has a role")
    expect(agent.get_by_text(Agent.UNPUBLISHED)).to_have_count(0)
    agent.get_by_role("link", name=re.compile("v2")).click()
    expect(agent.get_by_text("It has a role")).to_be_visible()
    expect(agent.get_by_text("receptionist")).to_be_visible()
    agent.get_by_role("button", name=AgentHistory.ROLL_BACK).first.click()
    agent.get_by_role("alertdialog").get_by_role("button", name=AgentHistory.ROLL_BACK_VERB).click()
    expect(agent.get_by_text(f"{AgentHistory.RESTORED} 1")).to_be_visible()
    agent.get_by_role("link", name=Agent.CONFIGURE).click()
    expect(field(agent, "agent_role")).to_have_value("")


def test_two_editors_see_each_other_and_neither_overwrites_the_other(agent, window, ana):
    other: Page = window(ana).page
    other.goto(agent.url)
    expect(field(other, "agent_role")).to_be_visible()
    save(agent, "owner_name", "Dana")
    expect(field(other, "owner_name")).to_have_value("Dana")

    field(other, "agent_role").focus()
    field(other, "agent_role").press_sequentially("doc")
    save(agent, "agent_role", "receptionist")
    field(other, "agent_role").press_sequentially("tor")
    field(other, "agent_role").blur()
    note = other.get_by_role("alert").filter(has_text=Agent.COLLIDED)
    expect(note).to_contain_text("receptionist")
    expect(note).to_contain_text("doctor")
    other.get_by_role("button", name=Agent.KEEP_MINE).click()
    expect(note).to_have_count(0)
    expect(field(agent, "agent_role")).to_have_value("doctor")


def test_colleague_on_the_same_page_is_seen(agent, window, leo):
    other: Page = window(leo).page
    other.goto(agent.url)
    expect(agent.get_by_role("img", name=f"Leo Park {Agent.ALSO_HERE}")).to_be_visible()


def test_variable_is_completed_by_the_keyboard(agent):
    agent.get_by_role("link", name=Agent.PROMPT).click()
    editor = agent.get_by_label(AgentPrompt.LABEL, exact=True)
    editor.fill("You work for ")
    editor.press_sequentially("{{busi")
    expect(agent.get_by_role("option").first).to_be_visible()
    agent.keyboard.press("Enter")
    expect(editor).to_have_value("You work for {{business.name}}")


def test_proposal_of_the_model_is_shown_line_by_line_and_taken(agent):
    agent.get_by_role("link", name=Agent.PROMPT).click()
    before = agent.get_by_label(AgentPrompt.LABEL, exact=True).input_value()
    agent.get_by_role("button", name=AgentPrompt.IMPROVE).click()
    dialog = agent.get_by_role("dialog")
    dialog.get_by_role("button", name=AgentPrompt.ASK).click()
    expect(dialog.get_by_text(AgentHistory.ADDED).first).to_be_attached()
    dialog.get_by_role("button", name=AgentPrompt.ACCEPT).click()
    expect(agent.get_by_label(AgentPrompt.LABEL, exact=True)).not_to_have_value(before)


def test_playground_answers_from_the_draft_on_every_text_channel(agent):
    agent.get_by_role("link", name=Agent.TEST).click()
    for channel in (AgentTest.AS_TEXT, AgentTest.AS_CHAT, AgentTest.AS_EMAIL):
        agent.locator("label").filter(has=agent.get_by_role("radio", name=channel, exact=True)).click()
        agent.get_by_label(AgentTest.PLACEHOLDER).fill("Can I talk to a person?")
        agent.get_by_role("button", name=AgentTest.SEND).click()
        expect(agent.get_by_text(AgentTest.WHY_EMPTY)).to_have_count(0)
        expect(agent.get_by_role("log").locator("li")).to_have_count(2)


def test_agent_travels_as_a_file_and_comes_back_from_the_bin(agent, tmp_path):
    name = agent.get_by_role("heading", level=1).inner_text()
    agent.goto("/agents")
    # What pops up about an agent is an item of a list too, but has no menu.
    card = agent.get_by_role("listitem").filter(has_text=name).filter(has=agent.get_by_role("button", name=Agents.MORE))
    card.get_by_role("button", name=Agents.MORE).click()
    with agent.expect_download() as download:
        agent.get_by_role("menuitem", name=Agents.EXPORT).click()
    path = tmp_path / "agent.toml"
    download.value.save_as(path)
    assert f'name = "{name}"' in path.read_text()

    card.get_by_role("button", name=Agents.MORE).click()
    agent.get_by_role("menuitem", name=Agents.DELETE).click()
    agent.get_by_role("alertdialog").get_by_role("button", name=re.compile(Agents.DELETE_VERB)).click()
    expect(card).to_have_count(0)
    agent.get_by_role("button", name=Common.UNDO).click()
    expect(card).to_have_count(1)

    agent.get_by_role("button", name=Agents.IMPORT).click()
    with agent.expect_file_chooser() as chooser:
        agent.get_by_role("dialog").get_by_role("button", name=Agents.IMPORT_CHOOSE).click()
    bad = tmp_path / "bad.toml"
    bad.write_text(path.read_text().replace("magpipe_agent = 1", "magpipe_agent = 1\ntemperature = 9"))
    chooser.value.set_files(bad)
    expect(agent.get_by_role("alert").filter(has_text="temperature")).to_be_visible()


@pytest.mark.parametrize("part", [*open_agent.TABS, open_agent.HISTORY])
def test_each_part_can_be_read_and_fits_every_width(window, ana, up, part):
    """With a phone agent, which has every field there is."""
    page: Page = window(ana).page
    voice = up.query("select id from agent_configs where agent_type = 'inbound_voice' limit 1")
    if not voice:
        page.goto("/agents")
        page.get_by_role("button", name=Agents.NEW).click()
        dialog = page.get_by_role("dialog")
        dialog.locator("label").filter(has_text=AgentTypes.INBOUND_VOICE_LINE).click()
        dialog.get_by_role("button", name=Agents.CREATE).click()
        expect(page).to_have_url(re.compile(r"/agents/[0-9a-f-]{36}"))
        voice = up.query("select id from agent_configs where agent_type = 'inbound_voice' limit 1")
    page.goto(f"/agents/{voice[0][0]}?tab={part}")
    settle(page)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_class("dark")
    assert violations(page) == []
    for width in (1440, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        next_frames(page)
        assert not sideways(page)
