"""Choosing the picture at the head of a site's mails."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.text import ElidedLabel


class LogoChoice(QWidget):
    """`chosen` carries the path of a picture; `changed` follows when one is there or taken away."""

    chosen = Signal(str)
    changed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.content: bytes | None = None
        self.words = ElidedLabel()
        self.choose_button = button(self.tr("Choose…"), self._ask)
        self.choose_button.setAccessibleName(self.tr("Choose a logo"))
        self.remove_button = button(self.tr("Remove"), lambda: self.show_logo(None))
        self.remove_button.setAccessibleName(self.tr("Remove the logo"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.words, 1)
        row.addWidget(self.choose_button)
        row.addWidget(self.remove_button)
        self.setFocusProxy(self.choose_button)
        self.show_logo(None)

    def show_logo(self, content: bytes | None) -> None:
        """Take a picture, or none."""
        self.content = content
        self.remove_button.setEnabled(content is not None)
        if content is None:
            self.words.setText(self.tr("none: the sender's name is shown"))
        else:
            size = QLocale().toString(max(1, round(len(content) / 1024)))
            self.words.setText(self.tr("{n} KB").format(n=size))
        self.changed.emit()

    def _ask(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Choose a logo"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Pictures (*.png *.jpg *.jpeg)"))
        dialog.fileSelected.connect(self.chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
