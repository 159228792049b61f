"""Which end users the table shows: text, site and statuses, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLocale, QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.people import Site, Status
from portal_admin.ui.override import override
from portal_admin.ui.panels.person.user_rows import UserFilters
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.search_field import SearchField
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip

_ONE_LINE = 640
_LEAST = 280


class FilterBar(QWidget):
    """Emits `changed` with UserFilters; a narrow window puts the statuses on a line of their own."""

    changed = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField(
            self.tr("Filter by name or email"), placeholder=self.tr("Name or email   Ctrl+F")
        )
        self.search.setMinimumWidth(140)
        self.site = QComboBox()
        self.site.setAccessibleName(self.tr("Site"))
        self.site.setMinimumContentsLength(10)
        self.site.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.site.addItem(self.tr("All sites"), None)
        self.boxes = {status: QCheckBox(status.value) for status in Status}
        self.count = PlainLabel(kind="secondary")
        self.clear_button = button(self.tr("Clear filters"), self.clear, kind="link")
        self.clear_button.hide()
        self._resetting = False
        self._statuses = QWidget()
        self._top = QHBoxLayout()
        self._second = QHBoxLayout()
        self._build()
        # What stands on one line must not keep the bar from getting narrower.
        self.setMinimumWidth(_LEAST)
        self.search.searched.connect(self._changed)
        self.site.currentIndexChanged.connect(self._changed)
        for box in self.boxes.values():
            box.toggled.connect(self._changed)

    def _build(self) -> None:
        row = QHBoxLayout(self._statuses)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        for status, box in self.boxes.items():
            name = self.tr("Show only users who are {status}").format(status=status.value)
            box.setAccessibleName(name)
            set_tooltip(box, name)
            row.addWidget(box)
        row.addStretch(1)
        told = QHBoxLayout()
        told.setSpacing(Space.S)
        told.addWidget(self.count)
        told.addWidget(self.clear_button)
        told.addStretch(1)
        self._top.setSpacing(Space.M)
        self._top.addWidget(self.search, 1)
        self._top.addWidget(self.site, 1)
        self._top.addWidget(self._statuses)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        for line in (self._top, self._second, told):
            column.addLayout(line)

    @property
    def filters(self) -> UserFilters:
        """What is asked for now."""
        statuses = tuple(status for status, box in self.boxes.items() if box.isChecked())
        return UserFilters(self.search.text().strip(), self.site.currentData(), statuses)

    def set_sites(self, sites: Iterable[Site]) -> None:
        """Offer these sites, keeping the one chosen."""
        chosen = self.site.currentData()
        with QSignalBlocker(self.site):
            self.site.clear()
            self.site.addItem(self.tr("All sites"), None)
            for site in sites:
                self.site.addItem(site_words(site), site.key)
            self.site.setCurrentIndex(max(0, self.site.findData(chosen)))

    def show_only(self, site: str | None) -> None:
        """Filter by one site and nothing else."""
        self._reset(site)
        self._changed()

    def clear(self) -> None:
        """Show everybody."""
        self.show_only(None)

    def clear_quietly(self) -> None:
        """Take the filters away without asking for rows."""
        self._reset(None)
        self.clear_button.hide()

    def tell(self, count: int) -> None:
        """How many users the table shows, in words."""
        number = QLocale().toString(count)
        if self.filters.are_set:
            one, many = self.tr("1 end user matches"), self.tr("{n} end users match").format(n=number)
        else:
            one, many = self.tr("1 end user"), self.tr("{n} end users").format(n=number)
        self.count.setText(one if count == 1 else many)
        self.clear_button.setVisible(self.filters.are_set)

    def tell_unknown(self) -> None:
        """The rows could not be read, so their number is not known."""
        self.count.setText(self.tr("Not known how many"))
        self.clear_button.setVisible(self.filters.are_set)

    def _reset(self, site: str | None) -> None:
        self._resetting = True
        self.search.clear()
        self.search.returnPressed.emit()  # the field then knows at once that it is empty
        self.site.setCurrentIndex(max(0, self.site.findData(site)))
        for box in self.boxes.values():
            box.setChecked(False)
        self._resetting = False

    def _changed(self, _value: object = None) -> None:
        if not self._resetting:
            self.changed.emit(self.filters)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wanted = self._top if self.width() >= _ONE_LINE else self._second
        if wanted.indexOf(self._statuses) < 0:
            wanted.addWidget(self._statuses)


def site_words(site: Site) -> str:
    """A site as a person chooses it: its name, and its key where that says more."""
    return site.name if site.name.casefold() == site.key.casefold() else f"{site.name} ({site.key})"
