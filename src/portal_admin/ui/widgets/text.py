"""Labels and tooltips that show outside text as it is: Qt would otherwise render markup and open files."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget

from portal_admin.ui.override import override
from portal_admin.ui.theme import Meaning, theme

ZERO_WIDTH = "\u200b"


def restyle(widget: QWidget, **properties: object) -> None:
    """Set properties the style sheet selects by, and let it take effect."""
    if all(widget.property(name) == value for name, value in properties.items()):
        return
    for name, value in properties.items():
        widget.setProperty(name, value)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def set_shown(widget: QWidget, shown: bool) -> None:
    """Show or hide a part; one without a parent yet is only marked, because showing it would open a window."""
    if widget.parentWidget() is not None or not shown:
        widget.setVisible(shown)
    else:
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_Hidden, False)


def set_tooltip(widget: QWidget, text: str) -> None:
    """A tooltip that shows `text` literally; tooltips render rich text, so it is escaped."""
    widget.setToolTip(literal_tooltip(text))


def literal_tooltip(text: str) -> str:
    """Tooltip text escaped so that markup in it is shown and not rendered; empty stays empty."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<span style='white-space:pre-wrap'>{escaped}</span>" if text else ""


def breakable(text: str) -> str:
    """The text for a narrow column: addresses may break behind a sign, and words that fit nowhere anywhere."""
    signs = r"[@._-]|\w{18}" if "@" in text else r"\w{18}"
    return re.sub(rf"({signs})(?=\S)", rf"\1{ZERO_WIDTH}", text)


def quoted(text: str) -> str:
    """Our own words with their commands in quotation marks, where a terminal would show them between backticks."""
    return re.sub(r"`([^`\n]+)`", "“\\1”", text)


class PlainLabel(QLabel):
    """A label of plain text; `kind` is page, section, strong, secondary or error, `meaning` tints it."""

    def __init__(
        self,
        text: str = "",
        *,
        kind: str = "",
        meaning: Meaning | None = None,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setWordWrap(wrap)
        if kind:
            self.setProperty("kind", kind)
        if meaning is not None:
            self.setProperty("meaning", meaning.value)

    def set_meaning(self, meaning: Meaning | None) -> None:
        """Tint the text with a meaning, or with none."""
        restyle(self, meaning=None if meaning is None else meaning.value)


class CopyLabel(PlainLabel):
    """An id or another short value that can be focused, selected and copied with Ctrl+C."""

    def __init__(self, text: str = "", *, kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, kind=kind, parent=parent)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and not self.hasSelectedText():
            QGuiApplication.clipboard().setText(self.text())
            return
        super().keyPressEvent(event)


class ElidedLabel(PlainLabel):
    """One line of plain text that elides; the whole text shows on hover and on focus, and Ctrl+C copies it."""

    def __init__(self, text: str = "", *, kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, kind=kind, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def is_elided(self) -> bool:
        """Whether the text does not fit."""
        return self.fontMetrics().horizontalAdvance(self.text()) > self.width()

    @override
    def setText(self, text: str) -> None:
        super().setText(" ".join(text.split()))
        self._fit()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        elided = self.is_elided
        set_tooltip(self, self.text() if elided else "")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if elided else Qt.FocusPolicy.NoFocus)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), self.alignment(), shown)
        if self.hasFocus():
            painter.setPen(theme.colour("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), self.toolTip(), self)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.text())
            return
        super().keyPressEvent(event)
