"""The table of events: newest first, it leaves out columns that do not fit and shows the line asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from portal_admin.errors import DeskError
from portal_admin.services.audit_list import AuditFilter
from portal_admin.services.desk import Desk
from portal_admin.ui.audit.event_rows import EventSource, columns
from portal_admin.ui.override import override
from portal_admin.ui.tables.paged_table import PagedTable
from portal_admin.ui.widgets.state_panel import StatePanel

SCROLL_BAR = 12


class EventTable(PagedTable):
    """A PagedTable of audit lines by id; `unread` says that they could not be read."""

    unread = Signal()

    def __init__(
        self, desk: Desk, *, nothing: Callable[[StatePanel], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(
            columns(),
            EventSource(desk),
            name=self.tr("Events"),
            sort="when",
            descending=True,
            nothing=nothing,
            memory="audit",
            parent=parent,
        )

    def show_filtered(self, filters: AuditFilter, *, select: int | None = None) -> None:
        """Read again with these filters, keeping the position, and show a line."""
        self._filters = filters
        self.refresh(select=select)

    @override
    def _failed(self, error: DeskError) -> None:
        super()._failed(error)
        self.unread.emit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        left = self.width() - SCROLL_BAR
        for position, column in enumerate(self.model.columns):
            width = self.view.horizontalHeader().sectionSize(position) or column.width
            left -= column.width if column.stretch else width
            self.view.setColumnHidden(position, left < 0 and position > 2)
