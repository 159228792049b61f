"""A verdict as a person reads it: the answer first, then one line for each check it rests on."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from portal_admin.domain.verdict import Check, Verdict
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.finding import MARKS, result_words
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip

_VERDICTS: dict[str, tuple[str, Meaning]] = {
    "visible": ("check", Meaning.GOOD),
    "offered": ("check", Meaning.GOOD),
    "not_visible": ("cross", Meaning.BAD),
    "not_offered": ("cross", Meaning.BAD),
    "cannot_tell": ("question", Meaning.UNKNOWN),
}


class VerdictView(QWidget):
    """Renders a Verdict; `fix_requested` carries the key of the fix that was pressed.

    A fix is keyed by the name of its check, and where a check has several, by `name:detail`.
    """

    fix_requested = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict: Verdict | None = None
        self.fix_buttons: dict[str, QPushButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._shown: QWidget | None = None

    def clear(self) -> None:
        """Show nothing."""
        self.verdict = None
        self.fix_buttons = {}
        if self._shown is not None:
            self._shown.hide()
            self._shown.deleteLater()
            self._shown = None

    def show_verdict(
        self,
        verdict: Verdict,
        *,
        now: datetime,
        subject: str = "",
        fixes: dict[str, str] | None = None,
    ) -> None:
        """Show a verdict about `subject`; `fixes` names the buttons of checks that the screen can put right."""
        self.clear()
        self.verdict = verdict
        self._shown = QWidget()
        lines = QVBoxLayout(self._shown)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(Space.S)
        lines.addLayout(self._headline(verdict, subject))
        rule = QFrame()
        rule.setProperty("kind", "line")
        lines.addWidget(rule)
        for check in verdict.checks:
            mine = {key: text for key, text in (fixes or {}).items() if key.partition(":")[0] == check.name}
            lines.addWidget(self._line(check, now, mine))
        basis = self.tr("Judged by the {edition} rules.")
        lines.addWidget(PlainLabel(basis.format(edition=verdict.edition.value), kind="secondary", wrap=True))
        self._column.addWidget(self._shown)
        self.setAccessibleName(self.summary(verdict))

    def summary(self, verdict: Verdict) -> str:
        """The verdict in words."""
        words = {
            "visible": self.tr("Visible"),
            "not_visible": self.tr("Not visible"),
            "offered": self.tr("Offered"),
            "not_offered": self.tr("Not offered"),
            "cannot_tell": self.tr("Cannot tell"),
        }.get(verdict.verdict, verdict.verdict)
        if verdict.area:
            area = {"open": self.tr("Open"), "closed": self.tr("Closed")}.get(verdict.area, verdict.area)
            return self.tr("{verdict}, under {area}").format(verdict=words, area=area)
        return words

    def _headline(self, verdict: Verdict, subject: str) -> QHBoxLayout:
        icon, meaning = _VERDICTS.get(verdict.verdict, ("question", Meaning.UNKNOWN))
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(Mark(icon, meaning.value, size=Size.ICON_LARGE), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(PlainLabel(self.summary(verdict), kind="section", meaning=meaning))
        if subject:
            words.addWidget(PlainLabel(subject, kind="secondary", wrap=True))
        row.addLayout(words, 1)
        return row

    def _line(self, check: Check, now: datetime, fixes: dict[str, str]) -> QWidget:
        icon, meaning = MARKS[check.result]
        line = QWidget()
        line.setObjectName(f"check_{check.name}")
        grid = QGridLayout(line)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        mark = Mark(icon, meaning.value)
        mark.setAccessibleName(result_words(check.result))
        grid.addWidget(mark, 0, 0, Qt.AlignmentFlag.AlignTop)
        sentence = PlainLabel(check.sentence, wrap=True)
        set_tooltip(sentence, self.tr("Rests on: {source}").format(source=check.source))
        grid.addWidget(sentence, 0, 1)
        if check.as_of is not None:
            age = PlainLabel(clock_text(check.as_of, now), kind="secondary")
            set_tooltip(age, zone_text(check.as_of))
            grid.addWidget(age, 0, 2, Qt.AlignmentFlag.AlignTop)
        if check.fix:
            grid.addWidget(PlainLabel(check.fix, kind="secondary", wrap=True), 1, 1, 1, 2)
        if fixes:
            grid.addWidget(self._fixes(fixes), 2, 1, 1, 2)
        line.setAccessibleName(f"{result_words(check.result)}: {check.sentence}")
        return line

    def _fixes(self, fixes: dict[str, str]) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        for key, text in fixes.items():
            self.fix_buttons[key] = made = self._fix_button(key, text)
            column.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        return holder

    def _fix_button(self, key: str, text: str) -> QPushButton:
        return button(text, lambda: self.fix_requested.emit(key))
