"""The table of faults: what each does to an answer, and to what the store is told to apply."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from nv_desktop.sandbox.retry_after import FORMS, retry_after
from nv_desktop.sandbox.wire import Delivery, Reply

Params = Mapping[str, Any]
ANSWER_PHASES = ("in_answer", "after_apply", "after_read", "before_read")
REPLACING_PHASES = ("after_read", "after_apply", "in_answer", "before_read")
APPLYING_PHASES = ("after_apply", "in_answer", "after_read")
NOWHERE = "http://127.0.0.1:9/elsewhere"  # the discard port: nobody listens
JSON_HEADERS = Reply(200, b"").headers
HTML_HEADERS = (("Content-Type", "text/html; charset=utf-8"),)
PORTAL = "<!DOCTYPE html><html><title>Sign in</title><body>Please sign in to use this network.</body></html>"


@dataclass(frozen=True, slots=True)
class Context:
    """What a fault has to work with: the users of the call and the honest reply."""

    call: str
    user_ids: Sequence[str]
    honest: Reply
    phase: str
    chance: random.Random


@dataclass(frozen=True, slots=True)
class Applying:
    """What reaches the store: the first `rows` users (None: all), now or `later` seconds after the answer."""

    rows: int | None = None
    later: float | None = None


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A row of the table. The first of `phases` is the default; `params` are names with their defaults."""

    name: str
    phases: tuple[str, ...]
    answer: Callable[[Params, Context], Delivery]
    params: Params = field(default_factory=dict)
    choices: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    applying: Callable[[Params, int], Applying] = lambda params, rows: Applying()
    concerns: Callable[[Params, Sequence[str]], bool] = lambda params, user_ids: True

    def check(self, given: Params) -> Params:
        """The parameters with defaults filled in; raises ValueError for unknown names, kinds and choices."""
        for name, value in given.items():
            if name not in self.params:
                raise ValueError(f"unknown parameter {name!r}; known: {', '.join(self.params) or 'none'}")
            default = self.params[name]
            like = OPTIONAL.get(name, value) if default is None else default
            if not (default is None and value is None) and not _same_kind(like, value):
                raise ValueError(f"{name} must be like {like!r}")
            if name in self.choices and value not in self.choices[name]:
                raise ValueError(f"{name} must be one of {list(self.choices[name])}")
        return {**self.params, **given}


# What a parameter looks like that is None unless it is given; the others may be any value.
OPTIONAL: Mapping[str, object] = {"byte": 0, "seconds": 0.0, "contains": "", "location": ""}


def _same_kind(default: object, value: object) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    return isinstance(value, type(default))


def _text(value: object) -> bytes:
    """A literal body: text word for word, any other value as JSON."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else json.dumps(value).encode()


def _changed(honest: Reply, **changes: object) -> Reply:
    """The honest reply's body with some members changed (None: left out); a refusal stays as it is."""
    body = json.loads(honest.body)
    if body.get("status") != "success":
        return honest
    body.update(changes)
    kept = {name: value for name, value in body.items() if value is not None}
    return replace(honest, body=json.dumps(kept).encode())


def _status(params: Params, context: Context) -> Delivery:
    status = params["status"]
    body = params["body"]
    if body is None:
        body = {"status": "error", "message": f"Simulated answer {status}", "status_code": str(status)}
    headers = (*JSON_HEADERS, *params["headers"].items())
    return Delivery(Reply(status, b"" if status in (204, 304) else _text(body), headers))


def _body(params: Params, context: Context) -> Delivery:
    content_type = (("Content-Type", params["content_type"]),)
    return Delivery(Reply(params["status"], _text(params["body"]), content_type))


def _json_file(params: Params, context: Context) -> Delivery:
    return Delivery(Reply(params["status"], Path(params["file"]).read_bytes()))


def _queued(params: Params, context: Context) -> Delivery:
    changes: dict[str, object] = {"status": "queued"}
    if not params["ids"]:
        changes["userIDs"] = None
    return Delivery(_changed(context.honest, **changes))


def _processed(params: Params, context: Context) -> Delivery:
    told = params["processed"]
    changes: dict[str, object] = {
        "processed": len(context.user_ids) + params["delta"] if told is None else told
    }
    if not params["ids"]:
        changes["userIDs"] = None
    return Delivery(_changed(context.honest, **changes))


ID_MODES: Mapping[str, Callable[[list[str], int], list[str] | None]] = {
    "fewer": lambda ids, count: ids[: max(0, len(ids) - count)],
    "more": lambda ids, count: [*ids, *(f"stranger-{number}@example.com" for number in range(1, count + 1))],
    "reordered": lambda ids, count: ids[::-1],
    "case": lambda ids, count: [user_id.swapcase() for user_id in ids],
    "twice": lambda ids, count: [*ids, *ids[:count]],
    "others": lambda ids, count: [f"stranger-{number}@example.com" for number in range(1, len(ids) + 1)],
    "none": lambda ids, count: [],
    "missing": lambda ids, count: None,
}


def _ids(params: Params, context: Context) -> Delivery:
    ids = ID_MODES[params["mode"]](list(context.user_ids), params["count"])
    return Delivery(_changed(context.honest, userIDs=ids))


def _too_many(params: Params, context: Context) -> Delivery:
    headers, hint = retry_after(params["form"], params["seconds"])
    message = params["message"] + hint
    body = {"status": "error", "message": message, "status_code": "429"}
    status = 200 if params["as_200"] else 429
    return Delivery(Reply(status, json.dumps(body).encode(), (*JSON_HEADERS, *headers)))


def _cut(params: Params, context: Context) -> Delivery:
    of_body = params["of"] == "body"
    byte = params["byte"]
    at = len(context.honest.body) // 2 if byte is None else byte
    return Delivery(
        context.honest,
        chunked=params["framing"] == "chunked",
        cut_at=at,
        cut_in_body=of_body or byte is None,
        ending=params["ending"],
    )


def _drip(params: Params, context: Context) -> Delivery:
    chunked = params["framing"] == "chunked"
    return Delivery(context.honest, chunked=chunked, bytes_per_second=params["bytes_per_second"])


def _garbage(params: Params, context: Context) -> Delivery:
    noise = context.chance.randbytes(params["bytes"])
    if params["of"] == "answer":
        return Delivery(context.honest, raw=noise, ending="fin")
    return Delivery(Reply(200, noise))


def _gzip_lie(params: Params, context: Context) -> Delivery:
    """Says gzip and is not, or is gzip and damaged or cut."""
    packed = gzip.compress(context.honest.body)
    body = {
        "plain": context.honest.body,
        "truncated": packed[: len(packed) // 2],
        "corrupt": packed[:-8] + bytes(byte ^ 0xFF for byte in packed[-8:]),
        "unsaid": packed,
    }[params["mode"]]
    told = () if params["mode"] == "unsaid" else (("Content-Encoding", "gzip"),)
    return Delivery(replace(context.honest, body=body, headers=(*context.honest.headers, *told)))


@lru_cache(maxsize=2)
def _bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    block = b" " * (1024 * 1024)
    parts = [packer.compress(block) for _ in range(size // len(block))]
    parts.append(packer.compress(b" " * (size % len(block)) + b'{"status": "success"}'))
    return b"".join(parts) + packer.flush()


def _gzip_bomb(params: Params, context: Context) -> Delivery:
    headers = (*JSON_HEADERS, ("Content-Encoding", "gzip"))
    return Delivery(Reply(200, _bomb(params["size"]), headers))


def _length_lie(params: Params, context: Context) -> Delivery:
    declared = max(0, len(context.honest.body) + params["by"])
    return Delivery(context.honest, declared=declared, ending=params["ending"])


def _nothing(ending: str) -> Callable[[Params, Context], Delivery]:
    return lambda params, context: Delivery(context.honest, silent=True, ending=ending)


def _black_hole(params: Params, context: Context) -> Delivery:
    if context.phase == "in_answer":  # begins to answer, and never goes on
        half = len(context.honest.body) // 2
        return Delivery(context.honest, cut_at=half, cut_in_body=True, ending="hang")
    return Delivery(context.honest, silent=True, ending="hang")


def _rst(params: Params, context: Context) -> Delivery:
    if context.phase == "in_answer":
        half = len(context.honest.body) // 2
        return Delivery(context.honest, cut_at=half, cut_in_body=True, ending="rst")
    return Delivery(context.honest, silent=True, ending="rst")


def _partly_told(params: Params, context: Context) -> Delivery:
    """The answers of `late_apply` and `apply_half`."""
    told = params["answer"]
    if told == "cut":
        return Delivery(context.honest, silent=True, ending="fin")
    if told == "success":
        return Delivery(context.honest)
    if told == "half":
        done = list(context.user_ids)[: len(context.user_ids) // 2]
        return Delivery(_changed(context.honest, userIDs=done, processed=len(done)))
    body = {"status": "error", "message": "Something went wrong", "status_code": "500"}
    return Delivery(Reply(500, json.dumps(body).encode()))


def _bad_users(params: Params, user_ids: Sequence[str]) -> list[str]:
    named = set(params["userIDs"])
    part = params["contains"]
    return [user_id for user_id in user_ids if user_id in named or (part is not None and part in user_id)]


def _refuse_batch(params: Params, context: Context) -> Delivery:
    bad = _bad_users(params, context.user_ids)[0]
    message = params["message"] + (f" for userID {bad}" if params["names_row"] else "")
    body = {"status": "error", "message": message, "status_code": "403"}
    return Delivery(Reply(params["status"], json.dumps(body).encode()))


def _redirect(params: Params, context: Context) -> Delivery:
    headers = (("Location", params["location"]), *HTML_HEADERS)
    return Delivery(Reply(params["status"], b"", headers))


def _html(params: Params, context: Context) -> Delivery:
    location = () if params["location"] is None else (("Location", params["location"]),)
    return Delivery(Reply(params["status"], params["body"].encode(), (*HTML_HEADERS, *location)))


FRAMINGS = ("length", "chunked")
ENDINGS = ("fin", "rst")

TABLE: tuple[FaultKind, ...] = (
    FaultKind("status", REPLACING_PHASES, _status, {"status": 500, "body": None, "headers": {}}),
    FaultKind(
        "body",
        ("in_answer", "after_apply", "after_read"),
        _body,
        {"body": None, "status": 200, "content_type": "application/json"},
    ),
    FaultKind("json", ("in_answer", "after_apply", "after_read"), _json_file, {"file": "", "status": 200}),
    FaultKind(
        "queued",
        APPLYING_PHASES,
        _queued,
        {"ids": True, "seconds": None},
        applying=lambda params, rows: Applying(later=params["seconds"]),
    ),
    FaultKind("processed", APPLYING_PHASES, _processed, {"processed": None, "delta": -1, "ids": True}),
    FaultKind("ids", APPLYING_PHASES, _ids, {"mode": "fewer", "count": 1}, {"mode": tuple(ID_MODES)}),
    FaultKind(
        "429",
        REPLACING_PHASES,
        _too_many,
        {"form": "seconds", "seconds": 1, "as_200": False, "message": "Rate limit exceeded"},
        {"form": FORMS},
    ),
    FaultKind(
        "cut",
        ANSWER_PHASES[:3],
        _cut,
        {"byte": None, "of": "answer", "ending": "fin", "framing": "length"},
        {"of": ("answer", "body"), "ending": ENDINGS, "framing": FRAMINGS},
    ),
    FaultKind(
        "drip",
        ANSWER_PHASES[:3],
        _drip,
        {"bytes_per_second": 20.0, "framing": "length"},
        {"framing": FRAMINGS},
    ),
    FaultKind("garbage", ANSWER_PHASES, _garbage, {"bytes": 300, "of": "answer"}, {"of": ("answer", "body")}),
    FaultKind(
        "gzip_lie",
        ANSWER_PHASES[:3],
        _gzip_lie,
        {"mode": "plain"},
        {"mode": ("plain", "truncated", "corrupt", "unsaid")},
    ),
    FaultKind("gzip_bomb", ANSWER_PHASES[:3], _gzip_bomb, {"size": 300 * 1024 * 1024}),
    FaultKind(
        "length_lie",
        ANSWER_PHASES[:3],
        _length_lie,
        {"by": 10, "ending": "fin"},
        {"ending": (*ENDINGS, "keep", "hang")},
    ),
    FaultKind("refuse", ("before_read",), _nothing("fin")),
    FaultKind("black_hole", ("after_read", "before_read", "after_apply", "in_answer"), _black_hole),
    FaultKind("rst", ("after_apply", "before_read", "after_read", "in_answer"), _rst),
    FaultKind(
        "late_apply",
        ("after_apply",),
        _partly_told,
        {"seconds": 1.0, "answer": "cut"},
        {"answer": ("cut", "success", "error")},
        applying=lambda params, rows: Applying(later=params["seconds"]),
    ),
    FaultKind(
        "apply_half",
        ("after_apply",),
        _partly_told,
        {"answer": "cut"},
        {"answer": ("cut", "success", "error", "half")},
        applying=lambda params, rows: Applying(rows=rows // 2),
    ),
    FaultKind(
        "refuse_batch",
        ("after_read",),
        _refuse_batch,
        {
            "userIDs": [],
            "contains": None,
            "names_row": False,
            "message": "A record is not valid",
            "status": 200,
        },
        concerns=lambda params, user_ids: bool(_bad_users(params, user_ids)),
    ),
    FaultKind("redirect", REPLACING_PHASES, _redirect, {"status": 302, "location": NOWHERE}),
    FaultKind("html", REPLACING_PHASES, _html, {"status": 200, "body": PORTAL, "location": None}),
)

KINDS: Mapping[str, FaultKind] = {kind.name: kind for kind in TABLE}
