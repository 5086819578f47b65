"""The words and icons of an import: fields, kinds of problems, formats, encodings; no widget, no call."""

from __future__ import annotations

from collections.abc import Sequence

from nv_desktop.core import steps
from nv_desktop.core.fields import FIELDS, TYPE_LABELS, Field, Level, Step, Type
from nv_desktop.core.job import Done, Group
from nv_desktop.core.mapping import ColumnMap
from nv_desktop.core.upload.earlier import Compared
from nv_desktop.gui.field_words import TYPE_ICONS

FIELD_ICONS = {
    "userID": "identification-card",
    "email": "envelope-simple",
    "mobile": "device-mobile",
    "birth_date": "calendar-blank",
    "gender": "list-bullets",
    "email_opt_in": "shield-check",
    "sms_opt_in": "shield-check",
    "whatsapp_opt_in": "shield-check",
}
STEP_ICONS = {
    "trim": "text-t", "case": "text-aa", "map": "swap", "date": "calendar-blank", "phone": "device-mobile",
    "replace": "magnifying-glass", "split": "scissors", "rest": "scissors", "join": "link-simple",
    "pad": "hash", "prefix": "text-t", "suffix": "text-t", "empty": "eraser", "number": "hash",
}  # fmt: skip

# The kind of a problem in few words, for the list of all problems; with a column its label stands before.
KINDS: dict[str, str] = {
    "email": "is not an address", "email_spaces": "holds blanks", "email_misspelt": "domain looks misspelt",
    "email_international": "has letters beyond a–z", "email_shared": "is shared by two user IDs",
    "mobile": "is not a number", "mobile_short": "is too short", "mobile_long": "is too long",
    "mobile_spaces": "is written with blanks", "mobile_several": "holds several numbers",
    "mobile_form": "is written with other signs", "mobile_country": "has no country code",
    "mobile_plan": "fits no number of that country", "mobile_shared": "is shared by two user IDs",
    "date": "is not a date", "date_order": "needs the order of day and month",
    "date_impossible": "is no day of the calendar", "date_spaces": "holds blanks",
    "date_words": "is written in words", "date_serial": "is a bare number", "date_time": "has a time of day",
    "date_century": "may be in another century", "date_broken": "is no day of the calendar",
    "gender": "is none of the known words", "opt_in": "is none of the known words",
    "boolean": "is neither yes nor no", "integer": "is not a whole number", "number": "is not a number",
    "list": "is not a list", "list_empty": "holds an empty entry", "json": "is not JSON",
    "id_blank": "is missing", "id_spaces": "has blanks at its ends", "id_invisible": "holds invisible signs",
    "id_bidi": "holds hidden direction signs", "id_control": "holds control characters",
    "id_long": "is too long", "id_limit": "is very long", "id_bytes": "is long in bytes",
    "id_similar": "looks like another one", "text_long": "is too long", "text_bytes": "is long in bytes",
    "text_nul": "holds a NUL character", "text_surrogate": "holds half a character",
    "text_encoding": "was read in a wrong encoding", "text_replacement": "lost characters",
    "lost_digits": "lost its last digits", "excel_error": "holds a spreadsheet error",
    "number_format": "is shown otherwise in the file", "number_digits": "has more digits than shown",
    "number_long": "has too many digits", "integer_long": "has too many digits",
    "formula_empty": "is a formula without a result", "cell_broken": "is damaged in the file",
    "cell_twice": "stands twice in the file", "wrong_byte": "does not fit the encoding",
}  # fmt: skip
ROW_KINDS: dict[str, str] = {
    "id_blank": "User ID is missing", "no_attributes": "Nothing but a user ID",
    "duplicate_kept": "Sent in place of others",
    "duplicate_differs": "Same user ID, other values", "duplicate_same": "The same row twice",
    "duplicate_last": "Left out: a later row wins", "duplicate_first": "Left out: an earlier row wins",
    "duplicate_merge": "Merged into another row", "duplicate_merged": "Carries merged rows",
    "duplicate_merge_error": "Cannot be merged", "id_similar": "User ID looks like another",
    "email_shared": "E-mail under two user IDs", "mobile_shared": "Mobile under two user IDs",
    "skipped_by_person": "Left out by you", "row_long": "More cells than columns",
    "row_short": "Fewer cells than columns", "quote_open": "Quotation mark not closed",
    "record_long": "Runs over many lines", "cell_far": "A value far to the right",
    "row_hidden": "Hidden in the spreadsheet", "row_order": "Out of order in the file",
}  # fmt: skip
_MEANS = {
    Level.ERROR: "The row stays behind until this is fixed.",
    Level.WARNING: "The row is sent all the same. Have a look.",
    Level.NOTE: "Nothing to do; the row is sent.",
}
FORMATS = {
    "xlsx": "Excel workbook", "xlsm": "Excel workbook with macros", "xls": "Excel workbook (97–2003)",
    "xlsb": "Excel binary workbook", "ods": "OpenDocument spreadsheet", "csv": "Comma-separated text",
    "tsv": "Tab-separated text", "txt": "Text", "clipboard": "Pasted cells",
}  # fmt: skip
DELIMITERS = ((",", "Comma  ,"), (";", "Semicolon  ;"), ("\t", "Tab"), ("|", "Bar  |"))
QUOTES = (('"', 'Double quotes  "'), ("'", "Single quotes  '"), ("", "Nothing"))
ENCODINGS = (
    ("utf-8", "Unicode (UTF-8)"),
    ("utf-16", "Unicode (UTF-16)"),
    ("cp1252", "Western (Windows)"),
    ("iso8859-15", "Western (ISO 8859-15)"),
    ("cp1250", "Central European (Windows)"),
    ("iso8859-2", "Central European (ISO 8859-2)"),
    ("cp1251", "Cyrillic (Windows)"),
    ("cp1253", "Greek (Windows)"),
    ("cp1254", "Turkish (Windows)"),
    ("cp1255", "Hebrew (Windows)"),
    ("cp1256", "Arabic (Windows)"),
    ("mac-roman", "Western (Mac)"),
    ("cp437", "DOS"),
    ("shift_jis", "Japanese (Shift JIS)"),
    ("gb18030", "Chinese (GB 18030)"),
    ("big5", "Chinese (Big5)"),
    ("euc-kr", "Korean (EUC)"),
)
SUFFIXES = ("xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "tsv", "txt")


def rows_words(number: int) -> str:
    """ "1 row", "1,204 rows"."""
    return "1 row" if number == 1 else f"{number:,} rows"


def counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def field_icon(field: Field | None) -> str:
    if field is None:
        return "prohibit"
    return FIELD_ICONS.get(field.name) or TYPE_ICONS[field.type]


def target_words(column: ColumnMap) -> str:
    """What a column goes to: the field's label, the attribute's name, or that it goes nowhere."""
    field = column.field()
    return "Nowhere" if field is None else field.label


def type_words(column: ColumnMap) -> str:
    """ "Custom attribute, whole number" or "Field of every profile"."""
    field = column.field()
    if field is None:
        return "Not sent"
    return (
        "Field of every profile"
        if field.name in FIELDS
        else f"Custom attribute, {TYPE_LABELS[field.type].lower()}"
    )


_SHORT = (
    ("The header says ", "Its name is known"),
    ("Known in this account", "Known in this account"),
    ("The recipe", "From the recipe"),
    ("The e-mail address is used", "The e-mail is the ID"),
)


def why_words(column: ColumnMap) -> str:
    """Why a column goes where it goes, short enough for the table; its panel has the whole sentence."""
    for begin, short in _SHORT:
        if column.reason.startswith(begin):
            return short
    field = column.field()
    if column.reason.startswith("A custom attribute, as") and field is not None:
        return f"New, {TYPE_LABELS[field.type].lower()}"
    return column.reason or "Chosen by you"


def step_chip(step: Step) -> str:
    """A step in one or two words, with a question mark while it asks."""
    name = str(step["step"])
    asks = steps.asks(step)
    if name == "date":
        return "date order?" if asks else {"words": "month in words"}.get(step["order"], str(step["order"]))
    if name == "phone":
        return "country?" if asks else f"+ {step['country']}" if step.get("country") else "+ and digits"
    if name == "map":
        return counted(len(step["map"]), "value", "values")
    if name == "number":
        return "decimal sign?" if asks else f"decimal {step['decimal']}"
    if name == "case":
        return {"upper": "CAPITALS", "lower": "lower case", "title": "Title Case"}[str(step["to"])]
    return {"split": "one part", "rest": "rest", "empty": "empty words", "pad": "zeros"}.get(name, name)


def kind_words(group: Group, labels: Sequence[str]) -> str:
    """The title of a group of problems: "E-mail is not an address"."""
    if group.column < 0:
        return ROW_KINDS.get(group.code, group.message)
    words = KINDS.get(group.code)
    return f"{labels[group.column]} {words}" if words else group.message


def level_words(level: Level) -> str:
    """What a problem of this level means for its row."""
    return _MEANS[level]


def encoding_words(name: str) -> str:
    return dict(ENCODINGS).get(name, name)


def size_words(size: int) -> str:
    """Bytes as people say them: "1.4 MB"."""
    if size < 1_000:
        return f"{size:,} bytes"
    if size < 1_000_000:
        return f"{size / 1_000:.0f} KB"
    return f"{size / 1_000_000:,.1f} MB"


def revised_words(columns: Sequence[ColumnMap]) -> tuple[str, str]:
    """That the whole file gave another type to columns than their first rows did, and why."""
    kinds = [(column.header, TYPE_LABELS[column.type or Type.TEXT].lower()) for column in columns]
    if len(kinds) == 1:
        sentence = f"“{kinds[0][0]}” is sent as {kinds[0][1]} now."
    else:
        sentence = (
            f"{len(kinds)} columns are sent otherwise now: "
            + ", ".join(f"“{header}” as {kind}" for header, kind in kinds)
            + "."
        )
    because = columns[0].reason.partition(": ")[2]
    return sentence, f"{because} Its first rows fitted; the type can be chosen at Columns.".strip()


def compared_words(found: Compared, leaves_out: bool = False) -> str:
    """How the rows that would be sent stand to what earlier imports from here had confirmed; `leaves_out`:
    the unchanged ones are not sent again unless a person wants it before Send."""
    if not (found.unchanged or found.differ):
        return ""
    words = [f"{rows_words(found.unchanged)} {_were(found.unchanged)} confirmed before with the same values"]
    if found.differ:
        words.append(f"{found.differ:,} {'differs' if found.differ == 1 else 'differ'} now")
    if found.new:
        words.append(f"{found.new:,} {'is' if found.new == 1 else 'are'} new")
    last = " and " + words.pop() if len(words) > 1 else ""
    sentence = "Compared with earlier imports from here: " + ", ".join(words) + last + "."
    if leaves_out and found.unchanged:
        sentence += " What has not changed is left out, unless you choose otherwise at Send."
    return sentence


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def done_words(done: Done | None) -> str:
    """What an edit did, for the status line."""
    if done is None:
        return "There is nothing more to take back."
    return f"{done.label}. Kept." if done.cells or done.recheck else "That is what stands there already."
