"""The child process that reads files and works on whole jobs, limited in memory and time.

The same executable runs hidden and talks JSON lines over its pipes: `{"task", "params"}` in, `{"progress"}`
and at last `{"done"}` or `{"error"}` out; `{"stop"}` in between. It ends when its input closes, so it never
outlives its parent. The protocol has descriptors of its own: a stray print goes nowhere.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from nv_desktop.core.errors import AppError, BadFile, Stopped, from_kind, place_of
from nv_desktop.core.files import reason
from nv_desktop.core.mailbox import Mailbox

Params = dict[str, Any]
Progress = Callable[[dict[str, Any]], None]
Task = Callable[[Params, Progress, threading.Event], dict[str, Any]]

# name -> where its function stands; imported when first called
TASKS: dict[str, str] = {
    "inspect": "nv_desktop.core.importing:inspect_task",
    "read": "nv_desktop.core.importing:read_task",
    "check": "nv_desktop.core.importing:check_task",
    "edit": "nv_desktop.core.importing:edit_task",
    "compare": "nv_desktop.core.errands:compare_task",
    "report": "nv_desktop.core.errands:report_task",
    "left_behind": "nv_desktop.core.left_behind:left_behind_task",
}

MEMORY = 1_536 * 1024 * 1024  # bytes of address space
STALL_SECONDS = 60.0  # without a word from the child
_POLL_SECONDS = 0.05
_GOODBYE_SECONDS = 2.0

# what the child needs of the environment; everything else may be somebody's secret
_KEPT = (
    "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "WINDIR",
    "SYSTEMDRIVE", "USERPROFILE", "LOCALAPPDATA", "APPDATA",
)  # fmt: skip


class Worker:
    """A child process for one caller after the other. Used as `with Worker() as worker:`; one call at a time.

    `memory` in bytes of address space (Linux only), `stall` in seconds without progress after which the child
    is killed. A child that died is replaced at the next call.
    """

    def __init__(self, *, memory: int = MEMORY, stall: float = STALL_SECONDS) -> None:
        self._memory = memory
        self._stall = stall
        self._child: _Child | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.end()
            self._child = None

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        return self._child.process.pid if self._child is not None else None

    def call(
        self,
        task: str,
        params: Params,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> dict[str, Any]:
        """Have a task done; its result. Raises what the task raised, by kind.

        A child that crashes, is killed or says nothing for too long raises BadFile; `stop` raises Stopped.
        """
        if self._child is None or not self._child.alive:
            self.close()
            self._child = _Child(self._memory)
        child = self._child
        child.say({"task": task, "params": params})
        answered = False
        try:
            message = self._listen(child, progress, stop)
            answered = "ended" not in message
        finally:
            if not answered:  # what this child may still say must not be taken for the next call's answer
                self.close()
        if "done" in message:
            return dict(message["done"])
        raise _reported(message)

    def _listen(
        self, child: _Child, progress: Progress | None, stop: threading.Event | None
    ) -> dict[str, Any]:
        """The child's last message about this call."""
        heard = time.monotonic()
        stopping = False
        while True:
            if stop is not None and stop.is_set() and not stopping:
                stopping = True
                child.say({"stop": True})
            message = child.hear(_POLL_SECONDS)
            if message is None:
                if time.monotonic() - heard > self._stall:
                    child.kill()
                    raise BadFile(
                        "The file could not be read: nothing moved for a minute.", READING_REMEDY, "stalled"
                    )
                continue
            heard = time.monotonic()
            if "progress" not in message:
                return message
            if progress is not None:
                progress(message["progress"])


READING_REMEDY = "Save it again as .xlsx or .csv in the program it came from, then try once more."


def _reported(message: dict[str, Any]) -> AppError:
    error = message.get("error")
    if error is None:
        code = message.get("ended")
        return BadFile(
            "The file could not be read safely: reading it broke off. Nothing was sent.",
            READING_REMEDY,
            f"the reading process ended with {code}",
        )
    return from_kind(error["kind"], error["message"], error["remedy"], error["detail"])


class _Child:
    """The process and a thread that listens to it."""

    def __init__(self, memory: int) -> None:
        try:
            self.process = subprocess.Popen(  # noqa: S603  our own executable, no shell, no word of a person's
                [*command(), str(memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a traceback could hold a customer's data
                env=environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                close_fds=True,
            )
        except OSError as error:
            raise AppError(
                f"The process that reads files could not be started: {reason(error)}.",
                "Close other programs, then try again.",
                f"errno {error.errno}",
            ) from error
        self._heard: Mailbox[dict[str, Any]] = Mailbox()
        self._listener = threading.Thread(target=self._listen, name="worker-pipe", daemon=True)
        self._listener.start()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def say(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):  # a child that is gone is noticed by listening
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()

    def hear(self, seconds: float) -> dict[str, Any] | None:
        return self._heard.get(seconds)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                self._heard.put(json.loads(line))
            except ValueError:  # half a line: the child died while it spoke
                break
        self._heard.put({"ended": self.process.wait()})

    def kill(self) -> None:
        self.process.kill()

    def end(self) -> None:
        """Close its input, which ends it; kill it when it does not obey."""
        assert self.process.stdin is not None and self.process.stdout is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._listener.join()
        self.process.stdout.close()


def command() -> list[str]:
    """How the child is started: the frozen executable itself, or this Python on this module.

    `-P`: a file beside the person's spreadsheet is never imported as a module.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, "__worker"]
    return [sys.executable, "-P", "-X", "utf8", "-m", "nv_desktop.core.worker"]


def environment() -> dict[str, str]:
    """The child's environment: only what it needs."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    if not getattr(sys, "frozen", False):
        kept["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    return kept


# --- in the child ---------------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """The child's whole life. `arguments`: bytes of address space."""
    source, sink = _own_pipes()
    _limit_memory(int(arguments[0]) if arguments else MEMORY)
    gc.disable()  # rows make no cycles; looking for some costs a quarter of the time
    stop = threading.Event()
    asked: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(source, asked, stop), daemon=True).start()
    while (request := asked.get()) is not None:
        answer = _answer(request, lambda progress: _write(sink, {"progress": progress}), stop)
        _write(sink, answer)
        gc.collect()
    return 0


def _own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Stdin and stdout for the protocol alone: what others read or print goes to nowhere."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return source, sink


def _limit_memory(limit: int) -> None:
    if sys.platform == "linux" and limit > 0:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _read_requests(
    source: IO[bytes], asked: queue.SimpleQueue[dict[str, Any] | None], stop: threading.Event
) -> None:
    for line in source:
        message = json.loads(line)
        if "stop" in message:
            stop.set()
        else:
            stop.clear()
            asked.put(message)
    os._exit(0)  # the parent is gone, or wants no more: in the middle of a task, too


def _write(sink: IO[bytes], message: dict[str, Any]) -> None:
    try:
        sink.write(json.dumps(message).encode() + b"\n")
        sink.flush()
    except OSError:
        os._exit(0)  # nobody listens


def _answer(request: dict[str, Any], progress: Progress, stop: threading.Event) -> dict[str, Any]:
    try:
        return {"done": _task(request["task"])(request["params"], progress, stop)}
    except AppError as error:
        return _error(error)
    except MemoryError:
        return _error(
            BadFile(
                "The file needs more memory than reading may use, so it was not read.",
                "Save it as .csv, or split it into smaller files.",
            )
        )
    except Exception as error:  # noqa: BLE001  whatever a hostile file provokes must reach the parent as words
        sentence = "The file could not be read safely. Nothing was sent."
        return _error(BadFile(sentence, READING_REMEDY, place_of(error)))


def _error(error: AppError) -> dict[str, Any]:
    return {
        "error": {
            "kind": error.kind,
            "message": error.message,
            "remedy": error.remedy,
            "detail": error.detail,
        }
    }


def _task(name: str) -> Task:
    module, _, function = TASKS[name].partition(":")
    task: Task = getattr(importlib.import_module(module), function)
    return task


def stopped() -> Stopped:
    """What a task raises when its stop event is set."""
    return Stopped("It was stopped.", "Start it again when you like.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
