"""Bring a JSX file that stands beside a page's module into the build."""

import os
import sys
from pathlib import Path

from reflex.assets import AssetPathStr, _link_shared_asset

# Set for a process that serves a finished build: nothing is compiled there, so nothing needs linking.
_SERVES_A_BUILD = os.environ.get("__REFLEX_SKIP_COMPILE") == "true"


def jsx(module: str, name: str) -> AssetPathStr:
    """Return the address of `name`, a file beside `module` (pass `__name__`); its `importable_path` is for imports.

    Does what `rx.asset(name, shared=True)` does without walking the call stack, which took a second of every start.
    Raises FileNotFoundError when there is no such file.
    """
    folder = module.replace(".", "/")
    if not _SERVES_A_BUILD:
        source = Path(str(sys.modules[module].__file__)).parent / name
        if not source.exists():
            raise FileNotFoundError(source)
        target = Path.cwd() / "assets" / "external" / folder
        target.mkdir(parents=True, exist_ok=True)
        _link_shared_asset(target / name, source)
    return AssetPathStr(f"/external/{folder}/{name}")
