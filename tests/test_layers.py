"""Who may import whom, and who may start threads: read from the sources, so that no import has to happen."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = "nv_desktop"
ROOT = Path(__file__).resolve().parents[1]
STANDARD = frozenset(sys.stdlib_module_names)
CHOSEN = frozenset(
    {
        *("requests", "truststore", "keyring", "secretstorage", "platformdirs", "python_calamine", "xlrd"),
        *("charset_normalizer", "phonenumbers", "xlsxwriter"),
        # Inside requests and SecretStorage; their errors are ours to catch.
        *("urllib3", "jeepney"),
    }
)
QT = frozenset({"PySide6", "shiboken6", "qtawesome"})


@dataclass(frozen=True)
class Room:
    """What the modules under `name` may import: rooms of the project, top-level names of others."""

    name: str
    rooms: tuple[str, ...]
    others: frozenset[str]


CORE, SANDBOX, GUI, CLI, APP, MAIN = (
    f"{PACKAGE}.{name}" for name in ("core", "sandbox", "gui", "cli", "app", "__main__")
)
# The first that fits a module decides. The bare package (its version) is open to all.
ROOMS = (
    Room(CORE, (CORE,), STANDARD | CHOSEN),
    Room(SANDBOX, (SANDBOX,), STANDARD),
    Room(GUI, (CORE, GUI), (STANDARD - {"sqlite3", "_sqlite3"}) | QT),
    Room(CLI, (CORE, CLI), STANDARD),
    Room(APP, (CORE, GUI, SANDBOX, APP), STANDARD | CHOSEN | QT),
    Room(MAIN, (PACKAGE,), STANDARD | CHOSEN | QT),
    Room(PACKAGE, (), STANDARD),
)

# A string "module:function" is an import too.
BY_NAME = re.compile(rf"({PACKAGE}[\w.]*):\w+")

# Entrances: nobody imports them but those named.
ENTRANCES = {MAIN: (), APP: (MAIN,), CLI: (MAIN,)}

THREAD_STARTERS = frozenset(
    {
        *("threading.Thread", "threading.Timer", "_thread.start_new_thread", "asyncio.to_thread"),
        *("concurrent.futures.ThreadPoolExecutor", "concurrent.futures.thread.ThreadPoolExecutor"),
        *("multiprocessing.pool.ThreadPool", "multiprocessing.dummy.Pool"),
        *(f"PySide6.QtCore.{name}" for name in ("QThread", "QThreadPool", "QRunnable")),
        "PySide6.QtCore.QThreadPool.globalInstance",
    }
)
# Where threads may start; each with its reason. The sandbox is a server in a process of its own and is free.
MAY_START_THREADS = {
    "nv_desktop.core.upload": "the engine's one bounded pool for its calls",
    "nv_desktop.core.keys": "a call to the keyring can block for ever, so it runs beside a time limit",
    "nv_desktop.core.demo": "a child that never says its address would block the read of its pipe for ever",
    "nv_desktop.core.side_by_side": "two processes at one job; a thread waits for the second",
    "nv_desktop.core.worker": "a pipe is read beside the work, or a full pipe would stop both sides",
    "nv_desktop.core.wire": "the look-up of a host's name cannot be broken off, only left behind",
    "nv_desktop.gui.tasks": "all that the window needs in the background",
}


@dataclass(frozen=True)
class Source:
    module: str
    tree: ast.Module
    is_package: bool


def read_sources(root: Path) -> list[Source]:
    """Every module of the package below `root`."""
    sources = []
    for path in sorted((root / PACKAGE).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        module = ".".join(parts[:-1] if is_package else parts)
        sources.append(Source(module, ast.parse(path.read_text(encoding="utf-8"), str(path)), is_package))
    return sources


def absolute(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = source.module.split(".")
    keep = len(parts) - node.level + (1 if source.is_package else 0)
    return ".".join([*parts[:keep], *([node.module] if node.module else [])])


def imports(source: Source, modules: set[str]) -> Iterator[tuple[str, int]]:
    """(module, line) of every import, wherever it stands: in functions and for type checkers too."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = absolute(source, node)
            for alias in node.names:
                full = f"{origin}.{alias.name}"
                yield (full if full in modules else origin), node.lineno
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func).rpartition(".")[2]
            if called in ("import_module", "__import__"):
                yield str(node.args[0].value), node.lineno
        elif isinstance(node, ast.Constant) and (named := BY_NAME.fullmatch(str(node.value))):
            yield named[1], node.lineno


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(room + ".")


def room_of(module: str) -> Room:
    return next(room for room in ROOMS if within(module, room.name))


# A page and the folder of its parts. What is shown of a job serves the pages that lead to jobs, too.
PAGES = {
    **{"people_page": "people", "import_page": "importing", "job_page": "job", "history_page": "history"},
    **{"accounts_page": "accounts", "settings_page": "settings"},
}
MAY_USE_PARTS = {("history", "job"), ("people", "job")}


def page_of(module: str) -> str | None:
    """The page that a module of gui belongs to: `gui.people_page`, or a module of its folder."""
    parts = module.split(".")
    if parts[:2] != [PACKAGE, "gui"] or len(parts) < 3:
        return None
    return PAGES.get(parts[2]) or (parts[2] if parts[2] in PAGES.values() else None)


def are_apart(module: str, target: str) -> bool:
    """Whether the two belong to pages that do not know each other."""
    pages = page_of(module), page_of(target)
    if None in pages or pages[0] == pages[1]:
        return False
    return target.split(".")[2] in PAGES or pages not in MAY_USE_PARTS


def import_fault(module: str, target: str) -> str | None:
    """Why `module` may not import `target`; None if it may."""
    room = room_of(module)
    if not within(target, PACKAGE):
        allowed = target.partition(".")[0] in room.others
        return None if allowed else f"{room.name} does not import {target.partition('.')[0]}"
    for entrance, guests in ENTRANCES.items():
        if within(target, entrance) and not within(module, entrance) and module not in guests:
            return f"nobody imports {entrance} but {', '.join(guests) or 'Python itself'}"
    if target != PACKAGE and not any(within(target, name) for name in room.rooms):
        return f"{room.name} does not import {target}"
    if are_apart(module, target):
        return "pages do not import each other"
    return None


def full_names(source: Source) -> dict[str, str]:
    """What each imported name stands for: `Thread` -> `threading.Thread`."""
    names = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names.update({alias.asname: alias.name for alias in node.names if alias.asname})
        elif isinstance(node, ast.ImportFrom):
            origin = absolute(source, node)
            names.update({alias.asname or alias.name: f"{origin}.{alias.name}" for alias in node.names})
    return names


def thread_starts(source: Source) -> Iterator[tuple[str, int]]:
    """(what, line) of every call that makes a thread, and every class derived from one."""
    names = full_names(source)

    def resolve(expression: ast.expr) -> str:
        first, dot, rest = ast.unparse(expression).partition(".")
        return names.get(first, first) + dot + rest

    for node in ast.walk(source.tree):
        used = (
            [node.func]
            if isinstance(node, ast.Call)
            else node.bases
            if isinstance(node, ast.ClassDef)
            else []
        )
        for expression in used:
            if resolve(expression) in THREAD_STARTERS:
                yield resolve(expression), node.lineno


def faults(root: Path) -> list[str]:
    """One line for each place that breaks a rule."""
    sources = read_sources(root)
    modules = {source.module for source in sources}
    found = []
    for source in sources:
        for target, line in imports(source, modules):
            reason = import_fault(source.module, target)
            if reason:
                found.append(f"{source.module}:{line}: {reason}")
        if within(source.module, "nv_desktop.sandbox") or any(
            within(source.module, allowed) for allowed in MAY_START_THREADS
        ):
            continue
        found += [f"{source.module}:{line}: starts {what}" for what, line in thread_starts(source)]
    return found


def test_every_module_keeps_to_its_room() -> None:
    assert len(read_sources(ROOT)) > 10
    assert faults(ROOT) == []


def test_every_permission_to_start_threads_is_used() -> None:
    starting = {source.module for source in read_sources(ROOT) if any(thread_starts(source))}
    for allowed in MAY_START_THREADS:
        assert any(within(module, allowed) for module in starting), f"{allowed} starts none"


def test_contributing_says_where_every_line_lives() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = [path for room in ("core", "gui", "app") for path in (ROOT / PACKAGE / room).iterdir()]
    names = {path.stem for path in rooms if path.suffix == ".py" or (path / "__init__.py").exists()}
    names = {name for name in names if not name.startswith("__") and not name.endswith("_page")}
    assert not [name for name in sorted(names) if f"`{name}`" not in text]


PLANTED = {
    "core reaches Qt": ("core/a.py", "from PySide6.QtCore import QObject"),
    "core reaches the window": ("core/a.py", "from nv_desktop.gui import tasks"),
    "core reaches the window, relatively": ("core/deep/a.py", "from ...gui import tasks"),
    "core reaches the sandbox": ("core/a.py", "import nv_desktop.sandbox.server"),
    "core takes a library nobody chose": ("core/a.py", "import numpy as np"),
    "in a function": ("core/a.py", "def f():\n    from PySide6 import QtCore"),
    "for the type checker": (
        "core/a.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import PySide6",
    ),
    "by its name": ("core/a.py", "import importlib\nimportlib.import_module('PySide6.QtCore')"),
    "in a table of answers": ("core/a.py", "ANSWERS = {'open': 'nv_desktop.app:main'}"),
    "sandbox reads the core": ("sandbox/a.py", "from ..core import fields"),
    "sandbox takes a library": ("sandbox/a.py", "import requests"),
    "window calls the network": ("gui/a.py", "import requests.adapters"),
    "window opens a database": ("gui/a.py", "import sqlite3"),
    "window asks the keyring": ("gui/widgets/a.py", "from keyring import errors"),
    "window starts the sandbox": ("gui/a.py", "from nv_desktop.sandbox import server"),
    "window knows the root": ("gui/a.py", "from nv_desktop import app"),
    "a page knows a page": ("gui/people_page.py", "from nv_desktop.gui.job_page import JobPage"),
    "a page's part knows a page": ("gui/importing/a.py", "from nv_desktop.gui import job_page"),
    "a page's part knows another's": ("gui/people/a.py", "from nv_desktop.gui.importing import work"),
    "a page that shows jobs knows their page": ("gui/history/a.py", "from nv_desktop.gui import job_page"),
    "command line opens Qt": ("cli/a.py", "import PySide6.QtWidgets"),
    "command line opens the window": ("cli/a.py", "from nv_desktop import app"),
    "somebody imports the command line": ("core/a.py", "from nv_desktop.cli import main"),
    "somebody imports the entrance": ("app.py", "from . import __main__"),
    "core starts a thread": ("core/a.py", "import threading\nthreading.Thread(target=print)"),
    "core starts a renamed pool": (
        "core/a.py",
        "from concurrent.futures import ThreadPoolExecutor as P\nP(4)",
    ),
    "window starts a thread": (
        "gui/a.py",
        "from PySide6.QtCore import QThreadPool\nQThreadPool.globalInstance()",
    ),
    "window derives a thread": (
        "gui/a.py",
        "from PySide6 import QtCore\nclass Work(QtCore.QThread):\n    pass",
    ),
}
FINE = {
    "core/a.py": "import sqlite3, requests\nfrom . import b\nfrom nv_desktop import __version__",
    "core/b.py": "import threading\nlock: threading.Lock = threading.Lock()",
    "core/upload/pool.py": "from concurrent.futures import ThreadPoolExecutor\nThreadPoolExecutor(4)",
    "gui/job_page.py": "from PySide6.QtCore import QThread\nQThread.currentThread()",
    "gui/history_page.py": "from nv_desktop.core import a",
    "gui/people_page.py": "import qtawesome\nfrom nv_desktop.gui import tasks",
    "gui/import_page.py": "from nv_desktop.gui.importing.steps import Steps",
    "gui/importing/steps.py": "from nv_desktop.gui.tasks import Tasks",
    "gui/history/panel.py": "from nv_desktop.gui.job.wording import six",
    "gui/tasks.py": "import threading\nthreading.Thread(target=print)",
    "sandbox/server.py": "import threading\nthreading.Thread(target=print)",
    "cli/__init__.py": "from nv_desktop.core import a",
    "app.py": "import PySide6\nfrom nv_desktop.sandbox import server\nfrom nv_desktop.gui import tasks",
    "__main__.py": "from nv_desktop import app, cli",
}


def house(folder: Path, files: dict[str, str]) -> Path:
    skeleton = dict.fromkeys(
        [f"{room}__init__.py" for room in ("", "core/", "core/deep/", "gui/", "sandbox/")]
        + ["gui/tasks.py", "gui/job_page.py", "core/fields.py", "sandbox/server.py", "app.py", "__main__.py"],
        "",
    )
    for name, text in {**skeleton, **files}.items():
        path = folder / PACKAGE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_fault_is_found(plant: str, tmp_path: Path) -> None:
    name, text = PLANTED[plant]
    found = faults(house(tmp_path, {name: text}))
    assert found, "nothing found"
    module = f"{PACKAGE}.{name.removesuffix('.py').replace('/', '.')}"
    assert {line.partition(":")[0] for line in found} == {module}


def test_what_is_allowed_is_not_found(tmp_path: Path) -> None:
    assert faults(house(tmp_path, FINE)) == []
