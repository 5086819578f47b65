"""The program's one entry: the command line, which is handed the window and the sandbox to open."""

from __future__ import annotations

import argparse
import io
import sys


def main() -> int:
    from nv_desktop.cli import main as command_line

    if isinstance(sys.stdout, io.TextIOWrapper):  # a sign that the terminal lacks must not end a command
        sys.stdout.reconfigure(errors="backslashreplace")
    return command_line(sys.argv[1:], open_window=_open_window, run_sandbox=_run_sandbox)


def _open_window(options: argparse.Namespace) -> int:
    from nv_desktop.app import main as window  # Qt is imported only now

    return window(options)


def _run_sandbox(arguments: list[str]) -> int:
    from nv_desktop.sandbox.server import main as sandbox

    return sandbox(arguments)


if __name__ == "__main__":
    sys.exit(main())
