"""Step 3: which site, and how people are created."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.imports import Options
from portal_admin.domain.people import Site, Status
from portal_admin.ui.imports.line_form import LineForm
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.text import set_tooltip


class OptionPart(QWidget):
    """`changed` says that something was chosen."""

    changed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = LineForm()
        self.site = self.form.add("site", self.tr("&Site"))
        self.status = self.form.add("status", self.tr("New &users"))
        self.status.addItem(self.tr("Pending, to register"), Status.PENDING)
        self.status.addItem(self.tr("Active, login elsewhere"), Status.ACTIVE)
        self.mail = QCheckBox(self.tr("&Queue mails"))
        self.mail.setChecked(True)
        self.whole = QCheckBox(self.tr("All &rows or none"))
        for box, words in (
            (self.mail, self.tr("Each new Pending user gets a mail with a link to register.")),
            (self.whole, self.tr("One refused row then keeps the whole file from being imported.")),
        ):
            set_tooltip(box, words)
            box.setAccessibleDescription(words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        boxes = QHBoxLayout()
        boxes.setSpacing(Space.S)
        boxes.addWidget(self.mail)
        boxes.addWidget(self.whole)
        boxes.addStretch(1)
        column.addWidget(self.form)
        column.addLayout(boxes)
        self.site.currentIndexChanged.connect(self._changed)
        self.status.currentIndexChanged.connect(self._changed)
        for box in (self.mail, self.whole):
            box.toggled.connect(self._changed)

    @property
    def site_key(self) -> str | None:
        """The key of the site chosen, None when none is."""
        key = self.site.currentData()
        return None if key is None else str(key)

    @property
    def options(self) -> Options:
        """What is chosen; a mail belongs to Pending people only."""
        mail = self.mail.isChecked() and self._status is Status.PENDING
        return Options(status=self._status, mail=mail, all_or_nothing=self.whole.isChecked())

    @property
    def _status(self) -> Status:
        # Qt gives back the bare text of what was put in.
        return Status(self.status.currentData())

    def set_sites(self, sites: Iterable[Site]) -> None:
        """Offer these sites, keeping the one chosen; an only one is chosen."""
        chosen = self.site.currentData()
        known = tuple(sites)
        with QSignalBlocker(self.site):
            self.site.clear()
            if len(known) != 1:
                self.site.addItem(self.tr("Choose a site"), None)
            for site in known:
                same = site.name.casefold() == site.key.casefold()
                self.site.addItem(site.name if same else f"{site.name} ({site.key})", site.key)
            self.site.setCurrentIndex(max(0, self.site.findData(chosen)))
        if self.site.currentData() != chosen:
            self.changed.emit()

    def _changed(self) -> None:
        self.mail.setEnabled(self._status is Status.PENDING)
        self.changed.emit()
