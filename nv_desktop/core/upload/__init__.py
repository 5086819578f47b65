"""The upload engine: rows of a job document out to the server, each in exactly one true state at any moment.

upload = Upload(job, client, options=UploadOptions(window=16))
last = upload.run(show)          # blocks; upload.pause(), .go_on(), .stop() from any thread
"""

from nv_desktop.core.upload.engine import Upload
from nv_desktop.core.upload.options import OldUnknown, UploadOptions
from nv_desktop.core.upload.progress import Progress, Stage
from nv_desktop.core.upload.safety import Safety

__all__ = ["OldUnknown", "Progress", "Safety", "Stage", "Upload", "UploadOptions"]
