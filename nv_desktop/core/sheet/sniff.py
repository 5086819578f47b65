"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from nv_desktop.core.errors import BadFile

HEAD = 65_536  # bytes that are looked at

_REMEDY = "Open it in the program that made it and save it as .xlsx or .csv."

# first bytes -> what it is, for the sentence "This is …, not a spreadsheet."
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture or a recording"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"SQLite format 3\x00", "a database"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # in every file but one of plain text
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")  # BIFF 2, 3, 4
# parts of a zip -> the program that made it
_ZIP_FOREIGN: tuple[tuple[str, str], ...] = (
    ("word/", "a Word document"),
    ("ppt/", "a PowerPoint presentation"),
    ("index/document.iwa", "an Apple Numbers, Pages or Keynote document"),
    ("index.zip", "an Apple Numbers, Pages or Keynote document"),
    ("meta-inf/container.xml", "an electronic book"),
    ("androidmanifest.xml", "a program"),
)


def kind_of(path: Path) -> str:
    """xlsx, xlsb, ods, xls or text. Raises `BadFile` with one sentence for everything else."""
    try:
        if path.is_dir():
            raise BadFile(f"“{path.name}” is a folder.", "Choose a file in it.")
        if path.exists() and not path.is_file():  # a pipe or a device never ends, or never begins
            raise BadFile(f"“{path.name}” is no file but a device or a pipe.", "Save its content as a file.")
        with path.open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError as error:
        raise BadFile(f"There is no file “{path.name}” here.", "Check the name and the folder.") from error
    except OSError as error:
        raise BadFile(
            f"“{path.name}” cannot be opened: {error.strerror}.",
            "Check that you may read it, and that it is not open elsewhere.",
        ) from error
    if not head:
        raise BadFile(f"“{path.name}” is empty.", "Export it again.")
    if head.startswith(_ZIP):
        return _zip_kind(path)
    if head.startswith(_OLE):
        return "xls"
    _refuse_foreign(path, head)
    return "text"


def _refuse_foreign(path: Path, head: bytes) -> None:
    if head.startswith(_OLD_EXCEL):
        raise BadFile(f"“{path.name}” was saved by a very old Excel, whose format is not read.", _REMEDY)
    for start, what in _FOREIGN:
        # “PAR1,name” or “MZ,name” may be the names of columns
        if head.startswith(start) and (not start.isalnum() or _CONTROL.search(head, 0, 256)):
            raise BadFile(f"“{path.name}” is {what}, not a spreadsheet.", _REMEDY)
    text = _begins(head)
    if _is_web_page(text) or (text.startswith(b"mime-version:") and b"text/html" in head):
        raise BadFile(
            f"“{path.name}” is a web page with a table in it, not a spreadsheet.",
            "Open it in Excel and save it as .xlsx, or export it again as .csv.",
        )
    if text.startswith((b"<?xml", b"<workbook", b"<office:document")):
        old = b"urn:schemas-microsoft-com:office:spreadsheet" in head
        what = "an XML spreadsheet of Excel 2003" if old else "an XML document"
        raise BadFile(f"“{path.name}” is {what}, which is not read.", _REMEDY)
    if text[:1] in (b"{", b"[") and text[1:].lstrip()[:1] in (b'"', b"{", b"["):
        raise BadFile(f"“{path.name}” is JSON, not a spreadsheet.", "Export it as .csv or .xlsx.")
    if text.startswith(b"begin:vcard"):
        raise BadFile(f"“{path.name}” is an address card (vCard), not a spreadsheet.", "Export it as .csv.")


def _begins(head: bytes) -> bytes:
    """The first characters in small letters, without what may stand before them; UTF-16 as plain bytes."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[2:].replace(b"\x00", b"")
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()


def _is_web_page(text: bytes) -> bool:
    """What programs call .xls though it is a table of a web page: it may begin with a remark or a style."""
    if text.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        return True
    return re.match(rb"<(?:[a-z]|!--)", text) is not None and b"<table" in text


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.replace("\\", "/").lstrip("/").lower() for name in archive.namelist()]
            mimetype = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, KeyError) as error:
        raise BadFile(
            f"“{path.name}” is damaged: it begins like a workbook but does not end like one.",
            "Copy or download it again.",
            str(error),
        ) from error
    if b"opendocument.spreadsheet" in mimetype:
        return "ods"
    if b"opendocument" in mimetype:
        raise BadFile(f"“{path.name}” is a LibreOffice document, not a spreadsheet.", _REMEDY)
    for start, what in _ZIP_FOREIGN:
        if any(name.startswith(start) for name in names):
            raise BadFile(f"“{path.name}” is {what}, not a spreadsheet.", _REMEDY)
    if any(name.endswith("workbook.bin") for name in names):
        return "xlsb"
    if "[content_types].xml" in names or any(name.endswith("workbook.xml") for name in names):
        return "xlsx"
    raise BadFile(
        f"“{path.name}” is a zip archive without a workbook in it.", "Unpack it and choose the file inside."
    )
