"""Verify now in the window: price, progress, stop, and what it showed; drift is made by another hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from nv_desktop.core.errors import Offline
from nv_desktop.core.job import open_job
from nv_desktop.core.job.listing import listed
from nv_desktop.core.report import receipt
from nv_desktop.gui.job import receipt_view, verify_view
from nv_desktop.gui.job.receipt_view import ReceiptDialog, facts
from nv_desktop.gui.job.verify_view import VerifyDialog, why_not_verify
from nv_desktop.gui.job_page import JobPage
from nv_desktop.gui.running import Wanted
from tests.gui.job_kit import LIMIT, House, house, person, sandbox, theme

__all__ = ["house", "sandbox", "theme"]


@pytest.fixture
def page(house: House, qtbot: QtBot) -> Iterator[JobPage]:
    made = JobPage(house.theme, house.tasks, house.running, house.settings, house.history, house.paths)
    qtbot.addWidget(made)
    made.set_account(house.account)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close_job()


def sent(house: House, qtbot: QtBot, rows: int) -> Path:
    path = house.job([person(n) for n in range(1, rows + 1)])
    with qtbot.waitSignal(house.running.ended, timeout=LIMIT):
        house.running.start(path, "list.csv", house.account, Wanted())
    return path


def dialog_of(house: House, qtbot: QtBot, path: Path) -> VerifyDialog:
    dialog = VerifyDialog(None, house.theme, house.tasks, house.connect, listed(path), house.account, 500)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def by_another_hand(house: House, user: str, **attributes: str) -> None:
    client = house.connect(house.account)
    client.send_batch([{"userID": user, "user_attributes": attributes}])
    client.close()


def looked_up(house: House) -> int:
    return len(house.sandbox.events("received")) - len(house.sandbox.events("received", "user/create"))


def verified(path: Path) -> dict[str, Any] | None:
    job = open_job(path)
    try:
        found = receipt(job)["verified"]
    finally:
        job.close()
    assert found is None or isinstance(found, dict)
    return found


def test_the_price_is_said_and_nothing_is_read_before_the_button(house: House, qtbot: QtBot) -> None:
    path = sent(house, qtbot, 2_000)
    before = looked_up(house)
    dialog = dialog_of(house, qtbot, path)
    assert dialog.price.text().startswith("100 of 2,000 rows are read back")
    assert "100 calls, less than a minute at 500 calls a minute" in dialog.price.text()
    assert dialog.go.text() == "Read 100 rows back"
    dialog.shut.click()
    assert looked_up(house) == before and verified(path) is None


def test_all_as_sent_is_said_so(house: House, qtbot: QtBot) -> None:
    path = sent(house, qtbot, 30)
    dialog = dialog_of(house, qtbot, path)
    dialog.go.click()
    dialog.go.click()
    qtbot.waitUntil(lambda: bool(dialog.sentence.text()), timeout=LIMIT)
    assert dialog.sentence.text() == "30 rows shown as done were read back: all are as they were sent."
    assert dialog.table.isHidden()
    told = verified(path)
    assert told is not None and (told["read"], told["drift"]) == (30, 0)


def test_drift_by_another_hand_is_listed(house: House, qtbot: QtBot) -> None:
    path = sent(house, qtbot, 30)
    by_another_hand(house, "FW-00004", city="Bath", email="else@example.org")
    client = house.connect(house.account)
    client.delete_profile("FW-00009")
    client.close()
    dialog = dialog_of(house, qtbot, path)
    QAbstractItemModelTester(dialog.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    dialog.go.click()
    qtbot.waitUntil(lambda: bool(dialog.sentence.text()), timeout=LIMIT)
    assert dialog.sentence.text() == "30 rows shown as done were read back: 2 are not as they were sent."
    rows = {each.user_id: (each.number, set(each.names)) for each in dialog.model.rows()}
    assert rows == {"FW-00004": (5, {"city", "email"}), "FW-00009": (10, set())}
    shown = [dialog.model.index(row, 2).data() for row in range(2)]
    assert "There is no such profile" in shown
    told = verified(path)
    assert told is not None and sorted(told["drift_rows"]) == [5, 10]
    job = open_job(path)
    (line,) = (text for name, text in facts(receipt(job)) if name == "Verified")
    job.close()
    assert "30 rows read back, 2 not as sent" in line


def test_it_can_be_stopped(house: House, qtbot: QtBot) -> None:
    path = sent(house, qtbot, 200)
    house.sandbox.set_latency(0.2)
    dialog = dialog_of(house, qtbot, path)
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.bar.share > 0, timeout=LIMIT)
    assert "of 50 read back" in dialog.told.text()
    dialog.stop.click()
    qtbot.waitUntil(dialog.go.isVisible, timeout=LIMIT)
    assert "Stopped" in dialog.banner.sentence.text() and verified(path) is None
    house.sandbox.set_latency(0)


def test_closing_stops_it(house: House, qtbot: QtBot) -> None:
    path = sent(house, qtbot, 200)
    house.sandbox.set_latency(0.2)
    dialog = dialog_of(house, qtbot, path)
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.bar.share > 0, timeout=LIMIT)
    dialog.reject()
    qtbot.waitUntil(lambda: not house.tasks._running, timeout=LIMIT)
    house.sandbox.set_latency(0)
    assert verified(path) is None


def test_a_server_that_is_away_is_said_and_tried_again(house: House, qtbot: QtBot) -> None:
    path = sent(house, qtbot, 5)
    house.connect_error = Offline("The server cannot be reached.", "Look at the connection.")
    dialog = dialog_of(house, qtbot, path)
    dialog.go.click()
    qtbot.waitUntil(dialog.banner.isVisible, timeout=LIMIT)
    assert "cannot be reached" in dialog.banner.sentence.text()
    dialog.banner.button.click()
    qtbot.waitUntil(lambda: bool(dialog.sentence.text()), timeout=LIMIT)
    assert verified(path) is not None


def test_why_it_cannot_be_done_now(house: House, qtbot: QtBot) -> None:
    path = sent(house, qtbot, 3)
    line = listed(path)
    assert why_not_verify(line, house.account) == ""
    assert why_not_verify(line, replace(house.account, read_only=True)) == "", "it only reads"
    assert "first" in why_not_verify(line, house.accounts.get("sandbox"))
    assert "first" in why_not_verify(line, None)
    assert "no row" in why_not_verify(listed(house.job(2)), house.account).lower()
    dialog = ReceiptDialog(None, house.theme, {}, "No row has an outcome yet")
    qtbot.addWidget(dialog)
    assert not dialog.verify.isEnabled() and dialog.verify.toolTip()


def test_the_receipt_leads_there_and_shows_it_afterwards(
    house: House, page: JobPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sent(house, qtbot, 12)
    with qtbot.waitSignal(page.job_shown, timeout=LIMIT):
        page.open_job(path)
    shown: list[Mapping[str, Any]] = []

    def show(_parent: object, _theme: object, told: Mapping[str, Any], why: str) -> str:
        shown.append(told)
        assert why == ""
        return "verify" if len(shown) == 1 else ""

    def verify(*words: Any) -> None:
        dialog = VerifyDialog(*words)
        dialog.show()
        dialog.go.click()
        qtbot.waitUntil(lambda: bool(dialog.sentence.text()), timeout=LIMIT)
        dialog.close()
        dialog.deleteLater()

    monkeypatch.setattr(receipt_view, "show_receipt", show)
    monkeypatch.setattr(verify_view, "show_verify", verify)
    page.result.receipt.click()
    qtbot.waitUntil(lambda: len(shown) == 2, timeout=LIMIT)
    assert shown[0]["verified"] is None and shown[1]["verified"]["read"] == 12
