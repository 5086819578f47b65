"""The program's one entry: the command line, which is handed the window and the sandbox to open."""

from __future__ import annotations

import argparse
import io
import os
import sys
from pathlib import Path

from nv_desktop.core.errors import AppError

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")  # one of them is set where Qt finds a screen


def main() -> int:
    from nv_desktop.cli import main as command_line

    _have_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):  # a sign that the terminal lacks must not end a command
        sys.stdout.reconfigure(errors="backslashreplace")
    return command_line(sys.argv[1:], open_window=_open_window, run_sandbox=_run_sandbox)


def _have_streams() -> None:
    """A program without a console (pythonw, a bundle for Windows) has none, and must not end by saying so."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115  until the program ends
            setattr(sys, name, nowhere)


def _open_window(options: argparse.Namespace) -> int:
    if sys.platform == "linux" and not any(os.environ.get(name) for name in SCREENS):
        raise AppError("There is no screen here to open the window on.", "--help lists what works without.")
    try:
        from nv_desktop.app import main as window  # Qt is imported only now
    except ModuleNotFoundError:
        raise
    except ImportError as problem:  # a library of the system that Qt needs
        raise AppError(f"The window cannot be loaded: {problem}.", "Run python3 dev.py setup.") from problem
    return window(options)


def _run_sandbox(arguments: list[str]) -> int:
    from nv_desktop.sandbox.server import main as sandbox

    return sandbox(arguments)


if __name__ == "__main__":
    sys.exit(main())
