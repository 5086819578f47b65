"""Recipes at the columns: the button with its menu, and saving, applying, bringing in and giving out."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from nv_desktop.core.errors import AppError, BadFile
from nv_desktop.core.mapping import Mapping, Recipe
from nv_desktop.core.mapping.kept import keep_recipe, kept_recipes
from nv_desktop.gui import messages, places
from nv_desktop.gui.importing.file_choice import when
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button


class RecipeButton(Button):
    """chosen(Recipe | None): apply it; None: start without one. saved(name); failed(AppError).
    given_out(name of the file)."""

    chosen = Signal(object)
    saved = Signal(str)
    failed = Signal(object)
    given_out = Signal(str)

    def __init__(self, theme: Theme, folder: Path) -> None:
        super().__init__(theme, "Recipe", icon="floppy-disk", name="import.recipe")
        self._folder = folder
        self._mapping: Mapping | None = None
        self._name = ""
        self.clicked.connect(self._offer)

    def set_mapping(self, mapping: Mapping | None, name: str) -> None:
        """What would be saved, and the recipe it came from."""
        self._mapping, self._name = mapping, name
        self.setText(f"Recipe: {name}" if name else "Recipe")

    @Slot()
    def _offer(self) -> None:
        self.menu_of_recipes().popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def menu_of_recipes(self) -> QMenu:
        """Save, the recipes there are, start without, bring in, give out."""
        menu = QMenu(self)
        if self._name:
            menu.addAction(f"Save changes to “{self._name}”", self._save_again)
        menu.addAction("Save as a recipe…", self.save_as)
        menu.addSeparator()
        for kept in kept_recipes(self._folder)[:12]:
            action = menu.addAction(f"Use “{kept.name}”  ({when(kept.at)})")
            action.setData(str(kept.path))
            action.triggered.connect(self._use)
        menu.addAction("Start without a recipe", self.start_without)
        menu.addSeparator()
        menu.addAction("Bring in a recipe from a file…", self._bring_in)
        menu.addAction("Save this recipe to a file…", self._give_out)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    @Slot()
    def save_as(self) -> None:
        """Ask for a name, and keep the mapping under it."""
        name = messages.ask_text(
            self.window(), self._theme, "Save as a recipe",
            "Where the columns go, with all steps. It is proposed when a file has the same headers.",
            "Name", "Save recipe", self._name,
        )  # fmt: skip
        if name and (name not in self._names() or self._may_replace(name)):
            self._save(name)

    def _names(self) -> set[str]:
        return {kept.name for kept in kept_recipes(self._folder)}

    def _may_replace(self, name: str) -> bool:
        return messages.confirm(
            self.window(), self._theme, f"Replace the recipe “{name}”?",
            "There is a recipe of this name. What it says about columns and steps would be lost.",
            "Replace", danger=True,
        )  # fmt: skip

    @Slot()
    def _save_again(self) -> None:
        self._save(self._name)

    def _save(self, name: str) -> None:
        if self._mapping is None:
            return
        try:
            keep_recipe(self._mapping, name, self._folder)
        except AppError as error:
            self.failed.emit(error)
            return
        self.set_mapping(self._mapping, name)
        self.saved.emit(name)

    @Slot()
    def _use(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._load(Path(str(action.data())))

    def _load(self, path: Path) -> None:
        try:
            recipe = Recipe.load(path)
        except BadFile as error:
            self.failed.emit(error)
            return
        self.chosen.emit(recipe)

    @Slot()
    def start_without(self) -> None:
        """Columns as they are guessed."""
        self.chosen.emit(None)

    @Slot()
    def _bring_in(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self.window(), "Bring in a recipe", "", "Recipes (*.json)")
        if path:
            self._load(Path(path))

    @Slot()
    def _give_out(self) -> None:
        name = self._name or "recipe"
        path = places.ask_where(self.window(), "Save the recipe", name, "json")
        if path is not None and self._mapping is not None:
            try:
                Recipe.of(self._mapping, name).save(path)
            except AppError as error:
                self.failed.emit(error)
            else:
                self.given_out.emit(path.name)
