"""Where the files that ship with the program lie: source tree, wheel and frozen bundle alike."""

from __future__ import annotations

import sys
from pathlib import Path


def resource(name: str) -> Path:
    """Path of a shipped file or folder, `name` with forward slashes below `resources/` ("style.qss").

    Looked for in the frozen bundle, inside the installed package, then beside it in the source tree.
    Raises FileNotFoundError when it was not shipped: a broken installation, never a user's mistake.
    """
    package = Path(__file__).resolve().parent.parent
    bundle = getattr(sys, "_MEIPASS", None)
    roots = [Path(bundle) / "resources"] if bundle else []
    roots += [package / "resources", package.parent / "resources"]
    for root in roots:
        path = root.joinpath(*name.split("/"))
        if path.exists():
            return path
    raise FileNotFoundError(f"{name} is missing from this installation of NV Desktop")
