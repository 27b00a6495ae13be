"""Score the public pages with Lighthouse: performance, accessibility, best practices and search, as a phone sees them.

Lighthouse is fetched through npm for this alone. It emulates a middling phone on a slow mobile network and computes the
times from what the page did here, so other work on the machine makes the first score worse.
"""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench.measure import Row
from tests.chromium import ensure
from tests.installation import installation

VERSION = "13.5.0"
PAGES = ("/", "/login", "/signup")
CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "search",
}
WITHIN_S = 240


async def rows() -> list[Row]:
    """Open each public page in a fresh browser under Lighthouse and note its four scores."""
    context = installation()
    up = await asyncio.to_thread(context.__enter__)
    try:
        return [await asyncio.to_thread(_row, up.url, path, up.data_dir) for path in PAGES]
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)


def _row(url: str, path: str, folder: Path) -> Row:
    report = _report(url + path, folder)
    scores = {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}
    times = {name: report["audits"][name]["displayValue"] for name in ("first-contentful-paint", "total-blocking-time")}
    return Row(
        f"Lighthouse {report['lighthouseVersion']}, page {path}",
        "≥ 95 in all four",
        ", ".join(f"{CATEGORIES[name]} {score}" for name, score in scores.items()),
        "",
        f"first paint {times['first-contentful-paint']}, blocked {times['total-blocking-time']} (emulated phone)",
    )


def _report(address: str, folder: Path) -> dict[str, Any]:
    """Run Lighthouse once. Raises RuntimeError with its words when it fails, without the npm registry for example."""
    output = folder / "lighthouse.json"
    binaries = Path(sys.prefix) / "bin"
    done = subprocess.run(
        [
            str(binaries / "npm"),
            "exec",
            "--yes",
            f"--package=lighthouse@{VERSION}",
            "--",
            "lighthouse",
            address,
            "--quiet",
            "--output=json",
            f"--output-path={output}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        ],
        env={**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}", "CHROME_PATH": ensure()},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"Lighthouse failed on {address}: {done.stderr[-500:]}")
    found: dict[str, Any] = json.loads(output.read_text())
    for name in CATEGORIES:
        for reference in found["categories"][name]["auditRefs"]:
            audit = found["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                print(f"{address}: {audit['id']} {audit['score']} {audit.get('displayValue', '')}", file=sys.stderr)
    return found
