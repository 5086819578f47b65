"""Which tests run and what they prove: markers `gate` and `long`, the table of gates, what CI forbids."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator
from typing import Any

import pytest

NOT_INSTALLED = "not installed:"
ROWS = pytest.StashKey[dict[str, list[float]]]()

# The matrix in few words, for the table that a long run prints.
PROMISES = {
    "C1": "killed at random: nothing lost, nothing misreported",
    "C2": "killed in every gap between two durable steps",
    "C3": "disk full, read-only, I/O error at the n-th write",
    "C6": "the counts add up under random faults",
    "C7": "the right result on the right row",
    "C8": "a resumed job knows its file",
    "F1": "hostile files end in a result or a reason",
    "F2": "no row missing, no value changed in silence",
    "F3": "no row missing, no value changed in silence",
    "F4": "user IDs exactly as they stand",
    "F5": "duplicates are all found",
    "F6": "exports hold no formula and no link",
    "F7": "refused rows come back byte-equal",
    "F8": "encodings right, or asked about",
    "G1": "the window never freezes",
    "G2": "one click, one job",
    "G3": "closed at any moment, the job can be resumed",
    "G4": "a second start shows the first one's window",
    "G4-G8": "it starts always, and overwrites no good copy",
    "G9": "unsaved edits are asked about or kept",
    "G10": "no exception stays hidden",
    "G12": "a thousand openings of a page leave nothing behind",
    "H1": "answers are classified right",
    "H2": "an answer cut anywhere is unknown or complete",
    "H3": "applied and then reset, it ends complete",
    "H5": "“too many calls” is obeyed",
    "H6": "never over the limit, and close to it",
    "H7": "no storm of retries",
    "H8": "every call ends at its deadline",
    "H9": "bombs and endless answers cost little",
    "H10": "no redirect is followed, with key or body",
    "H11": "a bad certificate sees no byte of a call",
    "H12": "a proxy that refuses is named, and sees no key",
    "H15": "poison rows are found with few calls",
    "H17": "pause and stop at once",
    "H18": "a delete is sent once, and holds",
    "S1": "the key is nowhere but in the keyring",
    "S2": "customers are in no log",
    "S4": "no foreign keyring is used, none in clear",
    "S5": "a hostile environment changes nothing",
    "S6": "files are private from birth",
    "S7": "what is erased is gone",
    "S8": "the key is masked on the screen",
    "S9": "the sandbox harms no one",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long gates as well")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "gate(name, seconds, tries=1): proves a row of the matrix; one budget for the row",
    )
    config.addinivalue_line("markers", "long: runs with --long only")
    config.stash[ROWS] = defaultdict(lambda: [0.0, 0.0])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("long") and not config.getoption("--long"):
            item.add_marker(pytest.mark.skip(reason="a long gate: python3 dev.py test --long"))
        for marker in item.iter_markers("gate"):
            # User properties travel from a worker process to the one that prints.
            item.user_properties.append(("gate", [marker.args[0], marker.kwargs["seconds"]]))
            if "tries" in marker.kwargs:
                item.user_properties.append(("tried", marker.kwargs["tries"]))


def forbid_missing_tool(report: pytest.TestReport | pytest.CollectReport) -> None:
    """CI installs every tool, so there a test that a missing tool skipped has proven nothing."""
    if report.outcome != "skipped" or os.environ.get("CI", "").lower() not in ("1", "true"):
        return
    reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
    if reason.removeprefix("Skipped: ").startswith(NOT_INSTALLED):
        report.outcome = "failed"
        report.longrepr = f"{reason} (a skip here, a failure in CI)"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    forbid_missing_tool(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    forbid_missing_tool(report)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.getoption("--long"):
        print_promises(terminalreporter)
    rows = config.stash[ROWS]
    for outcome in ("passed", "failed", "error", ""):  # "" holds the passed setups and teardowns
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", []):
                if name == "gate":
                    rows[value[0]][0] += report.duration
                    rows[value[0]][1] = max(rows[value[0]][1], value[1])
    if not rows:
        return
    terminalreporter.section("gates, the slowest first")
    for gate, (used, budget) in sorted(rows.items(), key=lambda row: -row[1][0]):
        over = "  over budget" if used > budget else ""
        terminalreporter.write_line(f"{gate:10} {used:8.1f} s of {budget:6.0f} s{over}")


def print_promises(terminalreporter: Any) -> None:
    """Promise, tried, failed: what a test counted (`tries` of its marker, `record_property`), else itself."""
    tried: defaultdict[str, int] = defaultdict(int)
    failed: defaultdict[str, int] = defaultdict(int)
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            told = dict(getattr(report, "user_properties", []))
            if "gate" in told and (report.when == "call" or outcome == "error"):
                row = told["gate"][0].split()[0]
                tried[row] += told.get("tried", 1)
                failed[row] += told.get("failed", 1) if outcome != "passed" else 0
    terminalreporter.section("promises")
    terminalreporter.write_line(f"{'':4} {'promise':56} {'tried':>9} {'failed':>7}")
    for row in sorted(tried, key=lambda row: (row[0], int(row[1:]) if row[1:].isdigit() else 0)):
        terminalreporter.write_line(f"{row:4} {PROMISES.get(row, ''):56} {tried[row]:>9,} {failed[row]:>7,}")
