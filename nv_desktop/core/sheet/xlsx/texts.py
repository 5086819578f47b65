"""Texts of a workbook: shared strings read only as far as they are asked for, rich texts, escapes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from nv_desktop.core.sheet.xlsx.package import damaged, walking

_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_STRING = re.compile(r"<si ?(?:/>|>(.*?)</si>)", re.DOTALL)
_SOUND = re.compile(r"<rPh\b.*?</rPh>", re.DOTALL)  # how a Japanese text is pronounced: no part of it
_TEXT = re.compile(r"<t(?:\s[^>]*)?>([^<]*)</t>")
_UTF8_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*?\?>)?", re.IGNORECASE)


def _character(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED[match[3]]
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else match[0]


def unescape(text: str) -> str:
    """XML's own entities and numbered characters; no others exist here."""
    return _ENTITY.sub(_character, text)


def office_text(text: str) -> str:
    """`_x000D_` as workbooks write characters that XML cannot hold, `_xD83D__xDE00_` in two halves."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def rich_text(fragment: str) -> str:
    """The text of `<si>` or `<is>`: all its runs, without pronunciation."""
    if fragment.startswith("<t>") and fragment.endswith("</t>") and fragment.count("<") == 2:
        text = fragment[3:-4]
    else:
        text = "".join(_TEXT.findall(_SOUND.sub("", fragment)))
    if "&" in text:
        text = unescape(text)
    return office_text(text)


def is_plain(head: bytes) -> bool:
    """Whether the XML can be read by pattern: UTF-8, no comment, CDATA or declared entity so far."""
    opening = _UTF8_HEAD.match(head)
    said = opening[0].lower() if opening else b""
    return (b"encoding" not in said or b"utf-8" in said) and b"<!" not in head and b"\x00" not in head


class SharedStrings:
    """The table of texts that cells point to, unpacked only as far as the largest index asked for."""

    def __init__(self, path: Path, open_part: Callable[[], Iterator[bytes]] | None) -> None:
        self.texts: list[str] = []
        self._path = path
        self._open_part = open_part
        self._more: Iterator[None] | None = None

    def __getitem__(self, index: int) -> str:
        """Raises IndexError where the table has no such text."""
        texts = self.texts
        while index >= len(texts):
            if self._open_part is None:
                raise IndexError(index)
            if self._more is None:
                self._more = self._fast()
            if next(self._more, self) is self:
                raise IndexError(index)
        return texts[index]

    def _fast(self) -> Iterator[None]:
        assert self._open_part is not None
        decode = codecs.getincrementaldecoder("utf-8")().decode
        rest = ""
        first = True
        for chunk in self._open_part():
            if (first and not (is_plain(chunk) and b"<sst" in chunk)) or b"<!" in chunk:
                yield from self._exact(len(self.texts))
                return
            first = False
            try:
                text = rest + decode(chunk)
            except UnicodeDecodeError as error:
                raise damaged(self._path, str(error)) from error
            cut = max(text.rfind("</si>") + 5, text.rfind("<si/>") + 5)
            if cut < 5:
                rest = text
                continue
            body, rest = text[:cut], text[cut:]
            if "\r" in body:
                body = body.replace("\r\n", "\n").replace("\r", "\n")
            found = _cut(body)
            if found is None:
                yield from self._exact(len(self.texts))
                return
            self.texts.extend(found)
            yield

    def _exact(self, skip: int) -> Iterator[None]:
        """The same by a full parser, for XML that is written in an unusual way."""
        assert self._open_part is not None
        state = _Runs()
        for _ in walking(self._path, self._open_part(), state.start, state.end, state.text):
            if state.skipped < skip:
                gone = min(skip - state.skipped, len(state.found))
                del state.found[:gone]
                state.skipped += gone
            self.texts.extend(state.found)
            state.found.clear()
            yield


def _cut(body: str) -> list[str] | None:
    """The texts of whole `<si>` elements, None where they are written in an unusual way."""
    found: list[str] = []
    body = body[body.find("<si") :]
    for piece in body.split("</si>"):
        inner = piece[7:-4]
        if piece.startswith("<si><t>") and piece.endswith("</t>") and "<" not in inner:
            if "&" in inner:
                inner = unescape(inner)
            found.append(office_text(inner) if "_x" in inner else inner)
        elif piece:
            whole = piece + "</si>" if not piece.endswith("<si/>") else piece
            several = _STRING.findall(whole)
            if len(several) != whole.count("<si"):
                return None
            found.extend(map(rich_text, several))
    return found


class _Runs:
    """Collects the texts of `<si>` elements from a parser's events."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.skipped = 0
        self._parts: list[str] = []
        self._sound = False
        self._open = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._parts = []
        elif tag == "rPh":
            self._sound = True
        elif tag == "t":
            self._open = not self._sound

    def end(self, tag: str) -> None:
        if tag == "si":
            self.found.append(office_text("".join(self._parts)))
        elif tag == "rPh":
            self._sound = False
        elif tag == "t":
            self._open = False

    def text(self, data: str) -> None:
        if self._open:
            self._parts.append(data)
