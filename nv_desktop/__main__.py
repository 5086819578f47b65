"""The program's one entry: the command line, or the window when no command is given."""

from __future__ import annotations

import sys


def main() -> int:
    from nv_desktop.cli import main as command_line

    return command_line(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
