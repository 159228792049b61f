"""Proving the audit whole: how far it is, and the result, which stays until the next one."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.errors import DeskError
from portal_admin.services import audit_trail
from portal_admin.services.audit_trail import Verified
from portal_admin.services.desk import Desk
from portal_admin.ui.long_work import LongWork
from portal_admin.ui.speech import announce
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.ages import clock_text
from portal_admin.ui.widgets.buttons import button, icon_button
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.progress import ProgressStrip
from portal_admin.ui.widgets.text import CopyLabel, PlainLabel, quoted, restyle

_ICONS = {Meaning.GOOD: "check", Meaning.BAD: "cross", Meaning.UNKNOWN: "question"}


class VerifyBar(QWidget):
    """`line_wanted` carries the line at which the audit is broken, when it is asked for."""

    line_wanted = Signal(int)

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._line = 0
        self.work = LongWork(self)
        self.progress = ProgressStrip(self.work)
        self.result = QFrame()
        self.result.setProperty("kind", "bar")
        self._mark = Mark("check", "good")
        self.title = PlainLabel(kind="strong", wrap=True)
        self.sentence = PlainLabel(wrap=True)
        self.proof = CopyLabel(kind="secondary")
        self.show_button = button(self.tr("Show the line"), lambda: self.line_wanted.emit(self._line))
        self._build()

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self.title, self.sentence, self.proof):
            words.addWidget(label)
        row = QHBoxLayout(self.result)
        row.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        row.setSpacing(Space.M)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.show_button)
        row.addWidget(icon_button("cross", self.tr("Close result"), self.result.hide))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.progress)
        column.addWidget(self.result)
        self.result.hide()
        self.hide()
        self.work.begun.connect(lambda _words: self.show())

    @property
    def text(self) -> str:
        """All that the result says, empty while there is none."""
        if self.result.isHidden():
            return ""
        return "\n".join(one.text() for one in (self.title, self.sentence, self.proof) if one.text())

    def verify(self) -> None:
        """Read the whole audit."""
        if self.work.is_running:
            return
        self.result.hide()
        desk = self._desk
        self.work.start(
            self.tr("Verifying the audit"),
            lambda progress, cancelled: audit_trail.verify(desk, progress=progress, cancelled=cancelled),
            self._done,
            self._failed,
        )

    def _done(self, found: Verified | None) -> None:
        if found is None:
            self.hide()
            return
        number, now = QLocale().toString(found.lines), self._desk.clock()
        if found.broken is None:
            said = self.tr(
                "{n} lines, each following the one before, and nothing that this desk saw is gone."
            )
            self._say(Meaning.GOOD, self.tr("The audit is sound"), said.format(n=number))
            self.proof.setText(
                self.tr("Verified {time} · last line {id} · {hash}").format(
                    time=clock_text(now, now), id=found.head.id, hash=found.head.hash
                )
            )
        else:
            self._line = found.broken.id
            title = self.tr("The audit is broken at line {id}").format(id=found.broken.id)
            self._say(Meaning.BAD, title, found.broken.problem)
            self.proof.setText(
                self.tr("Verified {time} · {n} lines before it are sound").format(
                    time=clock_text(now, now), n=number
                )
            )
        self.proof.show()
        self.show_button.setVisible(found.broken is not None)

    def _failed(self, error: DeskError) -> None:
        self._say(Meaning.UNKNOWN, error.title, error.message)
        self.proof.setText(self.tr("Id in the log: {id}").format(id=error.correlation_id))
        self.proof.show()
        self.show_button.hide()

    def _say(self, meaning: Meaning, title: str, sentence: str) -> None:
        restyle(self.result, meaning=meaning.value)
        self._mark.set(_ICONS[meaning], meaning.value)
        self.title.setText(title)
        sentence = quoted(sentence)
        self.sentence.setText(sentence)
        self.result.setAccessibleName(f"{title}: {sentence}")
        self.result.show()
        announce(self.result, self.result.accessibleName(), urgent=meaning is not Meaning.GOOD)
