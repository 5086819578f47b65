"""Step 2, the columns: each goes to a field, to a custom attribute or nowhere; kept in the job as decided."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QItemSelection, QPoint, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.job import Job
from nv_desktop.core.mapping import ColumnMap, Mapping, use_email_as_id
from nv_desktop.core.settings import Paths
from nv_desktop.core.sheet import Opened
from nv_desktop.gui.actions import action_of
from nv_desktop.gui.importing import work
from nv_desktop.gui.importing.column_menus import ColumnMenus
from nv_desktop.gui.importing.column_panel import ColumnPanel, with_step
from nv_desktop.gui.importing.columns_table import ColumnRow, ColumnsTable, column_problems, lines_of
from nv_desktop.gui.importing.decisions import Decisions, revised
from nv_desktop.gui.importing.parts import FootWords, tab_through
from nv_desktop.gui.importing.recipe_bar import RecipeButton
from nv_desktop.gui.importing.wording import counted, rows_words
from nv_desktop.gui.importing.work import Finding
from nv_desktop.gui.messages import Banner
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Card, Label, Notice, Page, column, page_title, row

QUICK = 300
"""Different texts of a column that are judged at once; more are judged off the main thread."""


class ColumnsStep(Page):
    """Signals: foot_changed; decided(Mapping): a person changed something, to be kept."""

    foot_changed = Signal()
    decided = Signal(object)

    def __init__(self, theme: Theme, tasks: Tasks, paths: Paths) -> None:
        super().__init__(words="Step 2, the columns", margins=(0, 0, 0, 0), gap=0)
        self._theme, self._tasks = theme, tasks
        self._opened: Opened | None = None
        self._job: Job | None = None
        self._ready = False
        self._findings: dict[int, Finding] = {}
        self._put_off: frozenset[int] = frozenset()
        self._decisions = Decisions()
        self._menus = ColumnMenus(theme, self)
        self._recipe = ""
        self._first = QTimer(self)
        self._first.setSingleShot(True)
        self._first.timeout.connect(self._choose_first)
        self._panel_due = QTimer(self)
        self._panel_due.setSingleShot(True)
        self._panel_due.timeout.connect(self._selected)
        self._fresh = False  # nobody has chosen a line yet: the first that asks is chosen
        self.mapping: Mapping | None = None
        self._sentence = Label(theme, "", "body", "text2", name="import.columns.sentence")
        self.recipe = RecipeButton(theme, paths.recipes)
        self.banner = Banner(theme, name="import.columns.banner")
        self.notice = Notice(
            theme,
            "",
            "info",
            "magic-wand",
            action="Start without it",
            rich=False,
            name="import.recipe_notice",
        )
        self.email = Notice(
            theme, "", "warn", "identification-card", action="Use the e-mail", name="import.email_as_id"
        )
        self.offers = Notice(theme, "", "info", "magic-wand", action="Use them all", name="import.all_steps")
        self.table = ColumnsTable(theme)
        self.panel = ColumnPanel(theme)
        self._build(theme)
        self._wire()

    def _build(self, theme: Theme) -> None:
        title = Label(theme, "Where does each column go?", "page")
        card = Card(theme, "", "", self.table, margins=(1, 1, 1, 6))
        left = column(
            page_title(theme, title, self._sentence, self.recipe), self.banner, self.notice, self.email,
            self.offers, card, gap=12, margins=(24, 18, 20, 14),
        )  # fmt: skip
        left.setStretchFactor(card, 1)
        for notice in (self.notice, self.email, self.offers):
            notice.hide()
        layout = row(left, self.panel, gap=0)
        layout.setStretch(0, 1)
        self.body.addLayout(layout)

    def _wire(self) -> None:
        self.table.selectionModel().selectionChanged.connect(self._selected)
        self._menus.chosen.connect(self.change_column)
        self.table.target_wanted.connect(self._offer_targets)
        self.table.empty_wanted.connect(self._offer_empty)
        self.panel.changed.connect(self.change_column)
        self.panel.put_off.connect(self._wait)
        self.panel.copied.connect(self._copy)
        self.recipe.chosen.connect(self.apply_recipe)
        self.recipe.saved.connect(self._recipe_saved)
        self.recipe.failed.connect(self._say)
        self.recipe.given_out.connect(self._recipe_given_out)
        self.notice.action.clicked.connect(self.recipe.start_without)
        self.email.action.clicked.connect(self._use_email)
        self.offers.action.clicked.connect(self.use_all_offers)

    def commands(self) -> list[QAction]:
        """Undo, redo, save as a recipe."""
        standard = QKeySequence.StandardKey
        return [
            action_of(self, words, keys, slot)
            for words, keys, slot in (
                ("Undo a column's change", standard.Undo, self.undo),
                ("Redo a column's change", standard.Redo, self.redo),
                ("Save the columns as a recipe", standard.Save, self.recipe.save_as),
            )
        ]

    def first_focus(self) -> QWidget:
        """Where the keyboard is when this step comes into sight."""
        return self.table

    # what the page tells

    def show_job(self, job: Job, opened: Opened, mapping: Mapping, recipe: str, *, kept: bool = True) -> None:
        """A job's columns; its rows may still be coming. Of the job that is shown already: another mapping,
        which can be taken back here too, unless the one before was not `kept`."""
        if job is not self._job or self.mapping is None or not kept:
            self._decisions.forget()
        elif mapping != self.mapping:
            self._decisions.add(self.mapping)
        self._job, self._opened, self._recipe = job, opened, recipe
        self._ready = False
        self._put_off = frozenset(job.meta("put_off", []))
        self.banner.hide()
        self.mapping = mapping
        self._findings = {}
        self._say_recipe(recipe)
        self.table.clearSelection()
        self._show()
        self._fresh = True
        self._look(range(len(mapping.columns)))

    def rows_ready(self) -> None:
        """All rows are in the document: from now on numbers speak of the whole file."""
        self._ready = True
        if self.mapping is not None:
            self._look(range(len(self.mapping.columns)))

    def _look(self, places: range | list[int]) -> None:
        if self._job is None or self.mapping is None:
            return
        if not self._ready:
            self._tasks.run(
                work.first_look,
                self._opened,
                self.mapping,
                list(places),
                done=self._looked,
                failed=self._say,
                key="import.columns.look",
                front=True,
            )
        else:
            self._tasks.run(
                work.whole_look, self._job, self._opened, self.mapping, list(places),
                done=self._looked, failed=self._say, key="import.columns.look",
            )  # fmt: skip

    @Slot(object)
    def _looked(self, found: dict[int, Finding]) -> None:
        self._take(found)
        self._show_table()
        # in an event of its own: the table is painted before the panel is built
        if self._fresh and self.table.lines.rows():
            self._fresh = False
            self._first.start()
        else:
            self._panel_due.start()

    def _take(self, found: dict[int, Finding]) -> None:
        """Keep what was found. A guessed type asks for nothing to be read as a number: what does not fit it
        makes the column give way at the check, as “007” among whole numbers does."""
        assert self.mapping is not None
        for place, finding in found.items():
            if place < len(self.mapping.columns) and self.mapping.columns[place].guessed:
                kept = tuple(each for each in finding.proposals if each.step["step"] != "number")
                finding = replace(finding, proposals=kept)
            self._findings[place] = finding

    @Slot()
    def _choose_first(self) -> None:
        lines = self.table.lines.rows()
        if lines and self.table.current_row() is None:
            self.table.select(next((n for n, line in enumerate(lines) if line.needs_decision), 0))

    @Slot(object)
    def _say(self, error: Any) -> None:
        self.banner.show_error(error, "")

    # decisions

    @Slot(int, object)
    def change_column(self, place: int, wanted: Any) -> None:
        """Put a column's new decision in its place."""
        if self.mapping is not None:
            columns = list(self.mapping.columns)
            columns[place] = wanted
            self.change(replace(self.mapping, columns=columns), [place])

    def change(self, mapping: Mapping, places: list[int] | None = None) -> None:
        """Another mapping, which can be taken back. `places`: the columns that differ, None: all."""
        assert self.mapping is not None
        self._decisions.add(self.mapping)
        self._use(mapping, places)

    def _use(self, mapping: Mapping, places: list[int] | None = None) -> None:
        assert self._opened is not None
        self.mapping = mapping
        changed = range(len(mapping.columns)) if places is None else places
        if places is None:
            self._findings = {}
        for place in changed if places is not None else ():
            quick = work.first_look(self._opened, mapping, [place])
            known = self._findings.get(place)
            if known is not None and len(known.counts) <= QUICK:
                judged = work.judge(mapping.columns[place], known.counts, known.rows, known.whole)
                self._take({place: replace(judged, first=quick[place].first)})
            elif not self._ready or known is None:
                self._take(quick)
        self._show()
        self._look(list(changed))
        self.decided.emit(mapping)

    @Slot()
    def undo(self) -> None:
        """Take the last decision back."""
        before = self._decisions.undo(self.mapping) if self.mapping is not None else None
        if before is not None:
            self._use(before)

    @Slot()
    def redo(self) -> None:
        """Do it again."""
        after = self._decisions.redo(self.mapping) if self.mapping is not None else None
        if after is not None:
            self._use(after)

    def follow(self, mapping: Mapping) -> list[ColumnMap]:
        """Take over the guesses that the check of all rows gave up; those columns, as they go now.

        `mapping` is the document's: what a person has decided about a column stays as it is here.
        """
        if self.mapping is None:
            return []
        changed = revised(self.mapping, mapping)
        columns = list(self.mapping.columns)
        for place, new in changed:
            self._decisions.correct(columns[place], new)
            columns[place] = new
        if changed:
            self.mapping = replace(self.mapping, columns=columns)
            self._show()
            self._look([place for place, _ in changed])
        return [new for _, new in changed]

    @Slot(object)
    def apply_recipe(self, recipe: Any) -> None:
        """Columns as a recipe says, or as they are guessed."""
        if self.mapping is None or self._opened is None:
            return
        self.change(work.with_recipe(self._opened, self.mapping, recipe))
        self._recipe = recipe.name if recipe is not None else ""
        self._say_recipe(self._recipe)
        self._show()

    def _say_recipe(self, name: str) -> None:
        self.notice.setVisible(bool(name))
        if not name or self.mapping is None:
            return
        mine = [each for each in self.mapping.columns if each.reason.startswith("The recipe")]
        fit = len({each.index for each in mine})
        all_ = len({each.index for each in self.mapping.columns})
        self.notice.set(
            f"The recipe “{name}” knows these headers and is applied. {fit} of {all_} columns fit.", "info"
        )

    @Slot(str)
    def _recipe_saved(self, name: str) -> None:
        self._recipe = name
        self.banner.say(
            f"The recipe “{name}” is saved.", "It is proposed when the same headers come again.", tone="ok"
        )

    @Slot(str)
    def _recipe_given_out(self, file: str) -> None:
        self.banner.say(f"The recipe is saved in “{file}”.", tone="ok")

    @Slot()
    def _use_email(self) -> None:
        if self.mapping is not None:
            wanted = use_email_as_id(self.mapping)
            if wanted is not None:
                self.change(wanted)

    @Slot()
    def use_all_offers(self) -> None:
        """Use each proposed step that asks nothing."""
        if self.mapping is None:
            return
        columns = list(self.mapping.columns)
        places = []
        for place, finding in self._findings.items():
            for offer in finding.proposals:
                if not offer.asks and place not in self._put_off:
                    columns[place] = with_step(columns[place], offer.step)
                    places.append(place)
        if places:
            self.change(replace(self.mapping, columns=columns), sorted(set(places)))

    @Slot(int)
    def _wait(self, place: int) -> None:
        self._put_off |= {place}
        if self._job is not None:
            self._tasks.run(self._job.set_meta, "put_off", sorted(self._put_off), failed=self._say)
        self._show()

    @Slot(int)
    def _copy(self, place: int) -> None:
        if self.mapping is None:
            return
        source = self.mapping.columns[place]
        name = f"{source.header.strip() or 'column'}_copy"
        extra = replace(
            source,
            target=name,
            type=source.type,
            reason="Sent to a second field by you.",
            steps=[*source.steps],
        )
        self.change(
            replace(self.mapping, columns=[*self.mapping.columns, extra]), [len(self.mapping.columns)]
        )

    # showing

    def _problems(self) -> list[Problem]:
        return self.mapping.problems() if self.mapping is not None else []

    def _show(self) -> None:
        self._show_table()
        self._selected()

    def _show_table(self) -> None:
        mapping = self.mapping
        if mapping is None or self._opened is None:
            return
        problems = self._problems()
        lines = lines_of(mapping, self._findings, column_problems(mapping, problems), self._put_off)
        self.table.lines.set_rows(lines)
        self._show_words(problems, lines)
        self.recipe.set_mapping(mapping, self._recipe)
        self.foot_changed.emit()

    def _show_words(self, problems: list[Problem], lines: list[ColumnRow]) -> None:
        sent = sum(line.column.target is not None for line in lines)
        asking = sum(line.needs_decision for line in lines)
        nowhere = len(lines) - sent
        words = f"{counted(sent, 'column is', 'columns are')} sent"
        words += f", {nowhere} {'goes' if nowhere == 1 else 'go'} nowhere." if nowhere else "."
        if asking:
            words += (
                " One needs a decision from you." if asking == 1 else f" {asking} need a decision from you."
            )
        self._sentence.setText(words)
        email = next((each for each in problems if each.code == "no_user_id" and each.step), None)
        self.email.setVisible(email is not None)
        if email is not None:
            self.email.set(email.message, "warn")
        offers = [
            offer
            for line in lines
            if line.finding and not line.put_off
            for offer in line.finding.proposals
            if not offer.asks
        ]
        self.offers.setVisible(bool(offers))
        if offers:
            steps_ = counted(len(offers), "step", "steps")
            of = rows_words(sum(offer.rows for offer in offers)).replace("row", "cell")
            self.offers.set(
                f"{steps_} would mend {of}. Each is shown at its column, and can be taken out again."
            )

    @Slot()
    @Slot(QItemSelection, QItemSelection)
    def _selected(self, *_: object) -> None:
        line = self.table.current_row()
        headers = self._opened.header if self._opened is not None else []
        known = self.mapping.known if self.mapping is not None else {}
        self.panel.show_line(line if isinstance(line, ColumnRow) else None, headers, known)
        tab_through(self.table, self.panel)

    def foot(self) -> FootWords:
        """What the footer says: the way on, or why it is shut."""
        if self.mapping is None:
            return FootWords()
        problems = [each for each in self._problems() if each.level >= Level.ERROR]
        asking = sum(line.needs_decision for line in self.table.lines.rows())
        if problems:
            more = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
            first = problems[0].message
            short = (
                first
                if len(first) < 74
                else "No column is the user ID"
                if "user_id" in problems[0].code
                else first[:72] + "…"
            )
            return FootWords("Next: Check", False, short + more, "error")
        if asking:
            one = "1 column still needs a decision"
            return FootWords(
                "Next: Check",
                False,
                one if asking == 1 else f"{asking} columns still need a decision",
                "warn",
            )
        return FootWords("Next: Check", True, "" if self._ready else "The rows are still being read")

    def target_menu(self, place: int) -> QMenu:
        """The menu of where a column goes."""
        assert self.mapping is not None
        return self._menus.targets(self.mapping, place)

    @Slot(int, QPoint)
    def _offer_targets(self, place: int, point: QPoint) -> None:
        self.target_menu(place).popup(point)

    @Slot(int, QPoint)
    def _offer_empty(self, place: int, point: QPoint) -> None:
        if self.mapping is not None:
            self._menus.offer_empty(self.mapping, place, point)
