"""How far long work is: words, a bar, and Cancel."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from portal_admin.ui.long_work import LongWork
from portal_admin.ui.speech import announce
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.text import PlainLabel


class ProgressStrip(QWidget):
    """Follows one LongWork; hidden while nothing runs."""

    def __init__(self, work: LongWork, *, note: str = "", parent: QWidget | None = None) -> None:
        """`note` says what leaving the page and closing the window do to the work."""
        super().__init__(parent)
        self._work = work
        self._what = ""
        self.words = PlainLabel(wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.note = PlainLabel(note, kind="secondary", wrap=True)
        self.cancel_button = button(self.tr("Cancel"), work.cancel, icon="cross")
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addWidget(self.words, 1)
        row.addWidget(self.cancel_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(row)
        column.addWidget(self.bar)
        column.addWidget(self.note)
        self.hide()
        work.begun.connect(self._begin)
        work.moved.connect(self._move)
        work.stopping.connect(self._stopping)
        work.ended.connect(self.hide)

    def _begin(self, words: str) -> None:
        self._what = words
        self.words.setText(words)
        self.bar.setAccessibleName(words)
        self.bar.setRange(0, 0)
        self.cancel_button.setEnabled(True)
        self.cancel_button.setVisible(self._work.can_stop)
        self.note.setVisible(bool(self.note.text()) and self._work.can_stop)
        self.show()
        announce(self, words)

    def _move(self, done: int, whole: int) -> None:
        self.bar.setRange(0, whole)
        self.bar.setValue(done)
        if self.cancel_button.isEnabled():
            number = QLocale().toString
            words = self.tr("{what}: {done} of {whole}")
            self.words.setText(words.format(what=self._what, done=number(done), whole=number(whole)))

    def _stopping(self) -> None:
        self.cancel_button.setEnabled(False)
        self.words.setText(self.tr("{what}: stopping…").format(what=self._what))
