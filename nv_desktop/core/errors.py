"""What can go wrong, each kind with one sentence for a person and what to do next."""

from __future__ import annotations

from pathlib import Path


class AppError(Exception):
    """Something a person must hear about.

    `message` says what happened and what it means, `remedy` what to do, `detail` (never shown by
    itself, never holding a key or a customer's data) helps whoever looks into it.
    """

    def __init__(self, message: str, remedy: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    @property
    def kind(self) -> str:
        """The name of the class: travels over the worker's pipe, see `from_kind`."""
        return type(self).__name__


class Offline(AppError):
    """The server was not reached and nothing was handed over: it can simply be tried again."""


class Refused(AppError):
    """The key or the brand is not accepted; the same call will be refused again."""


class NotFound(AppError):
    """No profile (job, account, recipe) has this name."""


class Rejected(AppError):
    """The server, or a rule of ours, did not take a value."""


class SlowDown(AppError):
    """Too many calls: `retry_after` seconds must pass first (None when nobody said how long)."""

    def __init__(
        self, message: str, remedy: str = "", detail: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, remedy, detail)
        self.retry_after = retry_after


class Unclear(AppError):
    """The outcome is unknown: the call may have been applied."""


class BadFile(AppError):
    """A file that cannot be read, or not as asked."""


class NoKeyring(AppError):
    """The operating system's keyring cannot be used: absent, locked, denied or too small."""


class Busy(AppError):
    """Another window or command holds this job, or this data folder."""


class Stopped(AppError):
    """The person stopped it; nothing is wrong."""


KINDS: dict[str, type[AppError]] = {
    kind.__name__: kind
    for kind in (
        AppError,
        Offline,
        Refused,
        NotFound,
        Rejected,
        SlowDown,
        Unclear,
        BadFile,
        NoKeyring,
        Busy,
        Stopped,
    )
}


def from_kind(kind: str, message: str, remedy: str = "", detail: str = "") -> AppError:
    """The error that another process reported by name; an unknown name gives the plain `AppError`."""
    return KINDS.get(kind, AppError)(message, remedy, detail)


def place_of(error: BaseException) -> str:
    """The kind of an unforeseen error and its place, without its text: that may quote a customer."""
    trace = error.__traceback__
    places = []
    while trace is not None:
        places.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' > '.join(places[-4:])}"
