"""The end user table: it leaves out columns that do not fit, and shows the row that was just saved."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from portal_admin.errors import DeskError
from portal_admin.services.desk import Desk
from portal_admin.ui.override import override
from portal_admin.ui.panels.person.user_rows import UserFilters, UserKey, UserSource, columns
from portal_admin.ui.tables.paged_table import PagedTable
from portal_admin.ui.widgets.state_panel import StatePanel

SCROLL_BAR = 12


class UserTable(PagedTable):
    """A PagedTable of end users over its own UserSource; `unread` says that the rows could not be read."""

    unread = Signal()

    def __init__(
        self, desk: Desk, *, nothing: Callable[[StatePanel], None], parent: QWidget | None = None
    ) -> None:
        self.source = UserSource(desk)
        self._missing: Callable[[UserKey], None] | None = None
        self._revealed: UserKey | None = None
        super().__init__(
            columns(),
            self.source,
            name=self.tr("End users"),
            sort="name",
            nothing=nothing,
            memory="end_users",
            parent=parent,
        )
        self.counted.connect(self._look_for_revealed)

    def show_filtered(
        self, filters: UserFilters, *, reveal: UserKey | None, missing: Callable[[UserKey], None]
    ) -> None:
        """Read again with these filters, keeping the position, and show a row; `missing` when it is not among them."""
        self._filters = filters
        self._revealed, self._missing = reveal, missing
        self.refresh(select=reveal)

    @override
    def _failed(self, error: DeskError) -> None:
        super()._failed(error)
        self.unread.emit()

    def _look_for_revealed(self, _count: int) -> None:
        key, self._revealed = self._revealed, None
        if key is not None and self.current_key != key and self._missing is not None:
            self._missing(key)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        left = self.width() - SCROLL_BAR
        for position, column in enumerate(self.model.columns):
            width = self.view.horizontalHeader().sectionSize(position) or column.width
            left -= column.width if column.stretch else width
            self.view.setColumnHidden(position, left < 0 and position > 1)
