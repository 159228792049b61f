"""Steps 1 to 3 at the left, what the file looks like at the right."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.imports import Column
from portal_admin.errors import DeskError, InvalidInput
from portal_admin.services.imports.source import Table
from portal_admin.ui.imports.column_part import ColumnPart
from portal_admin.ui.imports.dry_run import Request
from portal_admin.ui.imports.file_part import FilePart
from portal_admin.ui.imports.option_part import OptionPart
from portal_admin.ui.imports.preview import Preview
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.scrolling import FormScroll
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip

FORM_WIDTH = 384


class NewImport(QWidget):
    """`changed` says that something was chosen, `dry_run_wanted` carries the Request."""

    changed = Signal()
    dry_run_wanted = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table: Table | None = None
        self.file = FilePart()
        self.columns = ColumnPart()
        self.options = OptionPart()
        self.preview = Preview()
        self.preview.tell_none(self.file.ask)
        self.run_button = button(self.tr("Dry run"), self.ask_dry_run, kind="primary", icon="play")
        words = self.tr("It changes nothing, and shows what would become of each row.")
        set_tooltip(self.run_button, words)
        self.run_button.setAccessibleDescription(words)
        self._lay_out()
        self.columns.changed.connect(self._changed)
        self.options.changed.connect(self._changed)
        self._allow(True)

    def _lay_out(self) -> None:
        scroll = FormScroll(Space.L)
        scroll.setFixedWidth(FORM_WIDTH)
        scroll.column.setSpacing(Space.S)
        for title, part in (
            (self.tr("1  File"), self.file),
            (self.tr("2  Columns"), self.columns),
            (self.tr("3  Options"), self.options),
        ):
            scroll.column.addWidget(PlainLabel(title, kind="section"))
            scroll.column.addWidget(part)
            scroll.column.addSpacing(Space.XS)
        scroll.column.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(Space.S)
        left.addWidget(scroll, 1)
        last = QHBoxLayout()
        last.setContentsMargins(0, 0, Space.L, 0)
        last.addWidget(self.run_button)
        left.addLayout(last)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left)
        row.addWidget(self.preview, 1)

    @property
    def request(self) -> Request | None:
        """What is chosen now, None while file or site are missing."""
        site = self.options.site_key
        if self.table is None or site is None:
            return None
        mapping = tuple(sorted(self.columns.mapping.items()))
        return Request(site, self.table, mapping, self.options.options)

    def show_table(self, table: Table, mapping: Mapping[Column, int]) -> None:
        """A file was read."""
        self.table = table
        self.file.show_table(table)
        self.columns.show_table(table, mapping)
        self.preview.show_table(table, mapping)
        self._allow(True)
        self.changed.emit()

    def ask_encoding(self, file_name: str) -> None:
        """A file was chosen whose encoding could not be found out."""
        self.table = None
        self.file.ask_encoding(file_name)
        self.columns.setEnabled(False)
        self._allow(True)
        self.changed.emit()

    def show_error(self, error: DeskError) -> bool:
        """Put an error where it belongs; False when it belongs to nothing here."""
        if not isinstance(error, InvalidInput):
            return False
        if error.field == "mapping":
            self.columns.set_error(error.message)
            return True
        return self.file.form.show_error(error) or self.options.form.show_error(error)

    def set_busy(self, busy: bool) -> None:
        """While something runs, no other dry run begins."""
        self._allow(not busy)

    def ask_dry_run(self) -> None:
        """Rehearse what is chosen, or say what is missing."""
        request = self.request
        if request is not None:
            self.dry_run_wanted.emit(request)
        elif self.table is not None:
            self.options.form.show_error(InvalidInput(self.tr("Choose the site first."), field="site"))

    def _allow(self, idle: bool) -> None:
        self.run_button.setEnabled(idle and self.table is not None)

    def _changed(self) -> None:
        if self.table is not None:
            self.preview.show_table(self.table, self.columns.mapping)
        self.changed.emit()
