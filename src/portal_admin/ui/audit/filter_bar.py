"""Which events the table shows: text, operator, action and time, and how many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from PySide6.QtCore import QDate, QLocale, QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.audit_words import action_words
from portal_admin.services.audit_list import AuditFilter, Choices
from portal_admin.ui.override import override
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.search_field import SearchField
from portal_admin.ui.widgets.text import PlainLabel

_ONE_LINE = 860
_LEAST = 280
_BETWEEN = "between"
_DATE_FORMAT = "d MMM yyyy"


class FilterBar(QWidget):
    """Emits `changed` with an AuditFilter; a narrow window puts the choices on a line of their own."""

    changed = Signal(object)

    def __init__(self, clock: Callable[[], datetime], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._operation: str | None = None
        self._resetting = False
        self.search = SearchField(
            self.tr("Filter by person or thing"), placeholder=self.tr("Email or other name   Ctrl+F")
        )
        self.search.setMinimumWidth(140)
        self.operator = _choice(self.tr("Operator"), self.tr("Everybody"))
        self.action = _choice(self.tr("Action"), self.tr("All actions"))
        self.period = _choice(self.tr("Time"), self.tr("Any time"))
        for words, days in (
            (self.tr("Today"), 1),
            (self.tr("Last 7 days"), 7),
            (self.tr("Last 30 days"), 30),
            (self.tr("Last 365 days"), 365),
        ):
            self.period.addItem(words, days)
        self.period.addItem(self.tr("From … to …"), _BETWEEN)
        self.first = self._date(self.tr("From"), self._today().addDays(-6))
        self.last = self._date(self.tr("To"), self._today())
        self.count = PlainLabel(kind="secondary")
        self.clear_button = button(self.tr("Clear filters"), self.clear, kind="link")
        self.clear_button.hide()
        self._choices = QWidget()
        self._dates = QWidget()
        self._top = QHBoxLayout()
        self._second = QHBoxLayout()
        self._build()
        self.setMinimumWidth(_LEAST)
        self.search.searched.connect(self._changed)
        for box in (self.operator, self.action, self.period):
            box.currentIndexChanged.connect(self._changed)
        for date in (self.first, self.last):
            date.dateChanged.connect(self._changed)

    def _date(self, name: str, date: QDate) -> QDateEdit:
        made = QDateEdit(date)
        for part in (made, made.lineEdit()):
            part.setAccessibleName(name)
        made.setCalendarPopup(True)
        made.setDisplayFormat(_DATE_FORMAT)
        made.setKeyboardTracking(False)  # a date half typed is no date
        return made

    def _build(self) -> None:
        boxes = QHBoxLayout(self._choices)
        boxes.setContentsMargins(0, 0, 0, 0)
        boxes.setSpacing(Space.M)
        for box in (self.operator, self.action, self.period):
            boxes.addWidget(box, 1)
        dates = QHBoxLayout(self._dates)
        dates.setContentsMargins(0, 0, 0, 0)
        dates.setSpacing(Space.S)
        for widget in (
            PlainLabel(self.tr("From"), kind="secondary"),
            self.first,
            PlainLabel(self.tr("to"), kind="secondary"),
            self.last,
            PlainLabel(self.tr("both days included"), kind="secondary"),
        ):
            dates.addWidget(widget)
        dates.addStretch(1)
        self._dates.hide()
        told = QHBoxLayout()
        told.setSpacing(Space.S)
        told.addWidget(self.count)
        told.addWidget(self.clear_button)
        told.addStretch(1)
        self._top.setSpacing(Space.M)
        self._top.addWidget(self.search, 2)
        self._top.addWidget(self._choices, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(self._top)
        column.addLayout(self._second)
        column.addWidget(self._dates)
        column.addLayout(told)

    @property
    def filters(self) -> AuditFilter:
        """What is asked for now."""
        if self._operation is not None:
            return AuditFilter(operation=self._operation)
        since, until = self._span()
        return AuditFilter(
            text=self.search.text().strip(),
            operator=self.operator.currentData(),
            action=self.action.currentData(),
            since=since,
            until=until,
        )

    def set_choices(self, found: Choices) -> None:
        """Offer these operators and actions, keeping those chosen."""
        _offer(self.operator, ((name, name) for name in found.operators))
        actions = sorted(
            (f"{action_words(action).removesuffix(':')} · {action}", action) for action in found.actions
        )
        _offer(self.action, actions)

    def show_operation(self, operation: str) -> None:
        """Show all events of one operation and nothing else, until the filters are cleared."""
        self._reset()
        self._operation = operation
        self._changed()

    def clear(self) -> None:
        """Show everything."""
        self._reset()
        self._changed()

    def clear_quietly(self) -> None:
        """Take the filters away without asking for rows."""
        self._reset()
        self.clear_button.hide()

    def tell(self, count: int) -> None:
        """How many events the table shows, in words."""
        number = QLocale().toString(count)
        if self._operation is not None:
            one, many = self.tr("1 event of one operation"), self.tr("{n} events of one operation")
        elif self.filters.is_set:
            one, many = self.tr("1 event matches"), self.tr("{n} events match")
        else:
            one, many = self.tr("1 event"), self.tr("{n} events")
        self.count.setText(one if count == 1 else many.format(n=number))
        self.clear_button.setVisible(self.filters.is_set)

    def tell_unknown(self) -> None:
        """The rows could not be read, so their number is not known."""
        self.count.setText(self.tr("Not known how many"))
        self.clear_button.setVisible(self.filters.is_set)

    def _span(self) -> tuple[datetime | None, datetime | None]:
        chosen = self.period.currentData()
        if chosen is None:
            return None, None
        if chosen == _BETWEEN:
            first, last = sorted((_day(self.first.date()), _day(self.last.date())))
            return first, last + timedelta(days=1)
        today = _day(self._today())
        return today - timedelta(days=chosen - 1), None

    def _today(self) -> QDate:
        local = self._clock().astimezone()
        return QDate(local.year, local.month, local.day)

    def _reset(self) -> None:
        self._resetting = True
        self._operation = None
        self.search.clear()
        self.search.returnPressed.emit()  # the field then knows at once that it is empty
        for box in (self.operator, self.action, self.period):
            box.setCurrentIndex(0)
        self._resetting = False

    def _changed(self, _value: object = None) -> None:
        self._dates.setVisible(self.period.currentData() == _BETWEEN)
        if self._resetting:
            return
        if self._operation is not None and any(
            (
                self.search.text(),
                self.operator.currentData(),
                self.action.currentData(),
                self.period.currentData(),
            )
        ):
            self._operation = None
        self.changed.emit(self.filters)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wanted = self._top if self.width() >= _ONE_LINE else self._second
        if wanted.indexOf(self._choices) < 0:
            wanted.addWidget(self._choices, 3)


def _choice(name: str, everything: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setMinimumContentsLength(8)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.addItem(everything, None)
    return box


def _offer(box: QComboBox, items: Iterable[tuple[str, str]]) -> None:
    chosen = box.currentData()
    with QSignalBlocker(box):
        while box.count() > 1:
            box.removeItem(1)
        for words, value in items:
            box.addItem(words, value)
        box.setCurrentIndex(max(0, box.findData(chosen)))


def _day(date: QDate) -> datetime:
    """The start of a day where the operator is."""
    return datetime(date.year(), date.month(), date.day()).astimezone()
