"""Many people at once: a table that fills as answers come, with its price said first."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot

from nv_desktop.core import fields
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, NotFound, Offline
from nv_desktop.core.fields import FIELDS, OPT_INS
from nv_desktop.core.profile import Profile
from nv_desktop.gui import places
from nv_desktop.gui.field_words import OPT_IN_TONES, short, text_words
from nv_desktop.gui.messages import Banner
from nv_desktop.gui.people import calls, exporting
from nv_desktop.gui.people.exporting import ExportMenu
from nv_desktop.gui.people.wording import MANY_MOST, person_name, price
from nv_desktop.gui.table_models import Cell, Column, RowsModel
from nv_desktop.gui.tasks import Task, Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Badge,
    Button,
    Card,
    ElidedLabel,
    Label,
    Page,
    Part,
    StackBar,
    Table,
    boxed,
    page_title,
    plain_header,
    row,
)
from nv_desktop.gui.widgets.text import badge_width

LANES = 3
"""Calls in flight: with one fewer than the threads there are, other work still gets its turn."""
AT_ONCE = 20
"""Up to so many people are looked up without asking: it takes a moment only."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One ID of the list and its answer, if there is one."""

    user_id: str
    profile: Profile | None = None
    error: AppError | None = None

    @property
    def state(self) -> str:
        if self.profile is not None:
            return "found"
        if self.error is None:
            return "waiting"
        return "missing" if isinstance(self.error, NotFound) else "unclear"


_STATES = {
    # state: words, icon, its token
    "waiting": ("Waiting", "hourglass", "text3"),
    "found": ("Found", "check-circle-fill", "ok"),
    "missing": ("Not found", "question-fill", "text3"),
    "unclear": ("No answer", "warning-circle-fill", "error"),
}


class ManyView(Page):
    """`opened(user_id)` when a row is chosen, `closed()` when the list is put away,
    `delete_wanted(user IDs)`, `online_changed(bool)` as answers come or do not."""

    opened = Signal(str)
    closed = Signal()
    delete_wanted = Signal(object)
    online_changed = Signal(bool)

    def __init__(self, theme: Theme, tasks: Tasks) -> None:
        self._theme, self._tasks = theme, tasks
        self._client: Client | None = None
        self._pace = 500
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._places: dict[str, int] = {}
        self._running: list[Task] = []
        self._active = 0
        self._counts = dict.fromkeys(_STATES, 0)
        self.title = Label(theme, "", "page", name="people.many.title")
        self.sentence = ElidedLabel(theme, "", "body", "text2", name="people.many.price")
        self.start = Button(theme, "Look them up", "primary", name="people.many.start", on_click=self.go_on)
        self.stop = Button(theme, "Stop", icon="stop", name="people.many.stop", on_click=self.halt)
        self.export = Button(
            theme, "Export", icon="export", name="people.many.export", on_click=self._show_exports
        )
        self.exports = ExportMenu(self.export, "people.many.export")
        self.exports.chosen.connect(self.export_as)
        self.delete = Button(
            theme, "Delete these…", "danger", "trash", size="small", name="people.many.delete",
            on_click=self._delete,
        )  # fmt: skip
        self.shut = Button(
            theme, "Put away", "quiet", "x", name="people.many.close", on_click=self.close_list
        )
        self.banner = Banner(theme, name="people.many.banner")
        self.banner.retried.connect(self.go_on)
        self._bar = StackBar(theme)
        self._badges = {state: Badge(theme, name=f"people.many.{state}") for state in _STATES}
        counts = boxed(row(*self._badges.values(), None, self.delete, gap=6))
        columns: list[Column[Asked]] = [
            Column(
                "User ID", lambda each: Cell(each.user_id, role="mono"), 150, sort=lambda each: each.user_id
            ),
            Column("Answer", _state_cell, 112, sort=lambda each: each.state),
            Column("Name", _name, 150, sort=lambda each: _name(each).casefold()),
            Column(
                "E-mail", lambda each: _value(each, "email"), 200, sort=lambda each: _value(each, "email")
            ),
            Column("Mobile", lambda each: _value(each, "mobile"), 130),
            Column("May be reached by", _reach_cell, _reach_width(theme), sort=_reach_words),
        ]
        self.model: RowsModel[Asked] = RowsModel(columns, key=lambda each: each.user_id)
        self.table = Table(theme, self.model, name="people.many", words="People looked up", stretch=3)
        self.table.activated.connect(self._open)
        self.table.doubleClicked.connect(self._open)
        plain_header(self.table)
        card = Card(theme, "", "", self.table, gap=0, margins=(1, 1, 1, 1))
        head = page_title(theme, self.title, self.sentence, self.export, self.stop, self.start, self.shut)
        super().__init__(
            head, self.banner, self._bar, counts, card, name="people.many.page", words="Many people"
        )
        self.model.setParent(self)
        self.body.setStretch(4, 1)

    # what the page tells

    def show_list(self, client: Client | None, user_ids: Sequence[str], calls_a_minute: int) -> None:
        """A new list: says its price, and begins at once where that is a moment. An ID counts once."""
        self.halt()
        self._client, self._pace = client, calls_a_minute
        different = list(dict.fromkeys(user_ids))
        taken = different[:MANY_MOST]
        self.banner.clear()
        again = len(user_ids) - len(different)
        twice = f"{again:,} of them stood there again; each is looked up once." if again else ""
        if len(different) > MANY_MOST:
            self.banner.say(
                f"The first {MANY_MOST:,} of {len(different):,} different user IDs are listed.",
                f"{twice} More than that is work for an import with old values kept.".strip(),
                tone="warn",
            )
        elif again:
            self.banner.say(f"{len(user_ids):,} user IDs were given.", twice)
        self.model.set_rows([])
        self.model.set_rows([Asked(user_id) for user_id in taken])
        self._places = {user_id: number for number, user_id in enumerate(taken)}
        self._waiting = queue.SimpleQueue()
        for user_id in taken:
            self._waiting.put(user_id)
        self._counts = {**dict.fromkeys(_STATES, 0), "waiting": len(taken)}
        self._show()
        if len(taken) <= AT_ONCE:
            self.go_on()

    def set_client(self, client: Client | None) -> None:
        """Ask through another connection of the same account from now on."""
        self._client = client

    def allow_delete(self, reason: str) -> None:
        """`reason` says why nobody can be deleted; "" when they can."""
        self.delete.set_allowed(not reason, reason)

    def count(self) -> int:
        return self.model.rowCount()

    def is_running(self) -> bool:
        return self._active > 0

    def profiles(self) -> list[Profile]:
        """The answers so far."""
        return [each.profile for each in self.model.rows() if each.profile is not None]

    @Slot()
    def go_on(self) -> None:
        """Look up what has no answer yet; when all were asked, those again that got none."""
        client = self._client
        if client is not None and not self._active and not self._counts["waiting"]:
            self._ask_unclear_again()
        if client is None or self._active or not self._counts["waiting"]:
            return
        self.banner.clear()
        lanes = min(LANES, self._counts["waiting"])
        self._active = lanes
        self._running = [
            self._tasks.run(
                calls.look_up_many,
                client,
                self._waiting,
                done=self._lane_ended,
                failed=self._lane_failed,
                progressed=self._take,
            )
            for _ in range(lanes)
        ]
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show()

    def _ask_unclear_again(self) -> None:
        for number, each in enumerate(self.model.rows()):
            if each.state == "unclear":
                self.model.replace(number, Asked(each.user_id))
                self._waiting.put(each.user_id)
        self._counts["waiting"], self._counts["unclear"] = self._counts["unclear"], 0

    @Slot()
    def halt(self) -> None:
        """Stop; what is there stays, and it can go on later. Answers under way are dropped."""
        for task in self._running:
            task.cancel()
        if self._active:
            self._active, self._running = 0, []
            # Calls under way took their IDs with them: ask again for all that have no answer.
            self._waiting = queue.SimpleQueue()
            for each in self.model.rows():
                if each.state == "waiting":
                    self._waiting.put(each.user_id)
            self._show()

    @Slot()
    def close_list(self) -> None:
        self.halt()
        self.model.set_rows([])
        self._counts = dict.fromkeys(_STATES, 0)
        self.closed.emit()

    # answers

    @Slot(object)
    def _take(self, answers: list[calls.LookedUp]) -> None:
        for answer in answers:
            number = self._place(answer.user_id)
            if number < 0:
                continue
            before = self.model.row(number)
            now = Asked(answer.user_id, answer.profile, answer.error)
            self.model.replace(number, now)
            self._counts[before.state] -= 1
            self._counts[now.state] += 1
        if any(answer.error is None or isinstance(answer.error, NotFound) for answer in answers):
            self.online_changed.emit(True)
        self._show()

    def _place(self, user_id: str) -> int:
        """Number of the row; sorting the table moves rows, so the remembered place is only a guess."""
        number = self._places.get(user_id, -1)
        if 0 <= number < self.model.rowCount() and self.model.row(number).user_id == user_id:
            return number
        self._places = {each.user_id: at for at, each in enumerate(self.model.rows())}
        return self._places.get(user_id, -1)

    @Slot(object)
    def _lane_ended(self, problem: AppError | None) -> None:
        self._active = max(0, self._active - 1)
        if problem is not None:
            self.halt()
            self.online_changed.emit(not isinstance(problem, Offline))
            self.banner.show_error(problem, "Go on")
        elif not self._active and self._counts["waiting"] and self._running:
            self._running = []
        self._show()

    @Slot(object)
    def _lane_failed(self, problem: AppError) -> None:
        self._lane_ended(problem)

    # showing

    def _show(self) -> None:
        count, waiting, unclear = self.count(), self._counts["waiting"], self._counts["unclear"]
        self.title.setText(f"{count:,} profiles" if count != 1 else "1 profile")
        cost = price(waiting, self._pace)
        if self._active:
            self.sentence.setText(f"{count - waiting:,} of {count:,} answered, {cost} left.")
        elif waiting == count:
            self.sentence.setText(f"{cost.capitalize()}. Nothing was asked yet.")
        elif waiting:
            self.sentence.setText(f"Stopped. {count - waiting:,} of {count:,} answered, {cost} for the rest.")
        elif unclear:
            self.sentence.setText(f"{count - unclear:,} of {count:,} answered; no clear answer for the rest.")
        else:
            self.sentence.setText("All have an answer. Enter or a double-click opens a profile.")
        self.start.setVisible(bool(waiting or unclear) and not self._active)
        again = f"Ask {unclear:,} again" if not waiting and unclear else ""
        self.start.setText(again or ("Go on" if 0 < waiting < count else f"Look up {count:,} profiles"))
        self.stop.setVisible(bool(self._active))
        self.export.set_allowed(self._counts["found"] > 0, "There is no answer to export yet")
        tones = {"found": "ok", "missing": "plain", "unclear": "error", "waiting": "note"}
        for state, badge in self._badges.items():
            words, icon, _token = _STATES[state]
            badge.set(f"{self._counts[state]:,} {words.lower()}", tones[state], icon)
            badge.setVisible(bool(self._counts[state]))
        fills = {
            "found": "ok_fill",
            "missing": "note_fill",
            "unclear": "error_fill",
            "waiting": "neutral_fill",
        }
        order = ("found", "missing", "unclear", "waiting")
        self._bar.set_parts([Part(self._counts[state], fills[state], _STATES[state][0]) for state in order])

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.model.row(index.row()).user_id)

    @Slot()
    def _delete(self) -> None:
        self.halt()
        self.delete_wanted.emit([each.user_id for each in self.model.rows()])

    @Slot()
    def _show_exports(self) -> None:
        self.exports.open_under(self.export)

    @Slot(str)
    def export_as(self, ending: str) -> None:
        """Write the answers so far to a file of this kind."""
        path = places.ask_where(self, "Export", "profiles", ending)
        if path is not None:
            self._tasks.run(
                exporting.export, path, self.profiles(), done=self._exported, failed=self._not_exported
            )

    @Slot(object)
    def _exported(self, done: exporting.Exported) -> None:
        what = "1 profile was" if done.count == 1 else f"{done.count:,} profiles were"
        sentence = f"{what} written to “{done.path.name}”."
        self.banner.say(sentence, done.sentence, tone="ok")

    @Slot(object)
    def _not_exported(self, problem: AppError) -> None:
        self.banner.show_error(problem, "")


def _state_cell(each: Asked) -> Cell:
    words, icon, token = _STATES[each.state]
    told = f"{words}. {each.error.message}" if each.error is not None and each.state == "unclear" else words
    return Cell(
        words, icon=icon, icon_token=token, tone="text3" if each.state == "waiting" else "text2", told=told
    )


def _name(each: Asked) -> str:
    return person_name(each.profile) if each.profile is not None else ""


def _value(each: Asked, name: str) -> str:
    return fields.text_of(each.profile.attributes.get(name)) if each.profile is not None else ""


def _reach_cell(each: Asked) -> Cell:
    """A badge for each way, green where the person may be written to; what the others are is told aloud."""
    if each.profile is None:
        return Cell()
    badges = tuple(
        (short(FIELDS[name]), OPT_IN_TONES["1"], "") for name in OPT_INS if _value(each, name) == "1"
    )
    states = (
        f"{short(FIELDS[name])} {text_words(FIELDS[name], _value(each, name)) or 'not set'}"
        for name in OPT_INS
    )
    return Cell("" if badges else "Nothing", tone="text3", badges=badges, told=", ".join(states))


def _reach_width(theme: Theme) -> int:
    """Room for every badge side by side, whatever the system's font."""
    return sum(badge_width(theme, short(FIELDS[name])) + 6 for name in OPT_INS) + 26


def _reach_words(each: Asked) -> str:
    return "".join(_value(each, name) for name in OPT_INS)
