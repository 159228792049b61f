"""How the caller was verified: asked in the panel of what it is for, and answered by one key."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from portal_admin.domain.people import EndUser
from portal_admin.domain.verification import LABELS, Method, Proof, Verification
from portal_admin.services import verification
from portal_admin.services.change import permission_of
from portal_admin.services.desk import Desk
from portal_admin.services.verification import Caller
from portal_admin.ui.override import override
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.ages import age_text, clock_text
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.form import Field
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.revealed import Revealed
from portal_admin.ui.widgets.scrolling import keep_in_view
from portal_admin.ui.widgets.text import PlainLabel, restyle

KEYS = {Qt.Key.Key_1.value + number: method for number, method in enumerate(Method)}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CallerCheck(QWidget):
    """The three methods on the keys 1, 2 and 3; `entered` follows Enter, `asked_again` wants the caller read again.

    `reveal_failed` carries why the channels of record could not be shown unmasked. Where a verification counts already,
    it is told instead, and nothing more is asked.
    """

    entered = Signal()
    asked_again = Signal()
    reveal_failed = Signal(object)

    def __init__(self, rights: Rights, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verified: Verification | None = None
        self.buttons: dict[Method, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self._known = self._known_line()
        self.channels = Revealed(
            self.tr("Channels on record of the linked accounts"),
            name=self.tr("the channels on record"),
            rights=rights,
            permission=permission_of(verification.reveal_channels),
        )
        self.channels.failed.connect(self.reveal_failed)
        self._no_channels = PlainLabel(kind="secondary", wrap=True)
        self._colleague = self._colleague_line()
        self.note = QLineEdit()
        self.note.setMaxLength(2000)
        self.note.returnPressed.connect(self.entered)
        hint = self.tr("For the audit, such as which number was called. May stay empty.")
        self._note_field = Field(self.tr("N&ote"), self.note, hint=hint)
        self.error = PlainLabel(kind="error", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(PlainLabel(self.tr("How was the caller verified?"), kind="strong"))
        column.addWidget(self._known)
        column.addWidget(self._methods())
        for part in (self.error, self._colleague, self.channels, self._no_channels, self._note_field):
            column.addWidget(part)
        self._group.buttonClicked.connect(lambda _: self._chosen())
        self.clear()

    def _known_line(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        self._told = PlainLabel(wrap=True)
        row.addWidget(Mark("check", "good"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._told, 1)
        return holder

    def _colleague_line(self) -> QWidget:
        holder = QWidget()
        words = self.tr(
            "Ask a colleague who is CSR or Administrator to open this end user at their own desk and press "
            "“Approve for a colleague…”, then look again."
        )
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(PlainLabel(words, wrap=True))
        self.look_button = button(self.tr("Look again"), self.asked_again.emit, icon="refresh")
        column.addWidget(self.look_button, 0, Qt.AlignmentFlag.AlignLeft)
        return holder

    def _methods(self) -> QWidget:
        self._choice = QWidget()
        column = QVBoxLayout(self._choice)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for number, method in enumerate(Method, 1):
            made = QRadioButton(f"{number}  {LABELS[method]}")
            made.setAccessibleName(LABELS[method])
            made.setAccessibleDescription(self.tr("Key {n}").format(n=number))
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._group.addButton(made)
            self.buttons[method] = made
            column.addWidget(made)
        return self._choice

    @property
    def is_verified(self) -> bool:
        """Whether a verification that counts was found already."""
        return self._verified is not None

    @property
    def method(self) -> Method | None:
        """The method chosen, None while there is none."""
        return next((method for method, made in self.buttons.items() if made.isChecked()), None)

    @property
    def proof(self) -> Proof | None:
        """What is to be recorded with the action; None when a recorded verification is to count."""
        method = self.method
        if self.is_verified or method in (None, Method.APPROVAL):
            return None
        return Proof(method, self.note.text())

    @property
    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.buttons[self.method or Method.CALL_BACK]

    def clear(self) -> None:
        """Forget caller, choice and note: the next caller is another."""
        self._verified = None
        self._group.setExclusive(False)
        for made in self.buttons.values():
            made.setChecked(False)
        self._group.setExclusive(True)
        self.note.clear()
        self._told_channels = False
        self.channels.show_masked((), None)
        self._chosen()

    def show_caller(self, caller: Caller, *, user: EndUser, desk: Desk) -> None:
        """Tell what counts already, and which channels are on record."""
        self._verified = caller.verified
        if caller.verified is not None:
            self._told.setText(self._words(caller.verified, desk.operator, desk.clock()))
            self._complain("")
        self._told_channels = True
        self.channels.show_masked(
            caller.channels,
            partial(verification.reveal_channels, desk, site=user.site, email=user.email)
            if caller.channels
            else None,
        )
        self._no_channels.setText(
            self.tr("The portal's copy of ASPIRE holds no address of the linked accounts of {name}.").format(
                name=user.name
            )
        )
        self._follow()

    def is_answered(self) -> bool:
        """Whether the action may go on; else the section says what is missing and takes the keyboard."""
        if self.is_verified or self.method in (Method.CALL_BACK, Method.CODE):
            return True
        if self.method is Method.APPROVAL:
            self._complain(self.tr("No colleague has approved yet."))
            self.look_button.setFocus()
        else:
            self._complain(self.tr("Choose how the caller was verified: key 1, 2 or 3."))
            self.first.setFocus()
        keep_in_view(self)
        return False

    def _words(self, found: Verification, me: str, now: datetime) -> str:
        by = self.tr("you") if found.operator.casefold() == me.casefold() else found.operator
        return self.tr("{method}, by {who}, {age}. It counts until {until}.").format(
            method=LABELS[found.method],
            who=by,
            age=age_text(found.at, now),
            until=clock_text(found.until, now),
        )

    def _complain(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))
        restyle(self._choice, wrong="true" if words else "false")

    def _chosen(self) -> None:
        self._complain("")
        self._follow()

    def _follow(self) -> None:
        asks = not self.is_verified
        self._known.setVisible(not asks)
        self._choice.setVisible(asks)
        self._colleague.setVisible(asks and self.method is Method.APPROVAL)
        told = asks and self._told_channels and self.method is not Method.APPROVAL
        has_channels = bool(self.channels.shown)
        self.channels.setVisible(told and has_channels)
        self._no_channels.setVisible(told and not has_channels)
        self._note_field.setVisible(asks and self.method is not Method.APPROVAL)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        method = KEYS.get(event.key())
        if method is not None and not self.is_verified:
            self.buttons[method].setChecked(True)
            self.buttons[method].setFocus()
            self._chosen()
        elif event.key() in ENTER:
            self.entered.emit()
        else:
            super().keyPressEvent(event)
