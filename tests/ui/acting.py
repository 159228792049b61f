"""Reading and pressing as a person does."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QPushButton, QWidget


def said(widget: QWidget) -> str:
    """Every visible word of a widget, a label a line."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def press(widget: QWidget, words: str) -> None:
    """Click the one visible button of that text."""
    found = [b for b in widget.findChildren(QPushButton) if b.isVisible() and b.text() == words]
    assert len(found) == 1, f"{len(found)} buttons {words!r}"
    found[0].click()
