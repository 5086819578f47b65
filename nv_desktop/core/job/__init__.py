"""The job document: an import as one file that holds its rows, its check, its edits and what was sent."""

from nv_desktop.core.job.document import documents, find, remove
from nv_desktop.core.job.edits import Action, Done
from nv_desktop.core.job.filters import Filter, Sort
from nv_desktop.core.job.job import Job, create, open_job
from nv_desktop.core.job.lock import JobLock, is_locked
from nv_desktop.core.job.paging import PageRow
from nv_desktop.core.job.replacing import Replacement
from nv_desktop.core.job.summary import Group, Quality, Totals

__all__ = [
    "Action",
    "Done",
    "Filter",
    "Group",
    "Job",
    "JobLock",
    "PageRow",
    "Quality",
    "Replacement",
    "Sort",
    "Totals",
    "create",
    "documents",
    "find",
    "is_locked",
    "open_job",
    "remove",
]
