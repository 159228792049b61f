"""Reads the file of a new import off the UI thread, chosen or dropped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDropEvent

from portal_admin.domain.permissions import Permission
from portal_admin.errors import DeskError, InvalidInput
from portal_admin.services.imports import mapping, source
from portal_admin.services.imports.source import Source, Table
from portal_admin.ui.imports.new_import import NewImport
from portal_admin.ui.override import override
from portal_admin.ui.page import Page


class FileReader(QObject):
    """`begun` says that a file is on its way; the newest one wins."""

    begun = Signal()

    def __init__(self, page: Page, new: NewImport) -> None:
        super().__init__(page)
        self._page = page
        self._new = new
        self._source: Source | None = None
        new.file.chosen.connect(self.load)
        new.file.reread.connect(self._read_again)
        page.setAcceptDrops(True)
        page.installEventFilter(self)

    def load(self, path: Path) -> None:
        """Read a file from disk and show its first rows."""
        self.begun.emit()
        self._new.preview.state.loading(self.tr("Reading the file…"))
        self._page.run(lambda: source.read_source(path), self._open, self._failed, replaces="file")

    def _open(self, found: Source) -> None:
        def failed(error: DeskError) -> None:
            if isinstance(error, InvalidInput) and error.field == "encoding":
                self._source = found
                self._new.ask_encoding(found.name)
            self._failed(error)

        self._parse(found, {}, failed)

    def _read_again(self) -> None:
        if self._source is not None:
            self._new.preview.state.loading(self.tr("Reading the file…"))
            self._parse(self._source, self._new.file.reading, self._failed)

    def _parse(self, found: Source, how: dict[str, str | None], failed: Callable[[DeskError], None]) -> None:
        self._page.run(
            lambda: source.open_table(found, **how),
            lambda table: self._show(found, table),
            failed,
            replaces="file",
        )

    def _show(self, read: Source, table: Table) -> None:
        before = self._new.table
        self._source = read
        same = before is not None and before.header == table.header
        self._new.show_table(table, self._new.columns.mapping if same else mapping.recognise(table.header))
        self._page.messages.clear()

    def _failed(self, error: DeskError) -> None:
        self._new.preview.state.content()
        if self._new.table is None and self._source is None:
            self._new.preview.tell_none(self._new.file.ask)
        elif self._new.table is None:
            self._new.preview.tell_unread()
        if not self._new.show_error(error):
            self._page.messages.error(error)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A file may be dropped anywhere on the page."""
        if isinstance(event, QDropEvent) and event.type() in (QEvent.Type.DragEnter, QEvent.Type.Drop):
            path = self._file_of(event)
            if path is not None:
                event.acceptProposedAction()
                if event.type() is QEvent.Type.Drop:
                    self.load(path)
                return True
        return super().eventFilter(watched, event)

    def _file_of(self, event: QDropEvent) -> Path | None:
        """The one file that is dropped, when the operator may import it."""
        urls = event.mimeData().urls()
        if len(urls) != 1 or not urls[0].isLocalFile():
            return None
        allowed = self._page.rights.refusal(Permission.IMPORT_USERS) is None
        return Path(urls[0].toLocalFile()) if allowed else None
