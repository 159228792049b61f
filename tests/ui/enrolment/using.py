"""Using the Enrolment page as a person does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from portal_admin.ui.enrolment.page import EnrolmentPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.tables.rows import text_of

Settle = Callable[[], None]
Open = Callable[..., EnrolmentPage]


def type_in(settle: Settle, *texts: str) -> None:
    """Type into the field that has the keyboard, Tab to the next, and press Enter in the last."""
    for place, text in enumerate(texts):
        focused = QApplication.focusWidget()
        QTest.keyClicks(focused, text)
        QTest.keyClick(focused, Qt.Key.Key_Return if place == len(texts) - 1 else Qt.Key.Key_Tab)
    settle()


def answer(shown: EnrolmentPage) -> dict[str, str]:
    return {line.check.name: line.check.result.value for line in shown.rehearsal.lines}


def line(shown: EnrolmentPage, name: str) -> Any:
    return next(one for one in shown.rehearsal.lines if one.check.name == name)


def gone(shown: EnrolmentPage) -> list[Target]:
    """Where the page sends to, from now on."""
    targets: list[Target] = []
    shown.navigator.open.connect(targets.append)
    return targets


def cells(table: Any) -> list[list[str]]:
    return [list(map(text_of, row.cells)) for row in table.model.rows]
