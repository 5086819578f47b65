"""Which texts stand in a column, and how often: what a person's decision about the column is based on."""

from __future__ import annotations

from nv_desktop.core.job.connections import reading
from nv_desktop.core.job.job import Job

MOST = 20_000  # different texts; those of a million phone numbers would take seconds to judge


def texts(job: Job, column: int, most: int = MOST) -> list[tuple[str, int]]:
    """The different texts of a column with their number of cells, the most frequent first. Empty ones too.

    Blocks: about a second for a million rows.
    """
    with reading():
        found = job.db.execute(
            f"SELECT c{column:d}, count(*) FROM rows GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?", (most,)
        )
        return [(text, number) for text, number in found]
