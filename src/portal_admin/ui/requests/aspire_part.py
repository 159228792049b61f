"""How far a request got on its way to ASPIRE, and what can be done about it."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.permissions import Permission
from portal_admin.domain.service_request_hand_over import hand_over_words, needs_resolving, refusal
from portal_admin.domain.service_requests import HandOver, ServiceRequest
from portal_admin.ui.panels.requests.words import HAND_OVER_MEANINGS, tr
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip

ICONS = {Meaning.GOOD: "check", Meaning.UNKNOWN: "question", Meaning.BAD: "cross"}


class AspirePart(QWidget):
    """`wanted` asks for the preview of the comment, `look_wanted` to look up what became of it."""

    wanted = Signal()
    look_wanted = Signal()

    def __init__(self, rights: Rights, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark = Mark("check")
        self.state = PlainLabel(wrap=True)
        self.more = PlainLabel(kind="secondary", wrap=True)
        self.button = button(tr("Hand over to ASPIRE…"), self.wanted.emit, icon="upload")
        set_tooltip(self.button, tr("See the comment first, then put it on the contract (H)"))
        self.look = button(tr("Look it up"), self.look_wanted.emit, icon="refresh")
        for made in (self.button, self.look):
            rights.guard(made, Permission.HAND_OVER_REQUEST)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.button)
        row.addWidget(self.look)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        said = QHBoxLayout()
        said.setSpacing(Space.S)
        said.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.state, 1)
        column.addLayout(said)
        column.addWidget(self.more)
        column.addLayout(row)

    def show_request(self, request: ServiceRequest, now: datetime, *, looked_at: datetime | None) -> None:
        """Show how far it got; `looked_at` is when ASPIRE was last found not to hold it."""
        meaning = HAND_OVER_MEANINGS.get(request.hand_over) if request.hand_over else None
        said = hand_over_words(request, now)
        at = request.handed_over_at
        if request.hand_over is HandOver.SENT and at is not None:
            said = tr("{words}, {time}").format(words=said, time=clock_text(at, now))
            set_tooltip(self.state, zone_text(at))
        self.mark.setVisible(meaning is not None)
        if meaning is not None:
            self.mark.set(ICONS[meaning], meaning.value)
        self.state.setText(f"{said[:1].upper()}{said[1:]}")
        self.state.set_meaning(meaning)
        unsettled = needs_resolving(request, now)
        why = refusal(request)
        more = ""
        if unsettled and looked_at is not None:
            more = tr("ASPIRE does not hold it as of {time}. It can be handed over again.").format(
                time=clock_text(looked_at, now, seconds=True)
            )
        elif unsettled:
            more = tr("Nothing is sent again before ASPIRE was asked whether it holds it.")
        elif why is not None and request.hand_over is not HandOver.SENT:
            more = why
        self.more.setText(more)
        self.more.setVisible(bool(more))
        self.button.setVisible(why is None and (unsettled or request.hand_over is not HandOver.SENDING))
        self.look.setVisible(unsettled)
