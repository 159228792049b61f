"""The box at the top: people, accounts, contracts and every command, from one line of typing (Ctrl+K)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from portal_admin.errors import DeskError
from portal_admin.ui import background
from portal_admin.ui.find_entry import Entry, Finder
from portal_admin.ui.icons import set_icon
from portal_admin.ui.override import override
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.text import PlainLabel

if TYPE_CHECKING:
    from portal_admin.ui.find_results import FindResults

PAUSE = 120


class FindBox(QLineEdit):
    """Typing lists commands at once and records as soon as they are found; Esc goes back to the page."""

    left = Signal()

    def __init__(self, commands: Callable[[], Sequence[Entry]], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self._find: Finder | None = None
        self._found: Sequence[Entry] = ()
        self._note = ""
        self.results: FindResults | None = None
        self.setPlaceholderText(self.tr("Find a person, contract, account or command"))
        self.setAccessibleName(self.tr("Find a person, contract, account or command"))
        self.setMaxLength(200)
        mark = QAction(self)
        set_icon(mark, "search", "secondary")
        self.addAction(mark, QLineEdit.ActionPosition.LeadingPosition)
        self._keys = PlainLabel("Ctrl+K", kind="secondary", parent=self)
        self._keys.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.textChanged.connect(lambda text: self._keys.setVisible(not text))
        self.textEdited.connect(self._typed)

    def set_finder(self, find: Finder | None) -> None:
        """What looks records up, on a worker; None while there is no desk."""
        self._find = find
        if self.hasFocus() and self.text():
            self._typed()

    def leave(self) -> None:
        """Close the list and give the keyboard back."""
        self.clear()
        self._hide()
        self.left.emit()

    def _typed(self) -> None:
        text = self.text().strip()
        self._found = ()
        self._note = ""
        if text and self._find is not None:
            self._note = self.tr("Looking…")
            background.later(self, PAUSE, self._look, replaces="pause")
        self._show()

    def _look(self) -> None:
        text, find = self.text().strip(), self._find
        if text and find is not None:
            background.run(self, lambda: find(text), self._looked, self._could_not_look, replaces="find")

    def _looked(self, found: Sequence[Entry]) -> None:
        self._found = found
        self._note = "" if found else self.tr("No person, account or contract found.")
        self._show()

    def _could_not_look(self, error: DeskError) -> None:
        self._found = ()
        self._note = self.tr("Could not look: {reason}").format(reason=error.message)
        self._show()

    def _show(self) -> None:
        if not self.hasFocus() and not (self.results and self.results.isVisible()):
            return
        words = self.text().casefold().split()
        commands = [
            entry
            for entry in self._commands()
            if all(word in f"{entry.title} {entry.kind}".casefold() for word in words)
        ]
        if self.results is None:
            from portal_admin.ui.find_results import FindResults

            self.results = FindResults(self.window())
            self.results.picked.connect(self._pick)
        self.results.fill([*self._found, *commands], self._note)
        self.results.place(self)

    def _hide(self) -> None:
        if self.results is not None:
            self.results.hide()

    def _pick(self, entry: Entry) -> None:
        self.leave()
        entry.chosen()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            hint = self._keys.sizeHint()
            self._keys.setGeometry(
                self.width() - hint.width() - Space.S, (self.height() - hint.height()) // 2, *hint.toTuple()
            )
        elif event.type() is QEvent.Type.FocusIn:
            self._show()
        elif event.type() is QEvent.Type.FocusOut:
            self._hide()
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif self.results is not None and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.results.step(1 if key == Qt.Key.Key_Down else -1)
        elif self.results is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            background.hurry(self)
            self.results.pick()
        else:
            super().keyPressEvent(event)
