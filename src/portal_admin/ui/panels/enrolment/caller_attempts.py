"""The caller's tries to enrol, on whatever site."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import Signal

from portal_admin.domain.enrolment_attempts import Attempt
from portal_admin.domain.people import EndUser
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.attempts import AttemptList, list_attempts
from portal_admin.ui.panels.caller_part import CallerPart
from portal_admin.ui.panels.enrolment import attempt_rows
from portal_admin.ui.panels.enrolment.words import tr
from portal_admin.ui.tables.list_table import ListTable

SHOWN_AT_MOST = 50


class CallerAttempts(CallerPart[AttemptList]):
    """Attempts of the caller's address, newest first; `opened` carries the Target of the rehearsal."""

    opened = Signal(object)

    def __init__(self, desk: Desk) -> None:
        self.table = ListTable(
            attempt_rows.columns(with_email=False), name=tr("Enrolment attempts"), always=3
        )
        super().__init__(desk, self.table)
        self._attempts: dict[int, Attempt] = {}
        self.table.opened.connect(self._open)

    def look(self, user: EndUser) -> AttemptList:
        """Read the attempts that concern this person."""
        return list_attempts(self.desk, user_id=user.id, limit=SHOWN_AT_MOST)

    def fill(self, answer: AttemptList) -> int:
        """Show them."""
        self._attempts = {one.id: one for one in answer.attempts}
        self.table.set_rows(attempt_rows.rows(answer.attempts, self.desk.clock(), with_email=False))
        return len(answer.attempts)

    def nothing_words(self) -> str:
        """What stands where nobody tried."""
        return self.tr("Nobody tried to enrol with this address.")

    def _open(self, key: Hashable) -> None:
        if isinstance(key, int) and key in self._attempts:
            self.opened.emit(attempt_rows.target(self._attempts[key]))
