"""The menus of the columns' table: where a column goes, and what its empty cells do."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from nv_desktop.core.fields import FIELDS
from nv_desktop.core.mapping import Mapping
from nv_desktop.gui.importing.column_panel import CUSTOM, NOWHERE, retarget
from nv_desktop.gui.importing.wording import FIELD_ICONS
from nv_desktop.gui.theme import Theme


class ColumnMenus(QObject):
    """chosen(place, ColumnMap): a person wants the column at this place of the mapping otherwise."""

    chosen = Signal(int, object)

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._theme, self._over = theme, over
        self._mapping: Mapping | None = None

    def targets(self, mapping: Mapping, place: int) -> QMenu:
        """The fields, a custom attribute, nowhere; what another column feeds is said."""
        self._mapping = mapping
        menu = self._menu()
        taken = {name: many[0].header for name, many in mapping.targets().items()}
        now = mapping.columns[place].target
        for name, field in FIELDS.items():
            words = field.label + (f"   from “{taken[name]}”" if name in taken and name != now else "")
            action = menu.addAction(
                self._theme.icon(FIELD_ICONS.get(name, "text-t")), words.replace("&", "&&")
            )
            action.setData((place, name))
        menu.addSeparator()
        menu.addAction(self._theme.icon("plus"), "Custom attribute").setData((place, CUSTOM))
        menu.addAction(self._theme.icon("prohibit"), "Nowhere").setData((place, NOWHERE))
        menu.triggered.connect(self._choose_target)
        return menu

    def offer_empty(self, mapping: Mapping, place: int, point: QPoint) -> None:
        """Leave alone, or clear where the field can be cleared."""
        self._mapping = mapping
        field = mapping.columns[place].field()
        menu = self._menu()
        menu.addAction("Leave the profile alone").setData((place, "leave"))
        clear = menu.addAction("Clear the field in the profile")
        clear.setData((place, "clear"))
        clear.setEnabled(field is not None and field.clearable)
        menu.triggered.connect(self._choose_empty)
        menu.popup(point)

    def _menu(self) -> QMenu:
        menu = QMenu(self._over)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _choose_target(self, action: QAction) -> None:
        place, key = action.data()
        if self._mapping is not None:
            wanted = retarget(self._mapping.columns[place], key, self._mapping.known)
            self.chosen.emit(place, wanted)

    def _choose_empty(self, action: QAction) -> None:
        place, empty = action.data()
        if self._mapping is not None:
            self.chosen.emit(place, replace(self._mapping.columns[place], empty=empty))
