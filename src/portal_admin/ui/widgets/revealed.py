"""Masked data that can be looked at for a minute: it masks itself again, and takes its copy off the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.permissions import Permission
from portal_admin.ui import background
from portal_admin.ui.override import override
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import CopyButton, button
from portal_admin.ui.widgets.text import PlainLabel, breakable, set_tooltip

SECONDS = 60

Reveal = Callable[[], Sequence[str]]


class Revealed(QWidget):
    """Call `show_masked` with the masked lines and what reveals them; `failed` carries why it could not be revealed.

    Whoever supplies `reveal` has it audited. Shown data masks itself after 60 s, and as soon as it is out of sight.
    """

    failed = Signal(object)

    def __init__(
        self,
        title: str,
        *,
        name: str,
        rights: Rights,
        permission: Permission,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._masked: tuple[str, ...] = ()
        self._reveal: Reveal | None = None
        self._copied: str | None = None
        self._name = name
        self.left = 0
        self.timer = QTimer(self)
        self.timer.setInterval(1000)
        self.timer.timeout.connect(self._tick)
        self.title = PlainLabel(title, wrap=True)
        self.countdown = PlainLabel(kind="secondary")
        self.button = button(self.tr("Show"), self._pressed, kind="link")
        set_tooltip(self.button, self.tr("That you looked is written to the audit."))
        rights.guard(self.button, permission)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.title, 1)
        head.addWidget(self.countdown)
        head.addWidget(self.button)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(head)
        column.addLayout(self._lines)
        self.shown: tuple[str, ...] = ()
        self.conceal()

    @property
    def is_revealed(self) -> bool:
        """Whether anything is shown unmasked now."""
        return self.timer.isActive()

    def show_masked(self, lines: Sequence[str], reveal: Reveal | None) -> None:
        """Show these lines, masked; without `reveal` there is nothing to be shown."""
        self._masked, self._reveal = tuple(lines), reveal
        self.conceal()

    def conceal(self) -> None:
        """Mask it now, and clear the clipboard if it still holds what was copied here."""
        background.forget(self)
        self.timer.stop()
        self.left = 0
        self._clear_clipboard()
        self.countdown.hide()
        self.button.setText(self.tr("Show"))
        self.button.setAccessibleName(self.tr("Show {name}").format(name=self._name))
        self.button.setEnabled(True)
        self.button.setVisible(self._reveal is not None)
        self._fill(self._masked, copied=False)

    def _pressed(self) -> None:
        reveal = self._reveal
        if self.is_revealed:
            self.conceal()
        elif reveal is not None and self.button.isEnabled():
            self.button.setEnabled(False)
            background.run(self, lambda: tuple(reveal()), self._show, self._failed, replaces="reveal")

    def _failed(self, error: object) -> None:
        self.conceal()
        self.failed.emit(error)

    def _show(self, lines: tuple[str, ...]) -> None:
        self.button.setEnabled(True)
        self.button.setText(self.tr("Mask"))
        self.button.setAccessibleName(self.tr("Mask {name}").format(name=self._name))
        self._fill(lines, copied=True)
        self.left = SECONDS
        self._count()
        self.countdown.show()
        self.timer.start()

    def _tick(self) -> None:
        self.left -= 1
        if self.left <= 0:
            self.conceal()
        else:
            self._count()

    def _count(self) -> None:
        self.countdown.setText(self.tr("masked again in {n} s").format(n=self.left))

    def _fill(self, lines: tuple[str, ...], *, copied: bool) -> None:
        self.shown = lines
        while (item := self._lines.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for text in lines:
            self._lines.addWidget(self._line(text, copied=copied))

    def _line(self, text: str, *, copied: bool) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(PlainLabel(breakable(text), kind="secondary", wrap=True), 1)
        if copied:
            copy = CopyButton(self.tr("Copy {text}").format(text=text), lambda: self._copy(text))
            row.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
        return holder

    def _copy(self, text: str) -> str:
        self._copied = text
        return text

    def _clear_clipboard(self) -> None:
        copied, self._copied = self._copied, None
        clipboard = QGuiApplication.clipboard()
        if copied is not None and clipboard.text() == copied:
            clipboard.clear()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.is_revealed or not self.button.isEnabled():
            self.conceal()
