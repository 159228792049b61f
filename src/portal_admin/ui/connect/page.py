"""Connect: which portal database and which ASPIRE this desk works with; usable without any profile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.errors import DeskError, InvalidInput
from portal_admin.services.doctor import Finding
from portal_admin.ui.connect.draft import Draft, Known, findings, know, save
from portal_admin.ui.connect.entry import EntryForm
from portal_admin.ui.navigation import Target
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.results import Results
from portal_admin.ui.widgets.scrolling import FormScroll
from portal_admin.ui.widgets.text import PlainLabel


class ConnectPage(Page):
    """Form at the left, what Test found at the right; whatever fails, what was typed stays."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.form = EntryForm()
        self.results = Results()
        self.password_note = PlainLabel(kind="secondary", wrap=True)
        self.form.add_note("password", self.password_note)
        self.test_button = button(self.tr("Test"), self.test, icon="play")
        self.save_button = button(self.tr("Save and open"), self.save, kind="primary", icon="check")
        self.form.browse.clicked.connect(lambda _checked=False: self._browse())
        row = QHBoxLayout()
        row.setSpacing(Space.S)  # the form ends with a margin for its scroll bar
        row.addWidget(self._left(), 3)
        row.addWidget(self.results, 2)
        self.body.addLayout(row, 1)
        self._known: Known | None = None
        self.run(know, self._fill)

    def _left(self) -> QWidget:
        scroll = FormScroll(Space.L)
        scroll.column.addWidget(self.form)
        scroll.column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.save_button)
        buttons.addWidget(self.test_button)
        buttons.addStretch(1)
        left = QWidget()
        left.setMaximumWidth(Size.FORM + Space.L)
        outer = QVBoxLayout(left)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(Space.M)
        outer.addWidget(scroll, 1)
        outer.addLayout(buttons)
        return left

    def open(self, _target: Target) -> None:
        self.form.first_control.setFocus()

    def _fill(self, known: Known) -> None:
        self._known = known
        self.form.fill(known, self.context.profile)
        if known.keyring is None:
            words = self.tr(
                "This machine has no keyring, so the password is held for this session only and asked again next time."
            )
        else:
            words = self.tr("Kept in this machine's keyring ({name}), never in a file.").format(
                name=known.keyring
            )
        self.password_note.setText(words)

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Where the portal database is to be kept"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Portal database (*.db)"))
        dialog.setDefaultSuffix("db")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.form.file.setText(str(Path(path))))
        dialog.open()

    def test(self) -> None:
        """Examine what is typed, one finding after the other."""
        self.form.clear_errors()
        self.messages.clear()
        self._busy(True)
        self.results.begin()
        self._next(findings(self.form.draft()))

    def _next(self, rest: Iterator[Finding]) -> None:
        self.run(
            lambda: next(rest, None), lambda found: self._found(found, rest), self._refused, replaces="test"
        )

    def _found(self, found: Finding | None, rest: Iterator[Finding]) -> None:
        if found is None:
            self.results.end()
            self._busy(False)
            return
        self.results.add(found)
        self._next(rest)

    def save(self) -> None:
        """Create what is missing, keep the profile, and let the window work with it."""
        self.form.clear_errors()
        self.messages.clear()
        self._busy(True)
        draft: Draft = self.form.draft()
        self.run(lambda: save(draft), self._saved, self._refused, replaces="save")

    def _saved(self, outcome: tuple[str, bool]) -> None:
        self._busy(False)
        name, _kept = outcome
        if self.context.profile_changed is not None:
            self.context.profile_changed(name)

    def _refused(self, error: DeskError) -> None:
        self._busy(False)
        self.results.end()
        if not (isinstance(error, InvalidInput) and self.form.show_error(error)):
            self.messages.error(error)

    def _busy(self, busy: bool) -> None:
        for made in (self.test_button, self.save_button):
            made.setEnabled(not busy)
