"""The private desktop and keyring of the tests do what real ones do."""

from __future__ import annotations

import sys
from pathlib import Path

from tests import atspi
from tests.desktop import Desktop, SecretBus

PROBE = """
import sys
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFormLayout, QLineEdit, QMainWindow, QTableWidget, QWidget
app = QApplication(["probe"]); app.setApplicationName("nv-probe")
window = QMainWindow(); window.setWindowTitle("Probe"); page = QWidget(); form = QFormLayout(page)
name = QLineEdit(); name.setAccessibleName("Customer name"); form.addRow(name)
table = QTableWidget(1000, 4); table.setAccessibleName("Rows"); form.addRow(table)
leave = QAction("Quit", window); leave.setShortcut("Ctrl+Q"); leave.triggered.connect(app.quit)
window.addAction(leave); window.setCentralWidget(page); window.show(); sys.exit(app.exec())
"""


def test_a_real_window_is_read_driven_and_pictured(desktop: Desktop, tmp_path: Path) -> None:
    process = desktop.start(sys.executable, "-c", PROBE)
    with atspi.connect(desktop.address) as connection:
        app = atspi.application(connection, "nv-probe")
        field = app.find("text", "Customer name")
        field.set_text("नमस्ते ✓")
        assert field.text() == "नमस्ते ✓"
        assert app.find("table", "Rows").table_size() == (1000, 4)
        x, y, width, height = field.extents()
        desktop.sh(
            *["xdotool", "search", "--sync", "--onlyvisible", "--name", "Probe", "windowactivate", "--sync"]
        )
        desktop.sh("xdotool", "mousemove", str(x + width // 2), str(y + height // 2), "click", "1")
        desktop.sh("xdotool", "key", "ctrl+a")
        desktop.sh("xdotool", "type", "--delay", "20", "real keys")
        desktop.sh("import", "-window", "root", str(tmp_path / "screen.png"))
        assert field.text() == "real keys"
        desktop.sh("xdotool", "key", "ctrl+q")
    assert process.wait(10) == 0
    assert (tmp_path / "screen.png").stat().st_size > 1000


def test_a_real_keyring_keeps_and_forgets(secret_bus: SecretBus) -> None:
    from keyring.backends.SecretService import Keyring

    ring = Keyring()
    ring.set_password("nv-desktop-test", "brand", "a secret")
    assert Keyring().get_password("nv-desktop-test", "brand") == "a secret"
    ring.delete_password("nv-desktop-test", "brand")
    assert ring.get_password("nv-desktop-test", "brand") is None
