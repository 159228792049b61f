"""The queue: filters, counts, and the requests in the order in which they need somebody."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from portal_admin.domain.people import Site
from portal_admin.errors import DeskError
from portal_admin.services import sites
from portal_admin.services.desk import Desk
from portal_admin.services.requests import list as queue
from portal_admin.ui import background
from portal_admin.ui.override import override
from portal_admin.ui.panels.requests import request_rows
from portal_admin.ui.panels.requests.words import tr
from portal_admin.ui.requests.filter_bar import FilterBar, QueueFilter
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Row
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button

PAGE = 200
_STEPS = {Qt.Key.Key_J: Qt.Key.Key_Down, Qt.Key.Key_K: Qt.Key.Key_Up}
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
Looked = tuple[list[Row], bool, queue.Counts, tuple[Site, ...]]


class QueueView(QWidget):
    """`selected` carries a request's number, or None while none of the list is; `opened` the one that is opened.

    `emptied` says that the list holds none any more, `pressed` carries a letter typed on it.
    """

    selected = Signal(object)
    emptied = Signal()
    opened = Signal(str)
    pressed = Signal(str)

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._limit = PAGE
        self._filling = False
        self._moved = False
        self.filters = FilterBar(desk.operator)
        self.table = ListTable(
            request_rows.columns(with_person=True), name=tr("Service requests"), memory="requests", always=3
        )
        self.more_button = button("", self._show_more, kind="link")
        self.more_button.hide()
        self.frame = QFrame()
        self.frame.setProperty("kind", "panel")
        inside = QVBoxLayout(self.frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self.frame)
        self.table.view.installEventFilter(self)
        self.table.current_changed.connect(self._current_changed)
        self.table.opened.connect(lambda key: self.opened.emit(str(key)))
        self.filters.changed.connect(self._filter_changed)

    @property
    def current(self) -> str | None:
        """The number of the selected request."""
        key = self.table.current_key
        return None if key is None else str(key)

    def begin(self) -> None:
        """Read the queue and select what needs somebody first, unless something is selected."""
        self._moved = True
        self.refresh()

    def go_on(self) -> None:
        """Read the queue after a deed: where the selected request has left it, the next one takes its place."""
        self._moved = self.current is not None
        self.refresh()

    def refresh(self) -> None:
        """Read the queue again; what is shown stays, and nobody finds another request under what is being typed."""
        desk, wanted, limit = self._desk, self.filters.filters, self._limit
        self.table.state.loading()

        def look() -> Looked:
            found = queue.list_requests(
                desk,
                site=wanted.site,
                email=wanted.email,
                status=wanted.statuses,
                kind=wanted.kind,
                assigned_to=wanted.whose,
                overdue=wanted.overdue,
                limit=limit,
            )
            rows = request_rows.rows(found.requests, found.as_of, with_person=True)
            return rows, found.more, queue.count_requests(desk), sites.list_sites(desk)

        background.run(self, look, self._show, self._failed, replaces="queue")

    def select(self, number: str) -> bool:
        """Select a request; False when the list does not hold it."""
        return self.table.select(number)

    def _show(self, looked: Looked) -> None:
        rows, more, counts, every_site = looked
        self.filters.set_sites(every_site)
        self.filters.tell(counts)
        line = self.table.view.currentIndex().row()
        self._filling = True
        self.table.set_rows(rows)
        self._filling = False
        self.more_button.setVisible(more)
        self.more_button.setText(tr("Show more than the first {n}").format(n=f"{len(rows):,}"))
        moved, self._moved = self._moved, False
        if not rows:
            self._tell_nothing()
            if moved:
                self.emptied.emit()
        elif self.table.current_key is None and moved:
            # Another list begins at its top.
            self.table.view.select_row(min(max(line, 0), len(rows) - 1))
        else:
            self.selected.emit(self.current)

    def _tell_nothing(self) -> None:
        state = self.table.state
        if self.filters.filters.is_set:
            state.nothing(
                tr("No request matches the filters."),
                action=tr("Clear filters"),
                pressed=self.filters.clear,
                icon="search",
            )
        else:
            state.nothing(tr("Nothing is open: everybody has an answer."), icon="check")

    def _failed(self, error: DeskError) -> None:
        self.more_button.hide()
        self.table.state.failed(error, self.refresh, at=self._desk.clock())

    def _show_more(self) -> None:
        self._limit += PAGE
        self.refresh()

    def _filter_changed(self, _wanted: QueueFilter) -> None:
        self._limit = PAGE
        self.begin()

    def _current_changed(self, key: object) -> None:
        if not self._filling:
            self.selected.emit(None if key is None else str(key))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.table.view and isinstance(event, QKeyEvent):
            is_press = event.type() is QEvent.Type.KeyPress
            is_letter = Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z
            if is_press and is_letter and event.modifiers() in _PLAIN:
                self._press(Qt.Key(event.key()))
                return True
        return super().eventFilter(watched, event)

    def _press(self, key: Qt.Key) -> None:
        if key in _STEPS:
            moved = QKeyEvent(QEvent.Type.KeyPress, _STEPS[key], Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(self.table.view, moved)
        else:
            self.pressed.emit(chr(key))
