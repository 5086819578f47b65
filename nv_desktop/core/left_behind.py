"""The rows of a checked import that will not be sent, as a workbook of their own, written in the worker."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

from nv_desktop.core.errors import BadFile
from nv_desktop.core.job import PageRow, open_job
from nv_desktop.core.report import ALL, Written, write
from nv_desktop.core.worker import READING_REMEDY, Params, Progress, Worker, stopped

STALL_SECONDS = 600.0  # our own document; the last step of a long workbook is silent


def save_left_behind(job: Path, target: Path, stop: Event | None = None) -> Written:
    """Original columns, row numbers and reasons of the rows that stay behind. Raises Stopped, BadFile;
    then nothing is written."""
    with Worker(stall=STALL_SECONDS) as worker:
        try:
            done = worker.call("left_behind", {"job": str(job), "target": str(target)}, None, stop)
        except BadFile as error:
            if error.remedy == READING_REMEDY:  # the worker's own words speak of reading a spreadsheet
                raise BadFile("Writing the workbook broke off; nothing was written.", "Try again.") from error
            raise
    side = done["side_file"]
    return Written(Path(done["path"]), done["rows"], Path(side) if side else None, done["sentences"])


def left_behind_task(params: Params, progress: Progress, stop: Event) -> dict[str, Any]:
    """{"job", "target"} → what was written."""
    job = open_job(Path(params["job"]))

    def tell(rows: int) -> None:
        if stop.is_set():
            raise stopped()
        progress({"rows": rows})

    try:
        done = write(job, Path(params["target"]), ALL, tell, only=_stays)
    finally:
        job.close()
    return {
        "path": str(done.path),
        "rows": done.rows,
        "side_file": str(done.side_file) if done.side_file else None,
        "sentences": done.sentences,
    }


def _stays(row: PageRow) -> bool:
    return not row.send
