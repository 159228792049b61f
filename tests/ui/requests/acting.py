"""Working on the queue as a person does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from portal_admin.ui.requests.page import RequestsPage

Settle = Callable[[], None]
Open = Callable[..., RequestsPage]
HOUR = timedelta(hours=1)
PAUL = "paul@new.example"
UNDO = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def numbers(shown: RequestsPage) -> list[str]:
    return [str(row.key) for row in shown.queue.table.model.rows]


def keys(shown: RequestsPage, settle: Settle, typed: str) -> None:
    """Type on the list."""
    shown.queue.table.view.setFocus()
    for letter in typed:
        QTest.keyClick(shown.queue.table.view, Qt.Key(ord(letter.upper())))
        settle()


def type_reply(shown: RequestsPage, text: str) -> None:
    assert QApplication.focusWidget() is shown.details.work.text
    QTest.keyClicks(shown.details.work.text, text)
