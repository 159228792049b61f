"""What the doctor finds, line by line as it is found."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from portal_admin.domain.verdict import Result
from portal_admin.services.doctor import CHECKS, Finding
from portal_admin.ui.speech import announce
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.finding import FindingLine
from portal_admin.ui.widgets.text import PlainLabel

SEVERITY = (Result.FAIL, Result.UNKNOWN, Result.ADVICE, Result.PASS)


class Results(QFrame):
    """A sentence, a determinate bar while checks are made, and their findings; `worst_first` instead of as made."""

    def __init__(self, *, worst_first: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._worst_first = worst_first
        self.setProperty("kind", "panel")
        self.lines: list[FindingLine] = []
        self.findings: list[Finding] = []
        self._worst = Result.PASS
        self.summary = PlainLabel(kind="section", wrap=True)
        self.hint = PlainLabel(kind="secondary", wrap=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Checks made"))
        self.progress.setMaximum(len(CHECKS))
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, Space.S, 0)
        self._column.setSpacing(Space.M)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inner)
        scroll.setAccessibleName(self.tr("Findings"))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        for widget in (self.summary, self.progress, self.hint):
            column.addWidget(widget)
        column.addWidget(scroll, 1)
        self.progress.hide()
        self.summary.setText(self.tr("Not tested yet"))
        self.hint.setText(
            self.tr(
                "Test looks at the database, ASPIRE, the clocks, the sync and the keyring. It changes nothing."
            )
        )

    def begin(self) -> None:
        """A new test begins."""
        for line in self.lines:
            line.hide()
            line.deleteLater()
        self.lines.clear()
        self.findings.clear()
        self._worst = Result.PASS
        self.summary.setText(self.tr("Testing…"))
        self.hint.hide()
        self.progress.setValue(0)
        self.progress.show()

    def add(self, found: Finding) -> None:
        """One more finding."""
        line = FindingLine(found.result, found.message, found.fix or "")
        position = self._position(found.result)
        self._column.insertWidget(position, line)
        self.lines.insert(position, line)
        self.findings.insert(position, found)
        self.progress.setValue(len(self.lines))
        if found.result is Result.FAIL or (found.result is Result.UNKNOWN and self._worst is Result.PASS):
            self._worst = found.result

    def _position(self, result: Result) -> int:
        if not self._worst_first:
            return len(self.lines)
        return sum(SEVERITY.index(other.result) <= SEVERITY.index(result) for other in self.findings)

    def end(self) -> None:
        """The test is over, or was refused."""
        self.progress.hide()
        words = {
            Result.PASS: self.tr("Everything works"),
            Result.UNKNOWN: self.tr("Not everything could be looked at"),
            Result.FAIL: self.tr("Something needs attention"),
        }
        self.summary.setText(words[self._worst] if self.lines else self.tr("Not tested"))
        announce(self, self.summary.text())
