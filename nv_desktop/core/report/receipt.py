"""The receipt of a job: which file, to whom, how mapped, when, what became of it. No key, no customer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nv_desktop import __version__
from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Json
from nv_desktop.core.files import atomic_write
from nv_desktop.core.job import Job
from nv_desktop.core.job.ledger import Ledger


def receipt(job: Job) -> dict[str, Json]:
    """The receipt as it is now. Times are ISO 8601 in UTC, null where nothing was sent."""
    ledger = Ledger(job)
    try:
        counts, calls = ledger.counts(), ledger.calls()
    finally:
        ledger.close()
    source = job.meta("source", {})
    started, ended = job.db.execute("SELECT min(sent_at), max(answered_at) FROM batches").fetchone()
    return {
        "nv_receipt": 1,
        "application": f"NV Desktop {__version__}",
        "job": job.id,
        "created": job.meta("created"),
        "file": {name: source.get(name) for name in ("name", "sha256", "size", "format")}
        | {"name": _written(source.get("name"))},
        "sheet": (source.get("options") or {}).get("sheet"),
        "account": job.meta("sent_with"),
        "columns": _columns(job),
        "rows": job.row_count(),
        "counts": asdict(counts),
        "calls": calls,
        "started": _when(started),
        "ended": _when(ended),
        "stage": job.meta("stage"),
        "kind": job.meta("kind", "import"),
        "verified": _verified(job.meta("verified")),
    }


def _written(name: str | None) -> str | None:
    """A file's name as a text can hold it: some systems allow any bytes."""
    return None if name is None else name.encode("utf-8", "backslashreplace").decode()


def _columns(job: Job) -> list[dict[str, Any]]:
    try:
        columns = job.mapping().columns
    except BadFile:  # nobody has said yet where the columns go
        return []
    return [
        {
            "header": column.header,
            "field": column.target,
            "type": str(column.type) if column.type else None,
            "empty": column.empty,
            "steps": column.steps,
        }
        for column in columns
    ]


def _verified(told: dict[str, Any] | None) -> dict[str, Any] | None:
    """The last reading back (`core.upload.verify`): how many rows, and how many are not as they were sent."""
    return None if told is None else {**told, "at": _when(told["at"])}


def _when(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def write_receipt(job: Job, path: Path) -> None:
    """The receipt as a JSON file. Raises BadFile."""
    atomic_write(path, json.dumps(receipt(job), ensure_ascii=False, indent=1).encode())


def lines(told: Json, name: str = "") -> Iterator[tuple[str, str]]:
    """The receipt as (name, text) for a sheet: nested names with a dot."""
    if isinstance(told, dict):
        for inner, value in told.items():
            yield from lines(value, f"{name}.{inner}" if name else inner)
    elif isinstance(told, list):
        for number, value in enumerate(told, 1):
            yield from lines(value, f"{name}.{number}")
    else:
        yield name, "" if told is None else str(told)
