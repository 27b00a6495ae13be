"""Be a telephone of the carrier's, by sipp: it calls and is called, plays recorded speech, and says what it hears."""

import asyncio
import random
import re
import socket
import struct
from pathlib import Path
from typing import Any, Self

import numpy as np

from backend.sandbox import spoken
from tests.livekit.scenarios import SAID
from tests.voice_agent.dialling import PATIENT_S, told
from voice_agent.legs import ulaw

# Silence before and after what is said, so that the agent has its turn; it comes round for as long as the call lasts.
_LISTENS_S = 8
# Nothing here takes so long; a sipp whose test is gone ends by itself.
_LASTS_S = 300
# Below what Linux gives to outgoing connections (from 32,768), where what tests are given is held (see `tests.ports`).
_PORTS = range(12_000, 32_000)
# The head of an RTP packet without anything optional, the payload type of PCMU, and the one that our SDP gives to keys
# (RFC 3550 §5.1, RFC 3551 §6, RFC 4733 §2.3).
_HEAD, _PCMU, _KEYS = 12, 0, 101


def free_port() -> int:
    """Return a UDP port of the loopback address that nobody uses now."""
    while True:
        port = random.SystemRandom().choice(_PORTS)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


async def said(line: Any, who: str) -> set[str]:
    """Return every word that `agent` or `caller` said in the business's calls, as their log has it."""
    return {
        word
        for one in await told(line, "transcript.line")
        if one.data["who"] == who
        for word in str(one.data["text"]).split()
    }


class Heard(asyncio.DatagramProtocol):
    """What comes as RTP: the words in it, and how loud it was."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.loudest = 0
        self._listener = spoken.Listener(ulaw.RATE)

    def datagram_received(self, data: bytes, _: Any) -> None:
        """Hear one packet."""
        if data[1] & 0x7F != _PCMU:
            return
        samples = np.frombuffer(ulaw.decode(data[_HEAD:]), np.int16)
        self.loudest = max(self.loudest, int(np.abs(samples.astype(np.int32)).max(initial=0)))
        self.lines += self._listener.hear(samples)

    @property
    def words(self) -> set[str]:
        """Every word that was understood."""
        return {word for line in [*self.lines, self._listener.so_far] for word in line.split()}


class Telephone:
    """One call of sipp's, as a scenario says; `told` is every SIP message that came or went."""

    def __init__(self, scenario: str, folder: Path, **settings: str) -> None:
        self.heard = Heard()
        self.port = free_port()
        self._scenario, self._folder, self._settings = scenario, folder, settings
        self._call = f"telephone-{self.port}@127.0.0.1"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._sound, _ = await loop.create_datagram_endpoint(lambda: self.heard, local_addr=("127.0.0.1", 0))
        self._folder.mkdir()
        (self._folder / "scenario.xml").write_text(self._scenario)
        said = spoken.say(self._settings.pop("said", "Yes please"), ulaw.RATE)
        pause = np.zeros(_LISTENS_S * ulaw.RATE, np.int16)
        (self._folder / SAID).write_bytes(ulaw.encode(np.concatenate([pause, said]).tobytes()))
        heard_port = str(self._sound.get_extra_info("sockname")[1])
        given = {"heard_port": heard_port, "ours": "", "ticket": "", **self._settings}
        user, password, to = given.pop("user", ""), given.pop("password", ""), given.pop("to", "")
        calls = given.pop("calls", "")
        keys = [part for name, value in given.items() for part in ("-key", name, value)]
        self._sipp = await asyncio.create_subprocess_exec(
            "sipp",
            *([calls, "-cid_str", self._call, "-s", to, "-au", user, "-ap", password] if calls else []),
            *("-sf", "scenario.xml", "-m", "1", "-nostdin", "-timeout", str(_LASTS_S)),
            *("-i", "127.0.0.1", "-p", str(self.port), "-mi", "127.0.0.1", "-mp", str(free_port())),
            *("-cp", str(free_port()), "-trace_msg", "-message_file", "told", "-trace_err", "-error_file", "errors"),
            *keys,
            cwd=self._folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._sipp.returncode is None:
            self._sipp.kill()
            await self._sipp.wait()
        self._sound.close()

    @property
    def told(self) -> str:
        """Every SIP message until now."""
        path = self._folder / "told"
        return path.read_text(errors="replace") if path.exists() else ""

    def header(self, name: str) -> str:
        """Return what a header said when it was first seen, empty when it was not."""
        found = re.search(rf"^{name}:\s*(.*?)\s*$", self.told, re.MULTILINE)
        return found.group(1) if found else ""

    async def is_told(self, start: str, eventually: Any) -> None:
        """Wait for a message whose first line starts so."""

        async def seen() -> bool:
            return any(line.startswith(start) for line in self.told.splitlines())

        await eventually(seen, PATIENT_S)

    def presses(self, keys: str) -> None:
        """Press keys, as telephones send them beside the sound: three packets each, of which the last ends it."""
        media = re.findall(r"s=LiveKit.*?m=audio (\d+) ", self.told, re.DOTALL)
        for place, key in enumerate(keys):
            for number in range(3):
                head = struct.pack("!BBHII", 0x80, _KEYS, 3 * place + number, 1600 * (place + 1), 1)
                event = struct.pack("!BBH", "0123456789*#".index(key), (0x80 if number == 2 else 0) | 10, 400)
                self._sound.sendto(head + event, ("127.0.0.1", int(media[-1])))

    def hangs_up(self) -> None:
        """Put the phone down."""
        line = "\r\n".join(
            [
                f"INFO sip:127.0.0.1:{self.port} SIP/2.0",
                "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-test",
                "From: <sip:test@127.0.0.1>;tag=test",
                "To: <sip:test@127.0.0.1>",
                f"Call-ID: {self._call}",
                "CSeq: 1 INFO",
                "Content-Length: 0",
                "\r\n",
            ]
        )
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
            sending.sendto(line.encode(), ("127.0.0.1", self.port))

    async def ended(self) -> int:
        """Wait until the call is over as its scenario says, and return 0 where it was."""
        return await asyncio.wait_for(self._sipp.wait(), PATIENT_S)
