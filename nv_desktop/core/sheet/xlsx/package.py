"""The zip package of a workbook and its small parts, under limits that no honest file meets."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

from nv_desktop.core.errors import BadFile

MAX_PARTS = 10_000
MAX_PART = 8 << 30  # bytes of one part, unpacked
MAX_SMALL = 64 << 20  # bytes of a part that is held in memory
MAX_RATIO = 250  # times that a large part may grow on unpacking; honest sheets reach 60
_RATIO_FROM = 64 << 20  # bytes; smaller parts may grow as they like
CHUNK = 1 << 20

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


def damaged(path: Path, detail: str) -> BadFile:
    return BadFile(
        f"“{path.name}” is damaged and cannot be read to its end.",
        "Open it in Excel, save it under a new name and choose that file.",
        detail,
    )


class Package:
    """The parts of a zip by name, whatever way of writing names the program that made it had."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise damaged(path, str(error)) from error
        entries = self._zip.infolist()
        if len(entries) > MAX_PARTS:
            self._zip.close()
            raise BadFile(
                f"“{path.name}” has {len(entries):,} parts, which no workbook has.", "Export it again."
            )
        self._open: list[IO[bytes]] = []
        self._entries = {_key(entry.filename): entry for entry in entries}

    def close(self) -> None:
        """Closes the file, also under parts that were not read to their end."""
        for stream in self._open:
            stream.close()
        self._zip.close()

    def __contains__(self, part: str) -> bool:
        return _key(part) in self._entries

    def names(self) -> list[str]:
        return list(self._entries)

    def size(self, part: str) -> int:
        return self._entries[_key(part)].file_size

    def chunks(self, part: str, most: int = MAX_PART) -> Iterator[bytes]:
        """The part's bytes, unpacked piece by piece. Raises `BadFile` for bombs and for damage."""
        entry = self._entries.get(_key(part))
        if entry is None:
            raise damaged(self.path, f"{part} is missing")
        if entry.flag_bits & 1:
            raise BadFile(
                f"“{self.path.name}” is protected with a password.",
                "Open it in Excel, remove the password and save it again.",
            )
        ratio = entry.file_size / max(1, entry.compress_size)
        if entry.file_size > most or (entry.file_size > _RATIO_FROM and ratio > MAX_RATIO):
            raise BadFile(
                f"“{self.path.name}” would unpack to {entry.file_size / (1 << 30):,.1f} GB, which no honest "
                "workbook of its size does.",
                "Export it again, or save it as .csv.",
            )
        try:
            with self._zip.open(entry) as stream:
                self._open.append(stream)
                yield from _pieces(stream)
                self._open.remove(stream)
        except _BROKEN as error:
            raise damaged(self.path, f"{part}: {error}") from error

    def read(self, part: str) -> bytes:
        """A small part whole (at most 64 MB)."""
        return b"".join(self.chunks(part, MAX_SMALL))

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """id -> (kind, part name) of the parts that `part` points to; empty where it points to none."""
        folder, name = posixpath.split(part)
        listing = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        found: dict[str, tuple[str, str]] = {}
        if listing not in self:
            return found

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "").replace("\\", "/")
                whole = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
                kind = attributes.get("Type", "").rsplit("/", 1)[-1]
                found[attributes.get("Id", "")] = (kind, whole)

        walk(self.path, [self.read(listing)], start)
        return found


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece


def local(name: str) -> str:
    """`x:row` -> `row`: some programs write the names with a prefix."""
    return name.rpartition(":")[2]


def walk(
    path: Path,
    chunks: Iterator[bytes] | list[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Runs an XML part past the given functions. Raises `BadFile` for broken XML and declared entities."""
    for _ in walking(path, iter(chunks), start, end, text):
        pass


def walking(
    path: Path,
    chunks: Iterator[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """As `walk`, pausing after each chunk so that what was found can be handed on."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(local(name), attributes)
    if end is not None:
        finished = end
        parser.EndElementHandler = lambda name: finished(local(name))
    if text is not None:
        parser.CharacterDataHandler = text

    def refuse(*_: object) -> None:
        raise BadFile(
            f"“{path.name}” declares its own XML entities, as attacks do and workbooks never.",
            "Do not use this file; export it again from its source.",
        )

    parser.StartDoctypeDeclHandler = refuse
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise damaged(path, str(error)) from error
