"""Actions by name, with every key that this system knows for them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

Key = QKeySequence.StandardKey | str
NO_STANDARD = {QKeySequence.StandardKey.Replace: "Ctrl+R", QKeySequence.StandardKey.Quit: "Ctrl+Q"}
"""Where a system (a Mac, Windows) has no key of its own."""
ALWAYS = {} if sys.platform == "darwin" else {QKeySequence.StandardKey.Replace: "Ctrl+H"}
"""What hands know from every spreadsheet, though some desktops have another key or none. (⌘H hides.)"""


def bindings(keys: QKeySequence.StandardKey) -> list[QKeySequence]:
    """Every key for this, the first one is to be told."""
    found = [QKeySequence(ALWAYS[keys])] if keys in ALWAYS else []
    found += [each for each in QKeySequence.keyBindings(keys) if each not in found]
    return found or [QKeySequence(NO_STANDARD[keys])]


def action_of(parent: QObject, words: str, keys: Key | None, slot: Callable[..., Any]) -> QAction:
    """An action with every key that this system knows for it: redo is Ctrl+Y and Ctrl+Shift+Z."""
    action = QAction(words, parent)
    if isinstance(keys, str):
        action.setShortcut(QKeySequence(keys))
    elif keys is not None:
        action.setShortcuts(bindings(keys))
    action.triggered.connect(slot)
    return action
