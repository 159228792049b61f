"""Which payments the list shows: one box for anything that a caller can name, a site and a status."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from portal_admin.domain.payments import PaymentStatus
from portal_admin.domain.people import Site
from portal_admin.ui.panels.payment.words import tr
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.search_field import SearchField


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """What is asked for."""

    typed: str = ""
    site: str | None = None
    status: PaymentStatus | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything is left out."""
        return self != PaymentFilter()


class FilterBar(QWidget):
    """Emits `changed` with a PaymentFilter."""

    changed = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField(
            tr("Find payments"),
            placeholder=tr("Amount, day, reference, contract or person, such as 250.00 2026-11-09"),
        )
        self.site, self.status = _choice(tr("Site")), _choice(tr("Status"))
        self.site.addItem(tr("All sites"), None)
        self.status.addItem(tr("All statuses"), None)
        for status in PaymentStatus:
            self.status.addItem(str(status), str(status))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.search, 1)
        row.addWidget(self.site)
        row.addWidget(self.status)
        self.search.searched.connect(lambda _text: self.changed.emit(self.filters))
        for box in (self.site, self.status):
            box.currentIndexChanged.connect(lambda _index: self.changed.emit(self.filters))

    @property
    def filters(self) -> PaymentFilter:
        """What is asked for now."""
        status = self.status.currentData()
        return PaymentFilter(
            self.search.text().strip(),
            self.site.currentData(),
            PaymentStatus(status) if status else None,
        )

    def set_sites(self, sites: Iterable[Site]) -> None:
        """Offer these sites, keeping the one chosen."""
        chosen = self.site.currentData()
        with QSignalBlocker(self.site):
            while self.site.count() > 1:
                self.site.removeItem(1)
            for site in sites:
                self.site.addItem(site.name, site.key)
            self.site.setCurrentIndex(max(0, self.site.findData(chosen)))

    def ask(self, typed: str = "", *, site: str | None = None) -> PaymentFilter:
        """Ask for this and nothing else, without a word to `changed`."""
        with QSignalBlocker(self.site), QSignalBlocker(self.status), QSignalBlocker(self.search):
            self.search.setText(typed)
            self.site.setCurrentIndex(max(0, self.site.findData(site)))
            self.status.setCurrentIndex(0)
        return self.filters


def _choice(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setMinimumContentsLength(10)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box
