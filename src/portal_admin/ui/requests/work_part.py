"""What can be done with a request now: who has it, its next steps, and the text that goes with them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from portal_admin.domain.permissions import Permission
from portal_admin.domain.service_requests import RequestStatus, ServiceRequest, needs_reply, steps_from
from portal_admin.errors import InvalidInput
from portal_admin.ui.panels.requests.words import tr
from portal_admin.ui.requests.who_box import WhoBox
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip

LINES = 3
# The step that a key takes, from wherever the request is.
KEYS = {
    "S": RequestStatus.IN_PROGRESS,
    "W": RequestStatus.WAITING,
    "D": RequestStatus.DONE,
    "X": RequestStatus.DECLINED,
}


class WorkPart(QWidget):
    """`assigned` carries a name or None, `stepped` a status and the reply, `written` a text and whether it is a reply."""

    assigned = Signal(object)
    stepped = Signal(object, str)
    written = Signal(str, bool)

    def __init__(self, operator: str, rights: Rights, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._operator = operator
        self._rights = rights
        self._request: ServiceRequest | None = None
        self.who = WhoBox()
        self.mine = button(tr("Assign to me"), lambda: self.assigned.emit(self._operator))
        set_tooltip(self.mine, tr("Assign to me (A)"))
        self.steps: dict[RequestStatus, QPushButton] = {}
        self.form = Form()
        self.text = self.form.add("reply", tr("Reply or note"), QPlainTextEdit())
        self.reply = button(tr("Send reply"), lambda: self.write(for_caller=True), kind="primary")
        set_tooltip(self.reply, tr("The portal shows it to the caller (Ctrl+Return)"))
        self.note = button(tr("Keep as note"), lambda: self.write(for_caller=False))
        set_tooltip(self.note, tr("It stays at the desk (Ctrl+Shift+Return)"))
        self._build()
        self.who.chosen.connect(self.assigned)

    def _build(self) -> None:
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(LINES * self.text.fontMetrics().lineSpacing() + 2 * Space.M)
        whose = QHBoxLayout()
        whose.setSpacing(Space.S)
        whose.addWidget(PlainLabel(tr("Has it"), kind="secondary"))
        whose.addWidget(self.who, 1)
        whose.addWidget(self.mine)
        self._next = QHBoxLayout()
        self._next.setSpacing(Space.S)
        keys = {status: key for key, status in KEYS.items()}
        for status in KEYS.values():
            made = self.steps[status] = button("", partial(self.step, status))
            made.setObjectName(keys[status])
            self._next.addWidget(made)
        self._next.addStretch(1)
        send = QHBoxLayout()
        send.setSpacing(Space.S)
        send.addWidget(self.reply)
        send.addWidget(self.note)
        send.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(whose)
        column.addLayout(self._next)
        column.addWidget(self.form)
        column.addLayout(send)
        for keys_pressed, for_caller in (("Ctrl+Return", True), ("Ctrl+Shift+Return", False)):
            shortcut = QShortcut(QKeySequence(keys_pressed), self.text)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda reply=for_caller: self.write(for_caller=reply))
        for control in (self.who, self.mine, self.text, self.reply, self.note, *self.steps.values()):
            self._rights.guard(control, Permission.WORK_ON_REQUEST)

    def set_workers(self, names: Iterable[str]) -> None:
        """Offer these operators."""
        self.who.set_names(names)

    def show_request(self, request: ServiceRequest) -> None:
        """Offer what its status allows; what is typed stays."""
        self._request = request
        self.who.show_name(request.assigned_to)
        self.mine.setVisible((request.assigned_to or "").casefold() != self._operator.casefold())
        offered = dict(steps_from(request.status))
        focused = next((made for made in self.steps.values() if made.hasFocus()), None)
        for status, made in self.steps.items():
            words = offered.get(status, "")
            made.setVisible(bool(words))
            made.setText(tr(words) if words else "")
            what = tr("{step} ({key})").format(step=words, key=made.objectName())
            if needs_reply(status):
                what = tr("{step}, with what is typed below as the reply ({key})").format(
                    step=words, key=made.objectName()
                )
            set_tooltip(made, what)
        if focused is not None and focused.isHidden():
            self.text.setFocus()

    def step(self, to: RequestStatus) -> None:
        """Take a step; one that needs a reply asks for it where it is typed."""
        request = self._request
        if request is None or to not in dict(steps_from(request.status)) or not self.reply.isEnabled():
            return
        text = self.text.toPlainText()
        if needs_reply(to) and not text.strip():
            self.show_error(tr("Type the reply first: what was done, or why not."))
            return
        self.stepped.emit(to, text if needs_reply(to) else "")

    def write(self, *, for_caller: bool) -> None:
        """Keep what is typed."""
        if self._request is None or not self.reply.isEnabled():
            return
        text = self.text.toPlainText()
        if not text.strip():
            self.show_error(tr("Type the reply or the note first."))
            return
        self.written.emit(text, for_caller)

    def show_error(self, message: str) -> None:
        """Say under the text what is wrong with it."""
        self.form.show_error(InvalidInput(message, field="reply"))
