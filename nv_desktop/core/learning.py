"""People that an import wrote become people known here, found by name, e-mail or number."""

from __future__ import annotations

from nv_desktop.core.history import History
from nv_desktop.core.job import Job
from nv_desktop.core.job.connections import reading
from nv_desktop.core.job.ledger import State

MOST = 5_000  # people of one import; more would make every search slow for people nobody calls about


def learn_people(job: Job, history: History, account_id: str, most: int = MOST) -> int:
    """Remember the first `most` people whose rows were confirmed; how many. Blocks; raises AppError."""
    with reading():
        rows = [
            row
            for (row,) in job.db.execute(
                "SELECT row FROM ledger WHERE state = ? ORDER BY row LIMIT ?", (int(State.CONFIRMED), most)
            )
        ]
    people = [
        (converted.user_id, converted.attributes)
        for _, _, converted in job.iter_converted(rows)
        if converted.user_id is not None
    ]
    if people:
        history.people.remember(account_id, people)
    return len(people)
