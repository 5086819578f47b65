"""Which tests run and what they prove: markers `gate` and `long`, the table of gates, what CI forbids."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator
from typing import Any

import pytest

NOT_INSTALLED = "not installed:"
ROWS = pytest.StashKey[dict[str, list[float]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long gates as well")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "gate(name, seconds): proves a row of the matrix; one budget for the row",
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
