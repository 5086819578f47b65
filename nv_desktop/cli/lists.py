"""`delete --file` and `restore --job`: users of a list deleted in a job of their own, and put back."""

from __future__ import annotations

import argparse

from nv_desktop.cli import DONE, IN_PART, NOT_AT_ALL
from nv_desktop.cli.running import report, run
from nv_desktop.cli.say import Ticker, aside, confirmed_by_count, duration, line
from nv_desktop.cli.session import Session, says_account
from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import Rejected
from nv_desktop.core.history import History
from nv_desktop.core.job import Job, find, open_job, remove
from nv_desktop.core.limiter import RATE
from nv_desktop.core.upload.deleting import make_delete_job, price
from nv_desktop.core.upload.id_list import job_of_file
from nv_desktop.core.upload.restoring import on_shelf, restore_all


def delete_list(session: Session, account: Account, options: argparse.Namespace) -> int:
    """Delete the users of `options.file`: a job with result, pause and resume. Raises Rejected, BadFile."""
    job = make_delete_job(job_of_file(options.file, session.paths, account), not options.keep_nothing)
    try:
        _ask(job, account, options)
    except BaseException:
        job.close()
        remove(job.path)
        raise
    try:
        with session.client(account) as client:
            outcome = run(job, client, session, options)
        outcome.tell(options.json)
        if not options.json and not options.keep_nothing and outcome.last.confirmed:
            line(f"Copies are kept. To put all back: restore --job {job.id}")
        report(job, options)
        return outcome.code
    finally:
        job.close()


def _ask(job: Job, account: Account, options: argparse.Namespace) -> None:
    cost = price(job, RATE)
    if not cost.users:
        raise Rejected("There is no user ID in this file that can be deleted.", "Look at its columns.")
    aside(
        f"{cost.users:,} users, {cost.left_out:,} other rows stay behind; {cost.calls:,} calls, at least"
        f" {duration(cost.seconds)}."
    )
    question = f"Delete {cost.users:,} users of {says_account(account)}?"
    if not options.yes and not confirmed_by_count(question, cost.users):
        raise Rejected("Nothing was deleted.", "Add --yes to delete without asking.")


def restore_list(session: Session, account: Account, history: History, job_id: str) -> int:
    """Put back from the shelf what a delete by list took away."""
    job = open_job(find(session.paths.jobs, job_id))
    try:
        places = on_shelf(job, account.id, history)
    finally:
        job.close()
    if not places:
        raise Rejected("No copy of this list is on the shelf.", "Were they restored already?")
    ticker = Ticker()
    with session.client(account) as client:
        done = restore_all(
            client, history, places, lambda ready, of: ticker.tick(f"{ready:,} of {of:,} profiles")
        )
    ticker.done()
    for user_id, why in done.failed:
        aside(f"{user_id}: {why}")
    back = done.restored + done.accepted
    line(f"{back:,} of {len(places):,} profiles are back. {done.message}")
    return DONE if back == len(places) else IN_PART if back else NOT_AT_ALL
