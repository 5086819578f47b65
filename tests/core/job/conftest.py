"""Jobs made of plain lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from nv_desktop.core.fields import Type
from nv_desktop.core.job import Job, create
from nv_desktop.core.mapping import ColumnMap, Mapping, default_steps
from nv_desktop.core.sheet import Row

MakeJob = Callable[..., Job]


@pytest.fixture
def make_job(tmp_path: Path) -> Iterator[MakeJob]:
    """make_job(header, rows, duplicates="stop", check=True): a job of these texts.

    Each column feeds the field that it is named after; row numbers begin at 2."""
    made: list[Job] = []

    def make(
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        duplicates: str = "stop",
        check: bool = True,
    ) -> Job:
        job = create(tmp_path / "jobs", {"name": "list"})
        made.append(job)
        job.start_reading(list(header))
        job.add_rows(Row(number, list(cells)) for number, cells in enumerate(rows, 2))
        job.finish_reading()
        columns = [
            ColumnMap(index, text, text, Type.TEXT, steps=default_steps(text))
            for index, text in enumerate(header)
        ]
        job.set_mapping(Mapping(columns, duplicates))
        if check:
            job.check()
        return job

    yield make
    for job in made:
        job.close()
