"""The Qt binding counts references: 6.12.0 on Python below 3.12 loses some and aborts (PYSIDE-3474)."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal, Slot

EMITS = 10_000
NOISE = 200  # other code takes and drops references to True and None meanwhile; the fault takes all 10,000


class Sender(QObject):
    told = Signal(bool)
    handed = Signal(object)


class Receiver(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    @Slot(bool)
    @Slot(object)
    def count_one(self, value: object) -> None:
        self.count += 1


def test_emitting_true_and_none_loses_no_reference(qapp: object) -> None:
    sender, receiver = Sender(), Receiver()
    sender.told.connect(receiver.count_one)
    sender.handed.connect(receiver.count_one)
    before = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(EMITS):
        sender.told.emit(True)
        sender.handed.emit(None)
    after = sys.getrefcount(True), sys.getrefcount(None)
    assert receiver.count == 2 * EMITS
    assert after[0] >= before[0] - NOISE
    assert after[1] >= before[1] - NOISE


def test_reading_none_from_qt_loses_no_reference() -> None:
    item = QObject()
    before = sys.getrefcount(None)
    for _ in range(EMITS):
        item.property("unset")
        item.parent()
    assert sys.getrefcount(None) >= before - NOISE
