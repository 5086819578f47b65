"""Files that a command is asked to write: never over what it reads, and looked at before it begins."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from nv_desktop.cli.say import json_line
from nv_desktop.core.errors import BadFile, Rejected
from nv_desktop.core.fields import Json
from nv_desktop.core.files import atomic_write, reason

STDOUT = Path("-")


def require_place(option: str, path: Path | None, reads: Iterable[Path | None] = ()) -> None:
    """Raise Rejected or BadFile where `path` cannot be written, or is one of those the command `reads`.

    None is no place at all and fine.
    """
    if path is None:
        return
    name = path.name or str(path)
    if path.is_dir():
        raise BadFile(f"“{name}” is a folder.", f"Give {option} the name of a file in it.")
    if not path.absolute().parent.is_dir():
        raise BadFile(
            f"There is no folder “{path.parent}” for “{name}”.", "Make it first, or choose another."
        )
    if path.exists() and not path.is_file():
        return  # a pipe or a device: its rights are its own
    if not os.access(path.absolute().parent, os.W_OK):
        raise BadFile(f"The folder of “{name}” may not be written.", f"Give {option} another place.")
    for other in reads:
        if other is not None and _same(path, other):
            raise Rejected(f"{option} would write over “{name}”.", "Give it another name.")


def require_book_place(path: Path | None, reads: Iterable[Path | None] = ()) -> None:
    """The same for a result workbook, which can only be a file that is put in its place whole."""
    require_place("--report", path, reads)
    if path is not None and path.exists() and not path.is_file():
        raise BadFile(f"“{path.name}” is no file, and a workbook needs one.", "Give --report another name.")


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return one.absolute() == other.absolute()


def write_lines(path: Path, objects: Iterable[dict[str, Json]]) -> None:
    """One JSON object a line. A file is replaced whole, for its owner only; a pipe, a device or standard
    output (`-`) takes the lines as they come. Raises BadFile."""
    lines = (f"{json_line(each)}\n".encode() for each in objects)
    if path == STDOUT:
        sys.stdout.buffer.writelines(lines)
        sys.stdout.buffer.flush()
    elif path.exists() and not path.is_file():
        try:
            with path.open("wb") as stream:
                stream.writelines(lines)
        except BrokenPipeError:
            raise
        except OSError as problem:
            raise BadFile(f"“{path.name}” could not be written: {reason(problem)}.") from problem
    else:
        atomic_write(path, lines)
