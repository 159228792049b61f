"""The side panel that writes the filtered events to a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale

from portal_admin.services.audit_export import export_events
from portal_admin.services.audit_list import AuditFilter
from portal_admin.ui.export_panel import ExportPanel
from portal_admin.ui.page import Page
from portal_admin.ui.widgets.text import PlainLabel


class AuditExportPanel(ExportPanel):
    """Exports the events that the table shows."""

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("Export the audit"), file_name="audit", page=page)
        self._filters = AuditFilter()
        audited = self.tr(
            "The export is an event of the audit itself: who, these filters, and the number of rows."
        )
        for widget in (
            self.what,
            self.form,
            PlainLabel(audited, kind="secondary", wrap=True),
            self.progress,
        ):
            self.body.addWidget(widget)

    def start(self, filters: AuditFilter, count: int) -> None:
        """Offer to export what the table shows."""
        if not self.work.is_running:
            self._filters = filters
            number = QLocale().toString(count)
            many = self.tr("The {n} events that match") if filters.is_set else self.tr("All {n} events")
            one = self.tr("The event that matches") if filters.is_set else self.tr("The one event")
            self.what.setText(one if count == 1 else many.format(n=number))
        self._open()

    def writer(self, path: Path) -> Callable[..., int | None]:
        return partial(export_events, self._page.desk, path=path, wanted=self._filters, overwrite=True)

    def written(self, rows: int) -> str:
        if rows == 1:
            return self.tr("1 event was written to {file}.")
        return self.tr("{n} events were written to {file}.")
