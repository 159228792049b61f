"""One part of the caller's page: it reads for itself, fails for itself, and is read again for itself."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from portal_admin.domain.people import EndUser
from portal_admin.errors import DeskError
from portal_admin.services.desk import Desk
from portal_admin.ui import background
from portal_admin.ui.widgets.state_panel import StatePanel

Answer = TypeVar("Answer")


class CallerPart(QFrame, Generic[Answer]):
    """Override `look` (on a worker), `fill` (on the UI thread) and `nothing_words`; `counted` tells how much there is."""

    counted = Signal(int)

    def __init__(self, desk: Desk, content: QWidget, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.user: EndUser | None = None
        self.state = StatePanel(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.state)

    def look(self, user: EndUser) -> Answer:
        """Read what the part shows, on a worker; DeskError when it could not be looked up."""
        raise NotImplementedError

    def fill(self, answer: Answer) -> int:
        """Show it and return how many there are; 0 shows `nothing_words` instead."""
        raise NotImplementedError

    def nothing_words(self) -> str:
        """What stands where there is nothing."""
        raise NotImplementedError

    def show_caller(self, user: EndUser) -> None:
        """Read for this person; what was shown of another is gone at once."""
        if self.user is None or self.user.id != user.id:
            background.forget(self)
            self.state.nothing("")
        self.user = user
        self.refresh()

    def refresh(self) -> None:
        """Read again; what is shown stays until the answer is there."""
        user = self.user
        if user is None:
            return
        self.state.loading()
        background.run(self, lambda: self.look(user), self._show, self._failed, replaces="look")

    def _show(self, answer: Answer) -> None:
        count = self.fill(answer)
        self.counted.emit(count)
        if count:
            self.state.content()
        else:
            self.state.nothing(self.nothing_words())

    def _failed(self, error: DeskError) -> None:
        self.counted.emit(-1)
        self.state.failed(error, self.refresh, at=self.desk.clock())
