"""The engine that fits a document: an upload for an import or an undo, a delete for a list to be deleted."""

from __future__ import annotations

from nv_desktop.core.api import Client
from nv_desktop.core.history import History
from nv_desktop.core.job import Job
from nv_desktop.core.upload.deleting import Deleting
from nv_desktop.core.upload.engine import Upload
from nv_desktop.core.upload.options import DELETE, KIND, UploadOptions


def engine_for(job: Job, client: Client, history: History, options: UploadOptions | None = None) -> Upload:
    """`history` holds the shelf."""
    if job.meta(KIND) == DELETE:
        return Deleting(job, client, history, options=options)
    return Upload(job, client, options=options)
