"""One finding: its mark, its sentence, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.verdict import Result
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel, quoted

MARKS: dict[Result, tuple[str, Meaning]] = {
    Result.PASS: ("check", Meaning.GOOD),
    Result.FAIL: ("cross", Meaning.BAD),
    Result.UNKNOWN: ("question", Meaning.UNKNOWN),
    Result.ADVICE: ("info", Meaning.ATTENTION),
}


def result_words(result: Result) -> str:
    """A result for those who do not see the mark."""
    return {
        Result.PASS: QCoreApplication.translate("finding", "Holds"),
        Result.FAIL: QCoreApplication.translate("finding", "Fails"),
        Result.UNKNOWN: QCoreApplication.translate("finding", "Cannot tell"),
        Result.ADVICE: QCoreApplication.translate("finding", "Worth a look"),
    }[result]


class FindingLine(QWidget):
    """A line of the doctor or of the start page."""

    def __init__(self, result: Result, text: str, fix: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        icon, meaning = MARKS[result]
        text, fix = quoted(text), quoted(fix)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        mark = Mark(icon, meaning.value)
        mark.setAccessibleName(result_words(result))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        self._words = words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(PlainLabel(text, wrap=True))
        if fix:
            words.addWidget(PlainLabel(fix, kind="secondary", wrap=True))
        row.addLayout(words, 1)
        self.setAccessibleName(f"{result_words(result)}: {text}")

    def add_action(self, control: QWidget) -> None:
        """Put what can be done about it under the sentence, where long words leave room."""
        self._words.addWidget(control, 0, Qt.AlignmentFlag.AlignLeft)
