"""The side panel that writes what is missing to a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale

from portal_admin.domain.enrolment_readiness import Lack
from portal_admin.domain.verdict import Edition
from portal_admin.services.enrolment.readiness import export_gaps
from portal_admin.ui.enrolment.readiness_rows import lack_words
from portal_admin.ui.export_panel import ExportPanel
from portal_admin.ui.page import Page
from portal_admin.ui.panels.enrolment.words import tr
from portal_admin.ui.widgets.text import PlainLabel


class GapExportPanel(ExportPanel):
    """Exports all gaps of the site and kind that are chosen, also those that the list does not show."""

    def __init__(self, page: Page) -> None:
        super().__init__(tr("Export what is missing"), file_name="enrolment readiness", page=page)
        self._site: str | None = None
        self._lack: Lack | None = None
        self._edition: Edition | None = None
        told = tr("The portfolio is read again for it. The export is written to the audit.")
        for widget in (self.what, self.form, PlainLabel(told, kind="secondary", wrap=True), self.progress):
            self.body.addWidget(widget)

    def start(self, *, site: str | None, lack: Lack | None, edition: Edition | None, count: int) -> None:
        """Offer to export what is chosen."""
        if not self.work.is_running:
            self._site, self._lack, self._edition = site, lack, edition
            kind = tr("Everything that is missing") if lack is None else lack_words(lack)
            where = tr("all sites") if site is None else tr("site {site}").format(site=site)
            self.what.setText(
                tr("{kind}, {where}: {n} rows").format(kind=kind, where=where, n=QLocale().toString(count))
            )
        self._open()

    def writer(self, path: Path) -> Callable[..., int | None]:
        return partial(
            export_gaps,
            self._page.desk,
            path=path,
            site=self._site,
            lack=self._lack,
            edition=self._edition,
            overwrite=True,
        )

    def written(self, rows: int) -> str:
        return tr("1 row was written to {file}.") if rows == 1 else tr("{n} rows were written to {file}.")
