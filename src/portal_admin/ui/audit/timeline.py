"""One moment of a story: when at the left, a dot on the line of time, what happened at the right."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.audit_values import NONE, Change
from portal_admin.services.story import Moment
from portal_admin.ui.audit.attention import attention_row
from portal_admin.ui.override import override
from portal_admin.ui.theme import Space, theme
from portal_admin.ui.widgets.ages import zone_text
from portal_admin.ui.widgets.text import PlainLabel, breakable, set_tooltip

TIME = 48
RAIL = 16
DOT = 4.0
DOT_AT = 10.0  # beside the first line of words


class Rail(QWidget):
    """The line of time with a dot; tinted where something deserves a look."""

    def __init__(self, colour: str, *, dot: bool = True) -> None:
        super().__init__()
        self._colour = colour
        self._dot = dot
        self.setFixedWidth(RAIL)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        middle = RAIL / 2
        painter.fillRect(int(middle), 0, 1, self.height(), theme.colour("line"))
        if self._dot:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(self._colour))
            painter.drawEllipse(QPointF(middle + 0.5, DOT_AT), DOT, DOT)


class DayLine(QWidget):
    """The heading of a day."""

    def __init__(self, words: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        before = QWidget()
        before.setFixedWidth(TIME)
        row.addWidget(before)
        row.addWidget(Rail("line", dot=False))
        label = PlainLabel(words, kind="secondary")
        label.setContentsMargins(0, Space.M, 0, Space.S)
        row.addWidget(label, 1)


class MomentLine(QWidget):
    """A moment; `tell_address` where the person had several addresses."""

    def __init__(self, moment: Moment, *, tell_address: bool) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        time = PlainLabel(f"{moment.at.astimezone():%H:%M}", kind="secondary")
        time.setFixedWidth(TIME)
        time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        time.setContentsMargins(0, 2, 0, 0)
        set_tooltip(time, zone_text(moment.at))
        row.addWidget(time)
        row.addWidget(Rail("attention" if moment.attention else "accent" if moment.line else "secondary"))
        row.addLayout(_words(moment, tell_address), 1)
        said = [zone_text(moment.at), moment.headline, moment.who, moment.attention or ""]
        self.setAccessibleName(". ".join(word for word in said if word))


def _words(moment: Moment, tell_address: bool) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, Space.M)
    column.setSpacing(2)
    column.addWidget(PlainLabel(breakable(moment.headline), wrap=True))
    if moment.attention:
        column.addLayout(attention_row(moment.attention))
    who = [_tr("by {who}").format(who=moment.who)]
    who += [_tr("at {email}").format(email=moment.email)] if tell_address else []
    column.addWidget(PlainLabel(breakable(" · ".join(who)), kind="secondary", wrap=True))
    for change in moment.changes:
        column.addWidget(PlainLabel(breakable(_change_words(change)), kind="secondary", wrap=True))
    if moment.reason:
        reason = PlainLabel(
            breakable(_tr("Reason: {why}").format(why=moment.reason)), kind="secondary", wrap=True
        )
        column.addWidget(reason)
    return column


def _change_words(change: Change) -> str:
    if change.before is None:
        return f"{change.name}: {change.after or NONE}"
    return f"{change.name}: {change.before} → {change.after or NONE}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Timeline", text)
