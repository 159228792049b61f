"""A chip and a sentence where a reset followed an email change too soon, or would now."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from portal_admin.services.early_resets import Caution
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.ages import age_text, zone_text
from portal_admin.ui.widgets.chip import StatusChip
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip


class CautionView(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chip = StatusChip()
        self._sentence = PlainLabel(wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.XS, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._sentence)
        self.hide()

    @property
    def text(self) -> str:
        """What is said, empty when nothing is."""
        return "" if self.isHidden() else f"{self._chip.text()}: {self._sentence.text()}"

    def show_past(self, caution: Caution, now: datetime) -> None:
        """Tell of the last reset that came too soon."""
        if not caution.resets:
            self.hide()
            return
        last = caution.resets[-1]
        words = self.tr(
            "{email} was reset {age} by {who}, within 24 hours of an email change. "
            "Make sure that the person asked for both."
        )
        self._say(
            self.tr("Reset after email change"),
            words.format(email=last.email, age=age_text(last.reset_at, now), who=last.operator),
        )
        times = self.tr("Email changed {changed}\nReset {reset}")
        both = times.format(changed=zone_text(last.changed_at), reset=zone_text(last.reset_at))
        set_tooltip(self._sentence, both)

    def show_before(self, caution: Caution, now: datetime) -> None:
        """Warn before a reset that would come too soon."""
        if caution.changed_at is None:
            self.hide()
            return
        words = self.tr(
            "The email of this person was changed {changed}. A reset within 24 hours of it is flagged in the audit."
        )
        self._say(self.tr("Email changed"), words.format(changed=age_text(caution.changed_at, now)))

    def _say(self, chip: str, sentence: str) -> None:
        self._chip.set(chip, Meaning.ATTENTION)
        self._sentence.setText(sentence)
        self.setAccessibleName(f"{chip}: {sentence}")
        self.show()
