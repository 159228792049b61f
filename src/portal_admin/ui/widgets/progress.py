"""How far long work is: words, a bar, and Cancel."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget
from shiboken6 import isValid

from portal_admin.ui.long_work import LongWork
from portal_admin.ui.speech import announce
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.text import PlainLabel


class ProgressStrip(QWidget):
    """Follows one LongWork; hidden while nothing runs.

    The keyboard goes to Cancel and back: make the strip before what disables the button that was pressed follows
    `begun`, and after what enables it again follows `ended`.
    """

    def __init__(self, work: LongWork, *, note: str = "", parent: QWidget | None = None) -> None:
        """`note` says what leaving the page and closing the window do to the work."""
        super().__init__(parent)
        self._work = work
        self._what = ""
        self._is_stopping = False
        self._return_focus: QWidget | None = None
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
        work.ended.connect(self._end)

    def _begin(self, words: str) -> None:
        self._what = words
        self.words.setText(words)
        self.bar.setAccessibleName(words)
        self.bar.setRange(0, 0)
        self._is_stopping = False
        self.cancel_button.setVisible(self._work.can_stop)
        self.note.setVisible(bool(self.note.text()) and self._work.can_stop)
        self.show()
        announce(self, words)
        focused, page = QApplication.focusWidget(), self.parentWidget()
        if focused is not None and page is not None and page.isAncestorOf(focused) and self._work.can_stop:
            self._return_focus = focused
            self.cancel_button.setFocus()

    def _move(self, done: int, whole: int) -> None:
        self.bar.setRange(0, whole)
        self.bar.setValue(done)
        if not self._is_stopping:
            number = QLocale().toString
            words = self.tr("{what}: {done} of {whole}")
            self.words.setText(words.format(what=self._what, done=number(done), whole=number(whole)))

    def _end(self) -> None:
        back, self._return_focus = self._return_focus, None
        holds = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        if holds and back is not None and isValid(back) and back.isVisible() and back.isEnabled():
            back.setFocus()

    def _stopping(self) -> None:
        self._is_stopping = True  # Cancel stays enabled, because the keyboard is there
        self.words.setText(self.tr("{what}: stopping…").format(what=self._what))
