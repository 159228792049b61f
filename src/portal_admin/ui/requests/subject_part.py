"""Who asks for what, about which contract, and by when."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.service_request_times import urgency
from portal_admin.domain.service_requests import ServiceRequest
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.requests import words
from portal_admin.ui.panels.requests.words import tr
from portal_admin.ui.requests.elided_link import ElidedLink
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.buttons import CopyButton
from portal_admin.ui.widgets.chip import StatusChip
from portal_admin.ui.widgets.facts import FactGrid
from portal_admin.ui.widgets.text import CopyLabel, ElidedLabel, PlainLabel, breakable, set_tooltip


class SubjectPart(QWidget):
    """`wanted` carries the Target of the caller or of the contract."""

    wanted = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._request: ServiceRequest | None = None
        self.number = CopyLabel(kind="strong")
        self.status = StatusChip()
        self.due = PlainLabel()
        self.subject = PlainLabel(kind="section", wrap=True)
        self.caller = ElidedLink(self._open_caller, icon="person")
        self.email = ElidedLabel(kind="secondary")
        self.contract = ElidedLink(self._open_contract, icon="document")
        self.no_contract = PlainLabel(tr("names no contract"), kind="secondary")
        self.copy_contract = CopyButton(tr("Copy contract id"), self._contract_id)
        self.asked = PlainLabel()
        self.message = PlainLabel(wrap=True)
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.number)
        head.addWidget(self.status)
        head.addStretch(1)
        head.addWidget(self.due)
        facts = QWidget()
        grid = FactGrid(facts)
        grid.add_fact(tr("From"), _stacked(self.caller, self.email))
        grid.add_fact(tr("Contract"), _beside(self.contract, self.no_contract, self.copy_contract))
        grid.add_fact(tr("Asked"), self.asked)
        frame = QFrame()
        frame.setProperty("kind", "bar")
        frame.setProperty("meaning", "neutral")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        inside.addWidget(self.message)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(head)
        for part in (self.subject, facts, frame):
            column.addWidget(part)

    def show_request(self, request: ServiceRequest, now: datetime) -> None:
        """Show one request."""
        self._request = request
        self.number.setText(request.number)
        self.status.set(words.status_words(request.status), words.STATUS_MEANINGS[request.status])
        self.due.setText(words.due_words(request, now))
        mark = words.URGENCY_MARKS.get(urgency(request, now))
        self.due.set_meaning(mark[0] if mark else None)
        set_tooltip(self.due, tr("due {time}").format(time=zone_text(request.due_at)))
        kind = words.kind_words(request.kind)
        self.subject.setText(breakable(f"{kind}: {request.subject}"))
        opens = tr("Open {name} in Customer care").format(name=request.user_name)
        self.caller.set_words(request.user_name, name=opens, tooltip=f"{opens} (O)")
        self.email.setText(f"{request.email} · {request.site}")
        named = request.contract_id is not None
        contract = request.contract_id or ""
        self.contract.set_words(contract, name=tr("Open contract {id}").format(id=contract))
        self.contract.setVisible(named)
        self.copy_contract.setVisible(named)
        self.no_contract.setVisible(not named)
        self.asked.setText(clock_text(request.requested_at, now))
        set_tooltip(self.asked, zone_text(request.requested_at))
        self.message.setText(breakable(request.message.strip()) or tr("(no message)"))

    def _contract_id(self) -> str:
        return (self._request.contract_id or "") if self._request else ""

    def _open_caller(self) -> None:
        if self._request is not None:
            one = self._request
            self.wanted.emit(Target("customer_care", site=one.site, email=one.email))

    def _open_contract(self) -> None:
        if self._request is not None:
            one = self._request
            self.wanted.emit(
                Target("customer_care", site=one.site, email=one.email, contract=one.contract_id)
            )


def _stacked(*parts: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part)
    return holder


def _beside(*parts: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.XS)
    for part in parts:
        row.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)  # on the line of its name
    row.addStretch(1)
    return holder
