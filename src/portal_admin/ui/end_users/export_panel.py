"""The side panel that writes the filtered end users to a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QComboBox

from portal_admin.services.export import export_users
from portal_admin.ui.export_panel import ExportPanel
from portal_admin.ui.page import Page
from portal_admin.ui.panels.person.user_rows import UserFilters
from portal_admin.ui.widgets.text import PlainLabel


class UserExportPanel(ExportPanel):
    """Exports the end users that the table shows, with their links."""

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("Export end users"), file_name="end-users", page=page)
        self._filters = UserFilters()
        self.filter_words = PlainLabel(kind="secondary", wrap=True)
        self.lines = self.form.add(
            "links",
            self.tr("&Rows"),
            QComboBox(),
            hint=self.tr("Both can be imported again. Ids keep their leading zeros in a workbook."),
        )
        self.lines.addItem(self.tr("One for each end user"), False)
        self.lines.addItem(self.tr("One for each linked account, with its name"), True)
        self.controls.append(self.lines)
        audited = self.tr("The audit keeps who exported, these filters, and the number of rows.")
        for widget in (
            self.what,
            self.filter_words,
            self.form,
            PlainLabel(audited, kind="secondary", wrap=True),
            self.progress,
        ):
            self.body.addWidget(widget)

    def start(self, filters: UserFilters, count: int) -> None:
        """Offer to export what the table shows."""
        if not self.work.is_running:
            self._filters = filters
            self._tell(count)
        self._open()

    def writer(self, path: Path) -> Callable[..., int | None]:
        write = partial(
            export_users,
            self._page.desk,
            path=path,
            site=self._filters.site,
            statuses=self._filters.statuses,
            text=self._filters.text,
            links=bool(self.lines.currentData()),
            overwrite=True,
        )

        def rows_written(**given: Any) -> int | None:
            done = write(**given)
            return None if done is None else done.rows

        return rows_written

    def written(self, rows: int) -> str:
        if rows == 1:
            return self.tr("1 row was written to {file}.")
        return self.tr("{n} rows were written to {file}.")

    def _tell(self, count: int) -> None:
        number = QLocale().toString(count)
        if self._filters.are_set:
            one, many = self.tr("The end user that matches"), self.tr("The {n} end users that match")
        else:
            one, many = self.tr("The one end user"), self.tr("All {n} end users")
        self.what.setText(one if count == 1 else many.format(n=number))
        words = []
        if self._filters.site:
            words.append(self.tr("on site {key}").format(key=self._filters.site))
        if self._filters.statuses:
            words.append(" / ".join(status.value for status in self._filters.statuses))
        if self._filters.text:
            words.append(self.tr("“{text}” in name or email").format(text=self._filters.text))
        self.filter_words.setText(", ".join(words))
        self.filter_words.setVisible(bool(words))
