#!/usr/bin/env python3
"""Everything one does with a checkout, from a bare one, with the standard library only.

This file must parse under Python 3.8, so that an old interpreter says a sentence instead of a syntax error.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Sequence

NEEDS = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "nv-desktop-installed.json"
APP_LOCK = ROOT / "packaging" / "requirements.txt"
DEV_LOCK = ROOT / "packaging" / "requirements-dev.txt"
SAMPLE = ROOT / "resources" / "samples" / "messy.xlsx"
RECIPE = ROOT / "resources" / "samples" / "messy.recipe.json"
PICTURES = ROOT / "tests" / "flows" / "pictures.py"

# Debian and Ubuntu packages; "a|b" is one library under two names (Ubuntu 24.04 renamed some). Without
# the two last fonts Hindi and CJK names are boxes.
WINDOW_PACKAGES = (
    *("libgl1", "libegl1", "libxkbcommon0", "libxkbcommon-x11-0", "libfontconfig1", "libdbus-1-3"),
    *("libglib2.0-0|libglib2.0-0t64", "libbrotli1", "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0"),
    *("libxcb-keysyms1", "libxcb-render-util0", "libxcb-shape0", "libxcb-xkb1"),
    *("fonts-dejavu-core", "fonts-lohit-deva", "fonts-droid-fallback"),
)
# What the tests of the real window and the real keyring drive.
TEST_PACKAGES = (
    *("xvfb", "xauth", "openbox", "xdotool", "imagemagick"),
    *("dbus", "at-spi2-core", "gnome-keyring"),
)


class StopError(Exception):
    """Ends the command with a sentence for the person in front of it."""


def say(text: str) -> None:
    print(text, flush=True)


def old_python(version: Sequence[int]) -> str | None:
    """The sentence for an interpreter that is too old, or None."""
    if tuple(version[:2]) >= NEEDS:
        return None
    newer = [f"python3.{minor}" for minor in range(20, NEEDS[1] - 1, -1) if shutil.which(f"python3.{minor}")]
    then = f"Try: {newer[0]} dev.py {shlex.join(sys.argv[1:])}" if newer else "Install a newer Python first."
    need, have = (f"{pair[0]}.{pair[1]}" for pair in (NEEDS, version))
    return f"NV Desktop needs Python {need} or newer; this is {have}. {then}"


def call(
    command: list[str], env: dict[str, str] | None = None, stdin: int | None = None, cwd: Path = ROOT
) -> int:
    """Runs in the checkout, with the output going straight to the person."""
    sys.stdout.flush()
    try:
        return subprocess.call(command, cwd=str(cwd), env=env, stdin=stdin)
    except KeyboardInterrupt:
        return 130


def ask(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Runs without input, and keeps the output for the caller to read."""
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)


# --- system libraries -------------------------------------------------------------------------------------


def missing_packages(wanted: tuple[str, ...]) -> list[str]:
    """Those of `wanted` that dpkg does not have; nothing where there is no dpkg."""
    if sys.platform != "linux" or not shutil.which("dpkg-query") or not shutil.which("apt-get"):
        return []
    names = [name for entry in wanted for name in entry.split("|")]
    answer = ask(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names])
    installed = {line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")}
    return [entry.split("|")[0] for entry in wanted if not installed.intersection(entry.split("|"))]


def root_prefix() -> list[str] | None:
    """What to put before a command that must be root's; None where it needs a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and ask(["sudo", "-n", "true"]).returncode == 0:
        return ["sudo", "-n"]
    return None


def install_packages(wanted: tuple[str, ...], purpose: str) -> bool:
    """Installs what is missing if this user may. Never stops: says what is missing and why it matters."""
    missing = missing_packages(wanted)
    if not missing:
        return True
    by_hand = f"sudo apt-get install --no-install-recommends {' '.join(missing)}"
    prefix = root_prefix()
    if prefix is None:
        say(f"Missing system packages for {purpose}. To install them:\n  {by_hand}")
        return False
    say(f"Installing for {purpose}: {' '.join(missing)}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    apt += ["-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0"]
    install = [*apt, "install", "-y", "--no-install-recommends", *missing]
    for command in (install, [*apt, "update"], install):
        # The first try fails where the lists are absent or stale; then they are fetched, once.
        done = ask(command)
        if command is install and done.returncode == 0:
            return True
    still = missing_packages(wanted)
    last = (done.stderr.strip().splitlines() or ["apt gave no reason"])[-1]
    say(f"Could not install {' '.join(still)} ({last}). Going on without. By hand:\n  {by_hand}")
    return False


# --- the virtual environment ------------------------------------------------------------------------------


def venv_python() -> Path:
    return VENV / "Scripts" / "python.exe" if os.name == "nt" else VENV / "bin" / "python"


def venv_site() -> Path | None:
    """The site-packages of a .venv that works and is new enough; None if it has to be made (again)."""
    if not os.access(str(venv_python()), os.X_OK):
        return None
    question = "import sys, sysconfig; print(*sys.version_info[:2], sysconfig.get_path('purelib'))"
    answer = ask([str(venv_python()), "-I", "-c", question])
    if answer.returncode != 0:
        return None
    major, minor, site = answer.stdout.strip().split(" ", 2)
    return Path(site) if (int(major), int(minor)) >= NEEDS else None


def has_ensurepip() -> bool:
    return ask([sys.executable, "-c", "import ensurepip"]).returncode == 0


def make_venv() -> Path:
    site = venv_site()
    if site:
        return site
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not has_ensurepip():
        install_packages((package,), "making a virtual environment")
    if not has_ensurepip():
        raise StopError(f"This Python cannot make a virtual environment. Install {package} and try again.")
    say("Making .venv")
    if call([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        raise StopError("The virtual environment could not be made in .venv; the lines above say why.")
    site = venv_site()
    if not site:
        raise StopError("The new .venv does not run. Remove it and try again.")
    return site


def wanted_stamp(locks: list[Path]) -> dict[str, str]:
    return {lock.name: hashlib.sha256(lock.read_bytes()).hexdigest() for lock in locks}


def installed_stamp() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in stamp.items()} if isinstance(stamp, dict) else {}


def install_locks(locks: list[Path]) -> None:
    """Brings .venv to the locked versions; does nothing if the stamp says that they are in."""
    wanted, installed = wanted_stamp(locks), installed_stamp()
    if all(installed.get(name) == value for name, value in wanted.items()):
        return
    names = " and ".join(str(lock.relative_to(ROOT)) for lock in locks)
    say(f"Installing {names} into .venv; the first time this can take minutes")
    pip = [str(venv_python()), "-m", "pip", "install", "-qq", "--no-input"]
    pip += ["--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "--require-hashes"]
    for lock in locks:
        pip += ["-r", str(lock)]
    env = {**os.environ, "PIP_USER": "0"}
    STAMP.unlink(missing_ok=True)  # half an installation is none
    if call(pip, env, subprocess.DEVNULL) != 0:
        say("That did not work; trying once more.")
        if call(pip, env, subprocess.DEVNULL) != 0:
            raise StopError("The libraries could not be installed; the lines above say why. No network?")
    # A lock that was installed earlier and is not asked for now stays true only if its file is unchanged.
    STAMP.write_text(json.dumps({**installed, **wanted}, indent=1), encoding="utf-8")


def put_on_path(site: Path) -> None:
    """The project without a build: a line in site-packages, relative, so that the checkout can be moved."""
    line = os.path.relpath(str(ROOT), str(site)) + "\n"
    path = site / "nv-desktop.pth"
    if not path.exists() or path.read_text(encoding="utf-8") != line:
        path.write_text(line, encoding="utf-8")


def prepare(dev: bool) -> str:
    """A .venv with what the app needs (and the tools if `dev`); gives its Python."""
    site = make_venv()
    install_locks([APP_LOCK, DEV_LOCK] if dev else [APP_LOCK])
    put_on_path(site)
    return str(venv_python())


# --- the commands -----------------------------------------------------------------------------------------


def has_screen() -> bool:
    if os.name == "nt" or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def setup(args: argparse.Namespace) -> int:
    prepare(dev=True)
    install_packages(WINDOW_PACKAGES, "the window")
    install_packages(TEST_PACKAGES, "the tests of the real window and keyring")
    say("Ready: python3 dev.py run, python3 dev.py test")
    return 0


def run(args: argparse.Namespace) -> int:
    python = prepare(dev=False)
    if args.args and not args.args[0].startswith("-"):
        # A command of the program: its files are named from where the person is, and -P imports none of them.
        return call([python, "-P", "-m", "nv_desktop", *args.args], cwd=Path.cwd())
    if not has_screen():
        return run_without_screen(python)
    install_packages(WINDOW_PACKAGES, "the window")
    return call([python, "-m", "nv_desktop", "--sandbox", *args.args])


def run_without_screen(python: str) -> int:
    """The job that the window would do, on the sample file, over a sandbox account in a folder of its own."""
    say("There is no screen here, so the sample file goes to the sandbox account without a window.")
    if not SAMPLE.exists():
        raise StopError(f"The sample file {SAMPLE.relative_to(ROOT)} is not there.")
    with tempfile.TemporaryDirectory(prefix="nv-desktop-") as folder:
        job = [python, "-m", "nv_desktop", "upload", str(SAMPLE), "--account", "sandbox"]
        job += ["--recipe", str(RECIPE), "--yes", "--data-dir", folder]
        code = call(job, stdin=subprocess.DEVNULL)
    say("The job completed." if code == 0 else f"The job did not complete (exit code {code}).")
    return code or save_pictures(python)


def save_pictures(python: str) -> int:
    """What the window would have shown: its pages in light, drawn without a screen."""
    install_packages(WINDOW_PACKAGES, "the window")
    say("Drawing the window's pages without a screen; this takes a minute.")
    folder = ROOT / "build" / "pictures"
    return call([python, "-m", "tests.flows.pictures", str(folder), "--theme", "light"], clean_env())


def clean_env() -> dict[str, str]:
    """For tools: nothing of the person's shell decides a result; the hash seed is printed to repeat a run."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    env["QT_QPA_PLATFORM"] = "offscreen"
    env.setdefault("PYTHONHASHSEED", str(random.randrange(1, 2**32)))  # noqa: S311 - no secret
    return env


def test(args: argparse.Namespace) -> int:
    python = prepare(dev=True)
    install_packages(WINDOW_PACKAGES, "the window")
    install_packages(TEST_PACKAGES, "the tests of the real window and keyring")
    env = clean_env()
    say(f"PYTHONHASHSEED={env['PYTHONHASHSEED']}")
    # pytest-xvfb, where somebody has it, would start a display for every run and leave it behind.
    command = [python, "-m", "pytest", "-p", "no:xvfb"]
    if args.long:  # these take minutes, and are no reason to print where every thread stands
        command += ["--long", "-o", "faulthandler_timeout=0"]
    if not args.args:  # the whole of it: most tests wait for processes, so two at a time
        command += ["-q", "-n", "2", "--dist", "loadfile"]
    return call([*command, *args.args], env, subprocess.DEVNULL)


def check(args: argparse.Namespace) -> int:
    python = prepare(dev=True)
    steps = (
        ("ruff check", ["ruff", "check", "--quiet", "."]),
        ("ruff format", ["ruff", "format", "--check", "--quiet", "."]),
        ("mypy strict", ["mypy", "--no-error-summary"]),
        ("layers", ["pytest", "-q", "-p", "no:xvfb", "tests/test_layers.py"]),
    )
    failed = 0
    for name, module in steps:
        start = time.monotonic()
        done = subprocess.run(

            [python, "-m", *module], check=False, cwd=str(ROOT), env=clean_env(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        say(f"{name:12} {'failed' if done.returncode else 'ok':6} {time.monotonic() - start:6.1f} s")
        if done.returncode:
            failed += 1
            say(done.stdout)
    return 1 if failed else 0


def bench(args: argparse.Namespace) -> int:
    folder = ROOT / "benchmarks"
    known = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    unknown = [name for name in args.names if name not in known]
    if not known:
        raise StopError("There are no benchmarks yet.")
    if unknown:
        raise StopError(f"There is no benchmark {' or '.join(unknown)}, only {', '.join(known)}.")
    if args.args and len(args.names) != 1:
        raise StopError(f"{shlex.join(args.args)} is for one benchmark: {', '.join(known)}. Name it.")
    python, codes = prepare(dev=True), []
    for name in args.names or known:
        say(f"== {name}")
        codes.append(call([python, "-m", f"benchmarks.{name}", *args.args], clean_env()))
    return max(codes)


def pictures(args: argparse.Namespace) -> int:
    """Every page as a person meets it: taken by real flows over the sandbox, never of filled-in widgets."""
    if not PICTURES.exists():
        raise StopError(f"There are no pictures yet: {PICTURES.relative_to(ROOT)} is not written.")
    python = prepare(dev=True)
    install_packages(WINDOW_PACKAGES, "the window")
    return call([python, "-m", "tests.flows.pictures", str(Path(args.folder).resolve())], clean_env())


def bundle(args: argparse.Namespace) -> int:
    raise StopError("There is no bundle yet: packages for Linux, Windows and macOS are still to come.")


def lock(args: argparse.Namespace) -> int:
    """Exact versions with hashes for every platform from pyproject.toml, and for the tools from a list."""
    python = prepare(dev=True)
    base = [python, "-m", "uv", "pip", "compile", "--quiet", "--no-config", "--universal"]
    base += ["--generate-hashes", "--no-emit-index-url", "--python-version", f"{NEEDS[0]}.{NEEDS[1]}"]
    base += ["--custom-compile-command", "python3 dev.py lock"] + (["--upgrade"] if args.upgrade else [])
    app, dev = APP_LOCK.relative_to(ROOT), DEV_LOCK.relative_to(ROOT)
    steps = (
        (APP_LOCK, [*base, "pyproject.toml", "-o", str(app)]),
        (DEV_LOCK, [*base, str(dev.with_suffix(".in")), "-c", str(app), "-o", str(dev)]),
    )
    for path, command in steps:
        if call(command, stdin=subprocess.DEVNULL) != 0:
            raise StopError("uv could not lock; the lines above say why.")
        if "://" in path.read_text(encoding="utf-8"):
            raise StopError(
                f"{path.relative_to(ROOT)} names an address. Remove the setting that put it there."
            )
        say(f"{path.relative_to(ROOT)} is locked.")
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="dev.py", description="Works from a bare checkout of NV Desktop.")
    commands = top.add_subparsers(dest="command", required=True)

    def add(function: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(function.__name__, help=text, description=text)
        command.set_defaults(function=function)
        return command

    add(setup, "make .venv and install everything that run, test and check need")
    add(run, "open the window on the sandbox; without a screen, send the sample file there")
    one = add(test, "run the tests; arguments go to pytest")
    one.add_argument("--long", action="store_true", help="the long gates as well")
    add(check, "lint, format, types, layers")
    add(bench, "run benchmarks and print their tables; options go to the one named").add_argument(
        "names", nargs="*", metavar="NAME"
    )
    add(pictures, "pictures of every page, taken by real flows").add_argument("folder", metavar="DIR")
    add(bundle, "make the packages that people install (still to come)")
    one = add(lock, "write packaging/requirements*.txt again")
    one.add_argument("--upgrade", action="store_true", help="take the newest versions allowed")
    return top


def main(argv: list[str]) -> int:
    args, rest = parser().parse_known_args(argv)
    if rest and args.command not in ("run", "test", "bench"):
        parser().error(f"unrecognized arguments: {' '.join(rest)}")
    args.args = rest
    try:
        return int(args.function(args))
    except StopError as stop:
        say(str(stop))
        return 1


if __name__ == "__main__":
    too_old = old_python(sys.version_info[:2])
    if too_old:
        sys.exit(too_old)
    sys.exit(main(sys.argv[1:]))
