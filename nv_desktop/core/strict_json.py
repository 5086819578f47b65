"""JSON from a server, read so that nothing half, doubled or impossible passes for an answer."""

from __future__ import annotations

import json
import math
import re
from typing import NoReturn

from nv_desktop.core.fields import Json

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class UnreadableError(ValueError):
    """The bytes are not the JSON of an answer. The text says why and quotes nothing of them."""


def read(data: bytes) -> Json:
    """The one JSON value in UTF-8 that the bytes hold. Raises UnreadableError.

    Refused beside what `json` refuses: a name twice in one object, NaN and Infinity, numbers beyond a
    float, another encoding, a byte order mark, half a character, depth beyond the interpreter's.
    """
    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # refuses half a character
    except UnreadableError:
        raise
    except UnicodeDecodeError:
        raise UnreadableError("it is not UTF-8") from None
    except UnicodeEncodeError:
        raise UnreadableError("it holds half a character") from None
    except RecursionError:
        raise UnreadableError("it is nested too deeply") from None
    except ValueError:
        raise UnreadableError("it is not whole JSON") from None
    return value


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise UnreadableError("a name stands twice in it")
    return value


def _no_constant(name: str) -> NoReturn:
    raise UnreadableError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise UnreadableError("a number in it is too large")
    return number
