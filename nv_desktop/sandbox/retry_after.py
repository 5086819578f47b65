"""The fourteen forms in which a server has been seen to say, or not to say, when to come back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from email.utils import formatdate

Values = tuple[str, ...]
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

# Values of the header, from the seconds asked for; () = no such header.
_VALUES: Mapping[str, Callable[[int], Values]] = {
    "seconds": lambda seconds: (str(seconds),),
    "date": lambda seconds: (formatdate(time.time() + seconds, usegmt=True),),
    "past_date": lambda seconds: (formatdate(time.time() - 3600, usegmt=True),),
    "negative": lambda seconds: (str(-seconds),),
    "huge": lambda seconds: ("9" * 30,),
    "float": lambda seconds: (f"{seconds + 0.5}",),
    "garbage": lambda seconds: ("soon, please",),
    "empty": lambda seconds: ("",),
    "missing": lambda seconds: (),
    "spaces": lambda seconds: (f"   {seconds}   ",),
    "unicode_digits": lambda seconds: (str(seconds).translate(ARABIC_DIGITS),),
    "twice": lambda seconds: (str(seconds), str(seconds + 1)),
    "hex": lambda seconds: (hex(seconds),),
    "in_body": lambda seconds: (),
}

FORMS: tuple[str, ...] = tuple(_VALUES)


def retry_after(form: str, seconds: int) -> tuple[tuple[tuple[str, str], ...], str]:
    """The headers of this form, and what it adds to the message in the body."""
    hint = f", retry after {seconds} seconds" if form == "in_body" else ""
    return tuple(("Retry-After", value) for value in _VALUES[form](seconds)), hint
