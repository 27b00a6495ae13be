"""A browser joins the room of a call with LiveKit's own client, and hears the agent speak."""

import pytest
from livekit import api
from playwright.async_api import async_playwright

from backend.calls import tickets
from backend.calls.routing import CALL_ATTRIBUTE, ROOM_AGENT, TICKET_ATTRIBUTE
from backend.core.ids import new_id
from tests.chromium import find
from tests.livekit import servers
from tests.livekit.conftest import KEY, SECRET
from tests.voice_agent.dialling import PATIENT_S

# Chromium leaves the loopback, which LiveKit's server is on here, out of what calls may use.
ARGUMENTS = [
    "--no-sandbox",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
]
# A voice is far louder than this, and a line on which nobody speaks is silent.
AUDIBLE = 0.02
JOIN = """
async ([url, token]) => {
  const room = new LivekitClient.Room();
  window.loudest = 0;
  room.on("trackSubscribed", (track) => {
    document.body.append(track.attach());
    const context = new AudioContext(), analyser = context.createAnalyser();
    context.createMediaStreamSource(new MediaStream([track.mediaStreamTrack])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      for (const one of samples) window.loudest = Math.max(window.loudest, Math.abs(one));
    }, 20);
  });
  await room.connect(url, token);
}
"""


def allowed_in(call_id: object, ticket: str) -> api.AccessToken:
    """Return what lets a caller into a room: the rule of our trunk gives them one, and sends us there."""
    attributes = {CALL_ATTRIBUTE: str(call_id), TICKET_ATTRIBUTE: ticket}
    dispatch = api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name=ROOM_AGENT)])
    grants = api.VideoGrants(room_join=True, room=f"call-{new_id()}")
    token = api.AccessToken(KEY, SECRET).with_identity("browser").with_attributes(attributes)
    return token.with_grants(grants).with_room_config(dispatch)


async def test_a_browser_in_a_room_hears_the_agent(line, livekit, worker, eventually):
    client = servers.find_client()
    if client is None:
        pytest.skip("A browser joins a room with LiveKit's client, which npm could not bring.")
    record = await line.begin()
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = await browser.new_page()
        await page.add_script_tag(path=client)
        await page.evaluate(JOIN, [livekit, allowed_in(record.id, tickets.issue(record.id)).to_jwt()])

        async def audible():
            return await page.evaluate("window.loudest") > AUDIBLE

        await eventually(audible, PATIENT_S)
        await browser.close()

    async def idle():
        return worker.calls == 0

    await eventually(idle, PATIENT_S)
