"""The command line: what can be asked for, and which module answers. Qt is imported only for the window."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nv_desktop import __version__
from nv_desktop.core.errors import AppError, place_of

SERVER = "sandbox server"  # the `answer` of the one command that lives outside of core
DATA_DIR_HELP = "keep everything of this run in DIR"
ACCOUNT_HELP = "the account to work with; sandbox is the built-in one"
COLOURS = ("plum", "sea", "amber", "moss", "rose", "sky", "slate", "brick")  # those of the window
DONE, IN_PART, NOT_AT_ALL, INTERRUPTED = 0, 1, 2, 130


def main(
    argv: Sequence[str],
    open_window: Callable[[argparse.Namespace], int],
    run_sandbox: Callable[[list[str]], int],
) -> int:
    """Runs one command: 0 done, 1 in part, 2 could not be done (a sentence on stderr), 130 broken off."""
    arguments = list(argv)
    if arguments[:1] == ["__worker"]:
        return _run("nv_desktop.core.worker:main", arguments[1:])
    options = _parsed(arguments)
    try:
        if options.answer == SERVER:
            return run_sandbox(_server_arguments(options))
        if options.answer is None:
            return open_window(options)
        with _ended_in_order():
            return _run(options.answer, options)
    except AppError as error:
        return _fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; nobody hears more
        return IN_PART
    except KeyboardInterrupt:
        _fail("Broken off.")
        return INTERRUPTED
    except ImportError as error:  # no libraries, or a Python before 3.11
        return _fail(
            f"This Python cannot run NV Desktop: “{error.name}” is missing or too old."
            " Run python3 dev.py setup, then take the Python in .venv."
        )
    except OSError as error:
        what = f" “{error.filename}”" if error.filename else ""
        return _fail(f"The system refused{what}: {(error.strerror or type(error).__name__).lower()}.")
    except Exception as error:  # noqa: BLE001  a traceback ends with 1, which means “in part”, and may quote a customer
        return _fail(f"Something went wrong that nobody foresaw ({place_of(error)}).")


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """SIGTERM ends a command as an exception does: what it made for itself is put away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _parsed(arguments: list[str]) -> argparse.Namespace:
    """The options; `rest` is what only the sandbox's own parser knows."""
    parser = build_parser()
    options, rest = parser.parse_known_args(arguments)
    listed = getattr(options, "ids", getattr(options, "changes", None))
    if listed and not any(text.startswith("-") for text in rest):  # argparse gives up a list at an option
        listed += rest
        rest = []
    options.rest = rest
    if rest and options.answer != SERVER:
        parser.error(_unknown(rest))
    if options.sandbox and options.answer:
        if options.account not in (None, "sandbox"):
            parser.error(f"--sandbox and --account {options.account} exclude each other")
        options.account = "sandbox"
    return options


def _unknown(rest: list[str]) -> str:
    """Options by their names; what stands beside one may be a key that somebody meant to give."""
    options = [text.partition("=")[0] for text in rest if text.startswith("-")]
    if options:
        return f"unrecognized arguments: {' '.join(options)}"
    return f"unrecognized arguments: {len(rest)} more than expected"


def _server_arguments(options: argparse.Namespace) -> list[str]:
    """With a data folder the server has the people of its built-in one, which stay there."""
    if options.data_dir is None:
        return list(options.rest)
    from nv_desktop.core.demo import people_file
    from nv_desktop.core.settings import Paths

    return ["--data", str(people_file(Paths(options.data_dir))), *options.rest]


def _fail(sentence: str) -> int:
    print(f"nv-desktop: {sentence}", file=sys.stderr)
    return NOT_AT_ALL


def _run(place: str, *arguments: Any) -> int:
    """Calls `module:function`, imported only now: a command pays for its own modules alone."""
    module, _, function = place.partition(":")
    answer: Callable[..., int] = getattr(importlib.import_module(module), function)
    return answer(*arguments)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; the attribute `answer` of what it parses names the function to run."""
    parser = argparse.ArgumentParser(
        prog="nv-desktop",
        description="Look after the user profiles of a NotifyVisitors account.",
        allow_abbrev=False,  # --key SECRET is not --key-stdin, with the key as the account's name
    )
    parser.add_argument("--version", action="version", version=f"NV Desktop {__version__}")
    parser.add_argument("--sandbox", action="store_true", help="open the window on the sandbox account")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help=DATA_DIR_HELP)
    parser.add_argument("--account", metavar="NAME", help=ACCOUNT_HELP)
    parser.add_argument("--sandbox-url", metavar="URL", help=argparse.SUPPRESS)
    parser.set_defaults(answer=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, answer: str, help_: str, *, calls: bool = False) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help_, description=help_, allow_abbrev=False)
        made.set_defaults(answer=f"nv_desktop.cli.{answer}")
        made.add_argument(
            "--data-dir", type=Path, metavar="DIR", default=argparse.SUPPRESS, help=DATA_DIR_HELP
        )
        made.add_argument("--account", metavar="NAME", default=argparse.SUPPRESS, help=ACCOUNT_HELP)
        if calls:
            made.add_argument(
                "--sandbox-url",
                metavar="URL",
                default=argparse.SUPPRESS,
                help="a sandbox that runs already (loopback)",
            )
        return made

    _file_commands(command)
    _job_commands(command)
    _people_commands(command)
    _account_commands(command)
    sandbox = commands.add_parser(
        "sandbox", help="run the sandbox server; see sandbox --help", add_help=False, allow_abbrev=False
    )
    sandbox.add_argument("--data-dir", type=Path, metavar="DIR", default=argparse.SUPPRESS)
    sandbox.set_defaults(answer=SERVER)
    return parser


Adder = Callable[..., argparse.ArgumentParser]


def _file_commands(command: Adder) -> None:
    check = command("check", "files:check", "say what of a file would be sent, and send nothing")
    upload = command("upload", "files:upload", "check a file and send it", calls=True)
    for parser in (check, upload):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--sheet", metavar="S", help="the sheet of a workbook (default: the first)")
        parser.add_argument(
            "--recipe", type=Path, metavar="R", help="a recipe: its file, or its name in the window"
        )
        parser.add_argument(
            "--duplicates", choices=("last", "first", "merge"), help="for one ID in many rows"
        )
        parser.add_argument(
            "--country", metavar="CC", help="the country of phones without a code, such as IN"
        )
        parser.add_argument("--encoding", metavar="E", help="the encoding of a text file (default: detected)")
        parser.add_argument("--delimiter", metavar="D", help="what separates columns (default: detected)")
        parser.add_argument(
            "--rows", type=Path, metavar="OUT", help="write one JSON object a row to OUT (-: standard output)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")
    upload.add_argument("--trial", type=_positive, metavar="N", help="send only the first N rows")
    upload.add_argument("--window", type=_window, metavar="N", default=16, help="calls in flight (1 to 32)")
    upload.add_argument(
        "--safety",
        choices=("none", "sample", "full"),
        default="none",
        help="old values to keep first, for undo",
    )
    upload.add_argument(
        "--skip-unchanged",
        action="store_true",
        help="leave out rows that were confirmed before with the same values",
    )
    upload.add_argument("--exclude", type=Path, metavar="FILE", help="leave out the user IDs in FILE")
    upload.add_argument(
        "--raise-consent",
        action="store_true",
        help="opt in those as well who are known here to have opted out",
    )
    upload.add_argument("--report", type=Path, metavar="OUT.xlsx", help="write the result workbook")
    upload.add_argument("--yes", action="store_true", help="send without asking")


def _job_commands(command: Adder) -> None:
    jobs = command("jobs", "jobs:jobs", "list the imports on this computer")
    jobs.add_argument("--json", action="store_true", help="print JSON")
    resume = command("resume", "jobs:resume", "go on with an import that was broken off", calls=True)
    resume.add_argument("job", nargs="?", metavar="JOB")
    resume.add_argument(
        "--all",
        action="store_true",
        help="every import that is not finished, but for those that were stopped in the window",
    )
    answer = resume.add_mutually_exclusive_group()
    answer.add_argument(
        "--go-on",
        action="store_true",
        help="answer yes to what it asked: though all was refused, or what has been unknown for long",
    )
    answer.add_argument(
        "--leave-unknown",
        action="store_true",
        help="leave rows alone whose outcome has been unknown for more than a day",
    )
    resume.add_argument("--window", type=_window, metavar="N", default=16, help="calls in flight (1 to 32)")
    resume.add_argument("--report", type=Path, metavar="OUT.xlsx", help="write the result workbook")
    resume.add_argument("--json", action="store_true", help="print JSON")
    undo = command("undo", "jobs:undo", "take an import back from the old values that were kept", calls=True)
    undo.add_argument("job", metavar="JOB")
    undo.add_argument("--window", type=_window, metavar="N", default=16, help="calls in flight (1 to 32)")
    undo.add_argument("--report", type=Path, metavar="OUT.xlsx", help="write the result workbook")
    undo.add_argument("--yes", action="store_true", help="change back without asking")
    undo.add_argument("--json", action="store_true", help="print JSON")

    verify = command("verify", "jobs:verify", "read some rows of an import back and compare them", calls=True)
    verify.add_argument("job", metavar="JOB")
    verify.add_argument(
        "--rows", type=_positive, metavar="N", help="how many (default: 50 or 5 %%, at most 500)"
    )
    verify.add_argument("--report", type=Path, metavar="OUT.xlsx", help="write the result workbook")
    verify.add_argument("--json", action="store_true", help="print JSON")


def _people_commands(command: Adder) -> None:
    get = command("get", "people:get", "fetch profiles by ID", calls=True)
    get.add_argument("ids", nargs="+", metavar="ID")
    get.add_argument("--json", action="store_true", help="print one JSON object a profile and line")
    set_ = command("set", "people:set_values", "change fields of one profile", calls=True)
    set_.add_argument("id", metavar="ID")
    set_.add_argument("changes", nargs="+", metavar="FIELD=VALUE")
    set_.add_argument("--create", action="store_true", help="make the profile if there is none")
    delete = command("delete", "people:delete", "delete profiles, keeping them on the shelf", calls=True)
    delete.add_argument("ids", nargs="*", metavar="ID")
    delete.add_argument("--file", type=Path, metavar="FILE", help="a spreadsheet or list of user IDs")
    delete.add_argument("--window", type=_window, metavar="N", default=16, help="calls in flight (1 to 32)")
    delete.add_argument("--report", type=Path, metavar="OUT.xlsx", help="with --file: the result workbook")
    delete.add_argument("--json", action="store_true", help="with --file: print one JSON object")
    delete.add_argument("--yes", action="store_true", help="delete without asking")
    delete.add_argument("--confirm", metavar="ACCOUNT", help="needed as well on a production account")
    delete.add_argument("--keep-nothing", action="store_true", help="keep no copy on the shelf")
    restore = command("restore", "people:restore", "write deleted profiles back from the shelf", calls=True)
    restore.add_argument("ids", nargs="*", metavar="ID")
    restore.add_argument("--job", metavar="JOB", help="all that this delete by list took away")


def _account_commands(command: Adder) -> None:
    accounts = command("accounts", "accounts:run", "add, test, remove or list accounts")
    accounts.add_argument("action", choices=("add", "test", "remove", "list"))
    accounts.add_argument("name", nargs="?", metavar="NAME")
    accounts.add_argument("--brand-id", metavar="N", help="the brand's number, from the vendor's panel")
    accounts.add_argument("--host", metavar="URL", help="the server (default: the vendor's)")
    accounts.add_argument("--environment", choices=("test", "production"), default="test")
    accounts.add_argument("--colour", metavar="C", type=str.lower, choices=COLOURS, help=", ".join(COLOURS))
    accounts.add_argument("--read-only", action="store_true", help="never write with this account")
    accounts.add_argument("--no-delete", action="store_true", help="never delete with this account")
    accounts.add_argument("--key-stdin", action="store_true", help="read the key from standard input")
    accounts.add_argument("--sandbox-url", metavar="URL", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    accounts.add_argument("--json", action="store_true", help="print JSON")


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number of 1 or more")
    return int(text)


def _window(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 32):
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from 1 to 32")
    return int(text)
