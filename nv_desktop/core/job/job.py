"""A job: the document and everything a window, a command or the engine asks of it."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace as changed
from pathlib import Path
from threading import Event

from nv_desktop.core import steps
from nv_desktop.core.errors import BadFile, Rejected
from nv_desktop.core.fields import Json, Step
from nv_desktop.core.job import (
    document,
    edits,
    filters,
    guesses,
    paging,
    reader,
    recheck,
    remapping,
    replacing,
    summary,
)
from nv_desktop.core.job.check import Check, Progress
from nv_desktop.core.job.connections import reading
from nv_desktop.core.job.document import BlockLike, Document
from nv_desktop.core.job.edits import Action, Done
from nv_desktop.core.job.filters import Filter, Sort
from nv_desktop.core.job.paging import PageRow
from nv_desktop.core.job.replacing import Replacement
from nv_desktop.core.job.summary import Group, Quality, Totals
from nv_desktop.core.mapping.convert import Converted, Converter
from nv_desktop.core.mapping.convert import compile as compile_mapping
from nv_desktop.core.mapping.model import Mapping

ALL = Filter()


class Job(Document):
    """See `Document`. Everything blocks; edits and checks belong into a background thread or the worker."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._compiled = threading.local()

    # --- mapping and check ------------------------------------------------------------------------------

    def mapping(self) -> Mapping:
        """Where the columns go. Raises BadFile when nobody has said so yet."""
        data = self.meta("mapping")
        if data is None:
            raise BadFile("This import has no columns yet.", "Choose where each column goes.")
        return Mapping.from_json(data)

    def set_mapping(self, mapping: Mapping) -> None:
        """Keep a mapping without an undo: the document must be checked (again) after it. Raises Rejected
        (rows were sent)."""
        with self.transaction() as db:
            remapping.refuse_when_sent(db)
            self.write_meta(db, "mapping", mapping.to_json())

    def change_mapping(self, mapping: Mapping, label: str) -> Done:
        """Keep a mapping as an action that can be undone; `recheck` says that a check is due. Raises Rejected
        (rows were sent)."""
        return edits.change_mapping(self, label, mapping.to_json())

    def apply_step(self, column: int, step: Step) -> Done:
        """Add a step to all that this column feeds, as an action. Raises Rejected for a step that is none."""
        step = steps.check(step)
        mapping = self.mapping()
        columns = [
            changed(each, steps=[*each.steps, dict(step)])
            if each.index == column and each.target is not None
            else each
            for each in mapping.columns
        ]
        label = f"{steps.describe(step)}: “{self.header()[column]}”"
        return self.change_mapping(changed(mapping, columns=columns), label)

    def converter(self) -> Converter:
        """The converter of today's mapping, for the calling thread."""
        text = self.meta_text("mapping")  # asked for with every batch that is sent, and long
        kept = getattr(self._compiled, "kept", None)
        if kept is not None and kept[0] == text:
            converter: Converter = kept[1]
            return converter
        converter = compile_mapping(self.mapping(), self.header())
        self._compiled.kept = (text, converter)
        return converter

    def check(
        self, progress: Progress | None = None, stop: Event | None = None, *, follow: bool = False
    ) -> Totals:
        """Check every row and compare them (`core.job.check`), in this process alone. Raises Stopped.

        `follow`: while rows are still being read. An edit made meanwhile is checked after it.
        """
        self.begin_check()
        self.check_rows(progress, stop, follow=follow)
        return self.finish_check(progress, stop)

    def begin_check(self) -> None:
        """The first of three steps: from now on no row counts as checked."""
        mapping = self.mapping().to_json()
        with self.transaction() as db:
            edits.forget_overwritten(db)
            db.execute("DELETE FROM meta WHERE key = 'checked'")
            self.write_meta(db, "checking_as", {"mapping": mapping, "revision": self.meta("revision", 0)})
            Check.begin(self, db)

    def check_rows(
        self,
        progress: Progress | None = None,
        stop: Event | None = None,
        *,
        follow: bool = False,
        backwards: bool = False,
    ) -> None:
        """The second: each row for itself, until none is left; by one process, or one from either end."""
        with reading():
            self._check(progress, stop).rows(follow=follow, backwards=backwards)

    def read_and_check(
        self, blocks: Iterable[BlockLike], on_batch: Callable[[int], None], follow: bool
    ) -> tuple[int, int]:
        """`add_blocks`; with `follow` another process checks the rows (after `begin_check`), and this one
        checks those for which the other would be late. Rows there are, rows checked here."""
        if not follow:
            return self.add_blocks(blocks, on_batch), 0
        check, checked = self._check(None, None), 0

        def also(first: int, written: Sequence[BlockLike]) -> None:
            nonlocal checked
            checked += check.in_hand(first, written)

        with reading():
            rows = self.add_blocks(blocks, on_batch, also)
            check.leave()
        return rows, checked

    def finish_check(self, progress: Progress | None = None, stop: Event | None = None) -> Totals:
        """The third: rows with each other. To be called when all have been checked for themselves."""
        with reading():
            self._check(progress, stop).finish()
        began = self.meta("checking_as")
        with self.transaction() as db:
            if self.meta("revision", 0) != began["revision"]:
                db.execute("INSERT OR IGNORE INTO dirty SELECT row FROM edits")
            self.write_meta(db, "checked", began["mapping"])
            if self.meta("stage") == "read":
                self.write_meta(db, "stage", "checked")
        self.settle()
        return self.totals()

    def _check(self, progress: Progress | None, stop: Event | None) -> Check:
        """With the mapping that stood when the check began, in whatever process and whatever came since."""
        mapping = Mapping.from_json(self.meta("checking_as")["mapping"])
        converter = compile_mapping(mapping, self.header())
        return Check(self, converter, mapping.duplicates, progress=progress, stop=stop)

    def revise_guesses(self) -> bool:
        """After a check: give up guessed types that a cell contradicted; whether a check is due again."""
        if self.db.execute("SELECT 1 FROM ledger WHERE batch IS NOT NULL LIMIT 1").fetchone():
            return False
        with reading():
            mapping = guesses.revised(self.db, self.mapping())
        if mapping is not None:
            self.set_mapping(mapping)
        return mapping is not None

    def checked(self) -> bool:
        """Whether every row was checked with the mapping that stands now, and no edit waits for its check."""
        with reading():
            waiting = self.db.execute("SELECT 1 FROM dirty LIMIT 1").fetchone()
        return waiting is None and self.meta("checked") is not None and self._same_mapping()

    def _same_mapping(self) -> bool:
        return bool(self.meta("checked") == self.meta("mapping"))

    def settle(self) -> None:
        """Check what an edit touched and nobody has checked yet."""
        with reading():
            recheck.settle(self, self.converter(), self.mapping().duplicates)

    # --- looking ----------------------------------------------------------------------------------------

    def ids(self, wanted: Filter | None = None, sort: Sort | None = None) -> array[int]:
        """Ids of the rows that pass, in order (`core.job.filters`)."""
        with reading():
            return filters.ids(self.db, wanted or ALL, sort, self.width())

    def parts(self, wanted: Filter) -> Iterator[tuple[array[int], float]]:
        """`ids` in the order of the file, part by part, each with the share looked at (`filters.parts`)."""
        with reading():
            yield from filters.parts(self.db, wanted, self.width())

    def count(self, wanted: Filter | None = None) -> int:
        """How many rows pass."""
        with reading():
            return filters.count(self.db, wanted or ALL, self.width())

    def page(self, ids: Sequence[int]) -> list[PageRow]:
        """These rows in this order, at most 5,000."""
        with reading():
            return paging.page(self.db, ids, self.width())

    def totals(self) -> Totals:
        """Rows, send, stopped, warnings."""
        with reading():
            return summary.totals(self.db)

    def column_quality(self) -> list[Quality]:
        """Valid, warning, error, empty for each column. Empty cells are counted once for each revision."""
        key: Json = [self.row_count(), self.meta("revision", 0)]
        kept = self.meta("empties")
        with reading():
            if kept is None or kept["of"] != key:
                kept = {"of": key, "cells": summary.empties(self.db, self.width())}
                self.set_meta("empties", kept)
            return summary.column_quality(self.db, kept["cells"])

    def problem_groups(self) -> list[Group]:
        """The problems by column and code, errors first."""
        with reading():
            return summary.problem_groups(self.db)

    def width(self) -> int:
        """How many columns the file has."""
        with reading():
            return int(self.db.execute("SELECT count(*) FROM header").fetchone()[0])

    # --- editing ----------------------------------------------------------------------------------------

    def edit(self, row: int, column: int, text: str) -> Done:
        """Put a text into one cell. Raises Rejected when the row was sent."""
        where = f"row {self._number(row):,}, “{self.header()[column]}”"
        return self._edit([(column, row, text)], lambda _: f"Edit {where}")

    def fill(self, ids: Iterable[int], column: int, text: str) -> Done:
        """The same text into a column of many rows."""
        header = self.header()[column]
        return self._edit(
            ((column, row, text) for row in ids), lambda cells: f"Fill “{header}” in {_rows(cells)}"
        )

    def paste(self, ids: Sequence[int], column: int, block: Sequence[Sequence[str]]) -> Done:
        """A block of texts, its first line into the row ids[0], its first text into `column`.

        What would stand to the right of the last column or below the last of `ids` is left out.
        """
        width = self.width()
        cells = (
            (col, row, text)
            for row, line in zip(ids, block, strict=False)
            for col, text in enumerate(line, column)
            if col < width
        )
        return self._edit(cells, lambda cells: f"Paste into {_cells(cells)}")

    def skip(self, ids: Iterable[int], skipped: bool = True) -> Done:
        """Leave rows out, or take them in again."""
        word = "1" if skipped else "0"
        label = "Leave out" if skipped else "Take in"
        return self._edit(((edits.SKIP, row, word) for row in ids), lambda rows: f"{label} {_rows(rows)}")

    def replace(self, wanted: Replacement) -> Done:
        """Find and replace; rows that were sent are left as they are."""
        with reading():
            edits.clear_change(self.db)
            replacing.work_out(self.db, wanted, self.width())
            done = edits.perform(
                self, lambda cells: f"Replace “{wanted.find[:40]}” in {_cells(cells)}", skip_sent=True
            )
        self._settle_if_mapped()
        return done

    def matches(self, wanted: Replacement) -> int:
        """How many cells `replace` would change."""
        with reading():
            edits.clear_change(self.db)
            replacing.work_out(self.db, wanted, self.width())
            found = self.db.execute("SELECT count(*) FROM temp.change").fetchone()
            edits.clear_change(self.db)
            return int(found[0])

    def _edit(self, cells: Iterable[tuple[int, int, str]], label: Callable[[int], str]) -> Done:
        with reading():
            edits.clear_change(self.db)
            edits.add_cells(self.db, cells)
            done = edits.perform(self, label)
        self._settle_if_mapped()
        return done

    def _settle_if_mapped(self) -> None:
        if self.meta("checked") is not None and self._same_mapping():
            self.settle()

    def _number(self, row: int) -> int:
        found = self.db.execute("SELECT number FROM rows WHERE id = ?", (row,)).fetchone()
        if found is None:
            raise Rejected("There is no such row.", "Look at the table again.")
        return int(found[0])

    def undo(self) -> Done | None:
        """Take back the last action. Raises Rejected when its rows were sent."""
        return self._turned(edits.undo(self))

    def redo(self) -> Done | None:
        """Do again what was undone last."""
        return self._turned(edits.redo(self))

    def turn_cells(self, *, back: bool) -> int:
        """How many cells `undo` (`back`) or `redo` would change: some of them at most were changed since."""
        with reading():
            return edits.turn_cells(self.db, back=back)

    def _turned(self, done: Done | None) -> Done | None:
        if done is not None and not done.recheck:
            self._settle_if_mapped()
        return done

    def actions(self) -> list[Action]:
        """What can be undone or redone, oldest first."""
        with reading():
            return edits.actions(self.db)

    # --- sending ----------------------------------------------------------------------------------------

    def iter_converted(self, ids: Iterable[int]) -> Iterator[tuple[int, int, Converted]]:
        """(row id, row number, what would be sent) for these rows, in this order.

        With the rule “merge” a row carries the values of those that are sent as part of it: later ones win.
        """
        converter, columns = self.converter(), self.width()
        with reading():
            merging = self.db.execute("SELECT 1 FROM merged LIMIT 1").fetchone() is not None
            for stored in reader.streamed(self.db, iter(ids), columns):
                converted = converter.convert(stored.cells, stored.hazards)
                found = (
                    merging
                    and self.db.execute(
                        "SELECT row FROM merged WHERE into_row = ? ORDER BY row", (stored.id,)
                    ).fetchall()
                )
                if found:
                    parts = reader.of_ids(self.db, [row for (row,) in found], columns)
                    earlier = [converter.convert(part.cells, part.hazards) for part in parts]
                    converted = merged([*earlier, converted])
                yield stored.id, stored.number, converted


def merged(parts: Sequence[Converted]) -> Converted:
    """Rows of one userID as one: later values win over earlier ones, an empty one over none."""
    last = parts[-1]
    attributes: dict[str, Json] = {}
    for part in parts:
        for name, value in part.attributes.items():
            if value != "" or name not in attributes:
                attributes[name] = value
    problems = [problem for part in parts for problem in part.problems]
    return Converted(last.user_id, attributes, problems, max(part.level for part in parts))


def _cells(number: int) -> str:
    return "1 cell" if number == 1 else f"{number:,} cells"


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def create(folder: Path, source: dict[str, Json]) -> Job:
    """A new job in this folder (`source`: path, name, sha256, size, format, options)."""
    return Job(document.make(folder, source))


def open_job(path: Path) -> Job:
    """The job in this file. Raises NotFound, or BadFile (damaged, or of a newer version: left as it is)."""
    document.inspect(path)
    return Job(path)
