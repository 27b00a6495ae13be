"""Keep pages light: leave out what they never use, send what they share in one file, and the start page as a document.

Reflex's build is changed in the few places it offers (the Vite configuration, files of our own beside its own, the
finished output). Every change looks for what it replaces and stops the build when that is gone, because a silent
miss would only show as a slower page.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reflex_base.plugins import Plugin

FOLDER = "light"
_OURS = Path(__file__).parent
# What pages import, and the file of ours that stands for it (Vite's `resolve.alias`).
STAND_INS = {
    r"^@emotion\/react$": "element.js",
    r"^sonner$": "toast.js",
    r"^universal-cookie$": "cookies.js",
    r"^\.\/transports\/index\.js$": "transports.js",
}

# One file for what every page needs and one for the sign-in pages: a request costs half a kilobyte of headers, and
# one large file packs better than ten small ones. The addresses stay alone, because they are rewritten after the build.
GROUPS = r"""
            { name: "shell", priority: 5, test: %s },
            { name: "doors", priority: 3, test: %s },
"""
_LIBRARIES = (
    "react",
    "react-dom",
    "scheduler",
    "react-router",
    "react-error-boundary",
    "@socket\\.io",
    "socket\\.io-client",
    "socket\\.io-parser",
    "engine\\.io-client",
    "engine\\.io-parser",
    "mergician",
    "turbo-stream",
)
_SHELL = (
    rf"node_modules\/({'|'.join(_LIBRARIES)})\/",
    r"lucide-react\/dist\/esm\/(shared|context|Icon|default|create|icons\/(rotate-cw|loader-circle|circle-alert|eye)\.)",
    rf"\/{FOLDER}\/",
    r"\/utils\/",
    r"app\/root\.jsx",
    r"app_components\/reflex",
    r"pages\/components\/(connection|icon)",
)
_DOORS = (
    r"external\/pages\/auth\/",
    r"external\/pages\/components\/(password_field|code_input)\/",
    r"app_components\/pages\/auth",
)

# How Reflex writes a part of a style object that has a selector or a condition: `["&:hover"] : ({ … })`.
_SELECTOR = re.compile(r'\["([&:@][^"]*)"\]\s*:\s*\(\{')
_PRELOAD = re.compile(r'<link rel="modulepreload"[^>]*>')


class LightPages(Plugin):
    """Wires the stand-ins and the groups into the build, and strips the start page of scripts."""

    def pre_compile(self, **context: Any) -> None:
        """Add our files beside the generated ones, and tell Vite about them."""
        for name in STAND_INS.values():
            context["add_save_task"](_file(name))
        context["add_modify_task"]("vite.config.js", configure)

    def post_build(self, **context: Any) -> None:
        """Check the pages, and make the start page a document; this runs before the output is packed."""
        refuse_selectors(context["static_dir"].parent.parent)
        page = context["static_dir"] / "index.html"
        page.write_text(document(page.read_text()))


def configure(config: str) -> str:
    """Return Vite's configuration with the stand-ins (production builds alone) and the groups."""
    aliases = ", ".join(
        f'{{ find: /{found}/, replacement: fileURLToPath(new URL("./{FOLDER}/{name}", import.meta.url)) }}'
        for found, name in STAND_INS.items()
    )
    changes = (
        ("export default defineConfig", f"const LIGHT = [{aliases}];\n\nexport default defineConfig"),
        ("alias: [", 'alias: [\n      ...(config.command === "build" ? LIGHT : []),'),
        ("groups: [", f"groups: [{GROUPS % (_test(_SHELL), _test(_DOORS))}"),
        ('name: "reflex-env",', 'name: "reflex-env",\n              priority: 9,'),
    )
    for anchor, replacement in changes:
        if config.count(anchor) != 1:
            raise RuntimeError(f"vite.config.js has no single `{anchor}` to change; is Reflex 0.10.1 in use?")
        config = config.replace(anchor, replacement)
    return config


def refuse_selectors(web: Path) -> None:
    """Raise RuntimeError when a compiled page has a style with a selector or a condition, which nothing would apply."""
    for folder in ("app", "app_components", "utils/components"):
        for page in sorted((web / folder).rglob("*.js*")):
            if found := _SELECTOR.search(page.read_text()):
                raise RuntimeError(
                    f"{page.relative_to(web)} has a style for `{found[1]}`: styles of components are inline here, so "
                    "say it with a class name."
                )


def document(html: str) -> str:
    """Return a prerendered page without what would make it an application: it has links, and nothing to press.

    The scripts of the head stay (they set the theme). Raises RuntimeError when content follows the first script of the
    body, where React puts only its own.
    """
    head, opening, body = html.partition("<body>")
    content, script, rest = body.partition("<script")
    if not opening or not script or "<main" not in content or "<main" in rest:
        raise RuntimeError("The start page is not a page followed by its scripts; is Reflex 0.10.1 in use?")
    return f"{_PRELOAD.sub('', head)}{opening}{content}</body></html>"


def _test(patterns: tuple[str, ...]) -> str:
    return f"/{'|'.join(patterns)}/"


def _file(name: str) -> Callable[[], tuple[str, str]]:
    return lambda: (f"{FOLDER}/{name}", (_OURS / name).read_text())
