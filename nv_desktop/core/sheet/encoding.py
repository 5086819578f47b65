"""In which encoding a text file is written, and which of its bytes do not fit: told or asked, never replaced.

Order: byte order mark, pattern of NUL bytes (UTF-16 and UTF-32 without a mark), strict UTF-8, the escape
sequences of ISO-2022, then the lines that are not ASCII: the encoding in which they are words, the computer's
own code page, charset-normalizer.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.sheet import alphabets

WRONG_BYTE = "nv_desktop.wrong_byte"  # name of the error handler that `open_text` registers
_CHUNK = 1 << 20
_LINES = 64_000  # bytes of non-ASCII lines that the guess looks at
_OFFSETS = 100_000  # positions of wrong bytes that are remembered

_MARKS: tuple[tuple[bytes, str], ...] = (  # longest first: the mark of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_ESCAPES: tuple[tuple[bytes, str], ...] = (
    (b"\x1b$)C", "iso2022_kr"),
    (b"\x1b$B", "iso2022_jp"),
    (b"\x1b$@", "iso2022_jp"),
    (b"\x1b(J", "iso2022_jp"),
)
_FROM_NON_ASCII = re.compile(rb"[\x80-\xff][^\r\n]*")
_BEFORE, _LONGEST = 1_000, 2_000  # bytes of such a line: before its first character beyond ASCII, and in all
# offered beside the guess, so that a person finds the right one
_COMMON = ("cp1252", "cp1250", "cp1251", "cp1254", "iso8859_15", "mac_roman", "cp437", "shift_jis", "gb18030")


@dataclass
class TextFacts:
    """What one pass over the bytes told. `clean`: every byte fits `encoding`."""

    encoding: str
    sha256: str
    size: int
    clean: bool
    notes: list[Problem] = field(default_factory=list)


@dataclass
class _Scan:
    """Counts of one pass: how well the bytes are UTF-8, and some lines that are not ASCII."""

    sha256: str = ""
    size: int = 0
    good: int = 0  # characters beyond ASCII that are right UTF-8
    bad: int = 0  # bytes that are not
    lines: bytes = b""
    escape: str = ""
    lost: bool = False  # U+FFFD stands in the file: whoever wrote it had lost a character


def facts_of(path: Path, encoding: str | None, code_page: str | None) -> TextFacts:
    """Reads the whole file once (twice where it is not UTF-8). Raises `BadFile` for an unknown `encoding`."""
    scan = _scan(path)
    if encoding is not None:
        return _facts(path, scan, _known(encoding), [])
    with path.open("rb") as file:
        head = file.read(65_536)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _facts(path, scan, name, [])
    wide = _wide(head)
    if wide:
        return _facts(path, scan, wide, [])
    if scan.good >= scan.bad:
        if scan.escape and not scan.good:
            return _facts(path, scan, scan.escape, [_asked(scan.escape, [scan.escape, "utf-8"])])
        return _facts(path, scan, "utf-8", [])
    candidates = _candidates(scan.lines, code_page)
    return _facts(path, scan, candidates[0], [_asked(candidates[0], candidates)])


def _facts(path: Path, scan: _Scan, encoding: str, notes: list[Problem]) -> TextFacts:
    if encoding in ("utf-8", "utf-8-sig"):
        clean = not scan.bad
    else:
        clean = next(wrong_bytes(path, encoding), None) is None
    if scan.lost and encoding in ("utf-8", "utf-8-sig"):
        lost = Problem(
            "lost_before",
            "Some values hold the sign �: characters that were lost before this file was written.",
            Level.WARNING,
        )
        notes = [*notes, lost]
    if not clean:
        notes = [
            *notes,
            Problem(
                "wrong_bytes",
                f"Some bytes do not fit the encoding {encoding}. The rows that hold them are marked.",
                Level.WARNING,
                {"step": "encoding", "candidates": [encoding, *_COMMON]},
            ),
        ]
    return TextFacts(encoding, scan.sha256, scan.size, clean, notes)


def _known(encoding: str) -> str:
    try:
        info = codecs.lookup(encoding)
        if not info._is_text_encoding:  # zip, rot13: codecs, but not for text
            raise LookupError(encoding)
    except (LookupError, ValueError) as error:
        raise BadFile(
            f"There is no encoding called “{encoding[:40]}”.", "Try utf-8, cp1252 or utf-16."
        ) from error
    return info.name


def _asked(encoding: str, candidates: list[str]) -> Problem:
    return Problem(
        "encoding_guessed",
        f"The file does not say in which encoding it is written; it is read as {encoding}. "
        "Look at names with accents: if they are wrong, choose another encoding.",
        Level.WARNING,
        {"step": "encoding", "candidates": candidates},
    )


def _scan(path: Path) -> _Scan:
    scan = _Scan()
    digest = hashlib.sha256()
    rest = b""
    lines: list[bytes] = []
    room = _LINES
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            scan.size += len(chunk)
            if not scan.escape and b"\x1b" in chunk:
                scan.escape = next((name for escape, name in _ESCAPES if escape in chunk), "")
            if not rest and chunk.isascii():
                continue
            scan.lost = scan.lost or b"\xef\xbf\xbd" in chunk
            rest = _count(scan, rest + chunk)
            for line in _beyond_ascii_lines(chunk):
                if room <= 0:
                    break
                lines.append(line)
                room -= len(line)
    scan.bad += len(rest)
    scan.sha256 = digest.hexdigest()
    scan.lines = b"\n".join(lines)
    return scan


def _beyond_ascii_lines(chunk: bytes) -> Iterator[bytes]:
    """The lines that are not ASCII. Begun at that character: a pattern for the whole line would look through
    a long one of ASCII from each of its places."""
    for match in _FROM_NON_ASCII.finditer(chunk):
        least = max(0, match.start() - _BEFORE)
        ends = (chunk.rfind(end, least, match.start()) for end in (b"\n", b"\r"))
        start = max(*ends, least - 1) + 1
        yield chunk[start : min(match.end(), start + _LONGEST)]


def _count(scan: _Scan, data: bytes) -> bytes:
    """Counts characters and wrong bytes of `data`; hands back a sequence that the chunk cut off."""
    start = 0
    while True:
        try:
            text, used = codecs.utf_8_decode(data[start:] if start else data, "strict", False)
        except UnicodeDecodeError as error:
            text = data[start : start + error.start].decode()
            scan.good += _beyond_ascii(text)
            scan.bad += error.end - error.start
            start += error.end
            if scan.bad > scan.good + 10_000:  # surely not UTF-8: the rest need not be counted
                return b""
            continue
        scan.good += _beyond_ascii(text)
        return data[start + used :]


def _beyond_ascii(text: str) -> int:
    return 0 if text.isascii() else len(text) - len(text.encode("ascii", "ignore"))


def _wide(head: bytes) -> str:
    """UTF-16 or UTF-32 without a mark, by where the NUL bytes stand; "" for anything else.

    A NUL in a cell of other text is no sign: read as UTF-16, such text has no line ends."""
    if head.count(0) * 50 < len(head):
        return ""
    units = len(head) // 4
    zeros = [head[place : units * 4 : 4].count(0) for place in range(4)]
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if units and min(zeros[2], zeros[3]) * 10 >= units * 9 and zeros[0] * 10 < units:
        encoding = "utf-32-le"
    elif units and min(zeros[0], zeros[1]) * 10 >= units * 9 and zeros[3] * 10 < units:
        encoding = "utf-32-be"
    elif odd > even * 10:
        encoding = "utf-16-le"
    elif even > odd * 10:
        encoding = "utf-16-be"
    else:
        return ""
    text = head[: units * 4].decode(encoding, "replace")
    return encoding if "\n" in text or "\r" in text else ""


def _fits(lines: bytes, encoding: str) -> bool:
    try:
        lines.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _candidates(lines: bytes, code_page: str | None) -> list[str]:
    """Encodings that take the lines, the likeliest first; never empty."""
    # imported here: it costs 30 ms, and nine files of ten are UTF-8
    from charset_normalizer import from_bytes

    page = codecs.lookup(code_page).name if code_page else None
    # UTF-16 and its like were looked for already: a few odd bytes are no sign of them
    guesses = [match.encoding for match in from_bytes(lines) if not match.encoding.startswith("utf_")]
    worded = alphabets.likely(lines, page) or alphabets.east_asian(lines, page)
    if worded is not None:
        guesses.insert(0, worded)
    if page and page not in ("utf-8", "ascii", worded) and _fits(lines, page):
        guesses.insert(0 if alphabets.plausible(lines, page) and worded is None else 1, page)
    found = [name for name in dict.fromkeys((*guesses, *_COMMON)) if _fits(lines, name)]
    return found or ["cp1252"]


def wrong_bytes(path: Path, encoding: str) -> Iterator[int]:
    """Offsets of the bytes that do not fit, in order."""
    with path.open("rb", buffering=0) as file:
        make = codecs.getincrementaldecoder(_marked(encoding, file.read(4)))
        file.seek(0)
        decoder, base, kept = make(), 0, b""
        while True:
            chunk = file.read(_CHUNK)
            data = kept + chunk  # what the decoder held back is fed again after an error
            start = 0
            while True:
                try:
                    decoder.decode(data[start:], not chunk)
                except UnicodeDecodeError as error:
                    yield from range(base + start + error.start, base + start + error.end)
                    start += error.end
                    decoder = make()
                    continue
                break
            if not chunk:
                return
            base, kept = base + len(data), b""
            pending = decoder.getstate()[0]
            if pending:
                base -= len(pending)
                kept = bytes(pending)
                decoder.setstate((b"", decoder.getstate()[1]))


def _marked(encoding: str, head: bytes) -> str:
    """The encoding with its byte order said, so that a decoder can begin in the middle of the file."""
    if encoding == "utf-16":
        return "utf-16-be" if head.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"
    if encoding == "utf-32":
        return "utf-32-be" if head.startswith(codecs.BOM_UTF32_BE) else "utf-32-le"
    return encoding


def _mark_wrong(error: UnicodeError) -> tuple[str, int]:
    """Error handler: each wrong byte becomes a lone surrogate U+DC00 + byte, which no right text holds."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


def open_text(path: Path, encoding: str, clean: bool) -> TextIO:
    """The file as text, line ends as they are. If it is not clean, wrong bytes arrive as lone surrogates."""
    if clean:
        return path.open(encoding=encoding, newline="", errors="strict")
    codecs.register_error(WRONG_BYTE, _mark_wrong)
    return path.open(encoding=encoding, newline="", errors=WRONG_BYTE)


def offsets_of(path: Path, encoding: str) -> list[int]:
    """The first 100,000 offsets of wrong bytes."""
    found = wrong_bytes(path, encoding)
    return [offset for offset, _ in zip(found, range(_OFFSETS), strict=False)]
