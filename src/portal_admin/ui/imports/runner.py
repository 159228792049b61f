"""Runs, resumes and takes back imports, and says what came of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from portal_admin.domain.imports import Counts
from portal_admin.errors import DeskError
from portal_admin.services.imports.batches import Batch, Outcome
from portal_admin.services.imports.commit import resume, run_import
from portal_admin.services.imports.results import write_results
from portal_admin.services.imports.undo import Undone, undo
from portal_admin.ui.imports.dry_run import Request
from portal_admin.ui.imports.words import number, sum_words
from portal_admin.ui.long_work import LongWork
from portal_admin.ui.page import Page
from portal_admin.ui.show_in_folder import show_in_folder


class Runner(QObject):
    """`imported` carries the Outcome and the Request it came from (None when resumed), `changed` a Batch to read
    again; after `failed` others may know more.
    """

    imported = Signal(object, object)
    changed = Signal(object)
    failed = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self.work = LongWork(page)

    def begin(self, request: Request) -> None:
        """Import what was rehearsed."""
        desk = self._page.desk
        self._page.messages.clear()
        self.work.start(
            self.tr("Importing {file}").format(file=request.table.file_name),
            lambda progress, cancelled: run_import(
                desk,
                site=request.site,
                table=request.table,
                mapping=dict(request.mapping),
                options=request.options,
                progress=progress,
                cancelled=cancelled,
            ),
            lambda outcome: self._done(outcome, request),
            self._failed,
        )

    def resume(self, batch: Batch) -> None:
        """Do the rows that are left."""
        desk = self._page.desk
        self._page.messages.clear()

        self.work.start(
            self.tr("Importing {file}").format(file=batch.file_name),
            lambda progress, cancelled: resume(desk, batch=batch.id, progress=progress, cancelled=cancelled),
            lambda outcome: self._done(outcome, None),
            self._failed,
        )

    def _done(self, outcome: Outcome, request: Request | None) -> None:
        messages = self._page.messages
        words = [self._words(outcome), *outcome.warnings]
        if not outcome.complete or outcome.warnings or outcome.counts.refused:
            messages.warning("\n".join(words))
        else:
            messages.success("\n".join(words))
        self.imported.emit(outcome, request)

    def _failed(self, error: DeskError) -> None:
        self._page.messages.error(error)
        self.failed.emit()

    def _words(self, outcome: Outcome) -> str:
        batch = outcome.batch
        if not outcome.complete:
            words = self.tr(
                "The import of {file} was stopped: {done} of {total} rows are done. Resume does the rest."
            )
            return words.format(
                file=batch.file_name, done=number(batch.counts.read), total=number(batch.total)
            )
        sums = sum_words(batch.counts, planned=False)
        return self.tr("{file} was imported to site {site}. {sums}.").format(
            file=batch.file_name, site=batch.site, sums=sums
        )

    # Failed rows

    def ask_where_to_save(self, batch: Batch) -> None:
        """Ask for a place for the failed rows; the dialog asks before it replaces a file."""
        dialog = QFileDialog(self._page.window(), self.tr("Save failed rows"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["*.xlsx", "*.csv"])
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(f"{Path(batch.file_name).stem}-failed.xlsx")
        dialog.fileSelected.connect(lambda path: self.save(batch, Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, batch: Batch, path: Path) -> None:
        """Write the refused rows, ready to be put right."""
        desk = self._page.desk

        def done(rows: int) -> None:
            words = (
                self.tr("1 failed row was written to {file}.")
                if rows == 1
                else self.tr("{n} failed rows were written to {file}.")
            )
            self._page.messages.success(
                words.format(n=number(rows), file=path.name),
                action=self.tr("Show in folder"),
                pressed=partial(show_in_folder, path),
            )

        self._page.run(
            lambda: write_results(desk, batch=batch.id, path=path, only_refused=True, overwrite=True),
            done,
            replaces="save",
        )

    # Taking back

    def ask_undo(self, batch: Batch) -> None:
        """Say what an undo does, and let the operator decide in the page."""
        words = self.tr(
            "Undo removes what {file} created on site {site} ({created}) and gives back what it changed ({changed}). "
            "It is refused as a whole where somebody was changed since."
        )
        counts: Counts = batch.counts
        self._page.messages.warning(
            words.format(
                file=batch.file_name,
                site=batch.site,
                created=number(counts.created),
                changed=number(counts.changed),
            ),
            action=self.tr("Undo import"),
            pressed=partial(self.undo, batch),
        )

    def undo(self, batch: Batch) -> None:
        """Take an import back."""
        desk = self._page.desk

        def done(undone: Undone) -> None:
            words = self.tr(
                "{file} was taken back: {removed} end users were removed, {restored} are as they were before."
            )
            self._page.messages.success(
                words.format(
                    file=batch.file_name, removed=number(undone.removed), restored=number(undone.restored)
                )
            )
            self.changed.emit(undone.batch)

        self.work.start(
            self.tr("Taking back {file}").format(file=batch.file_name),
            lambda _progress, _cancelled: undo(desk, batch=batch.id),
            done,
            self._failed,
            can_stop=False,
        )
