"""What the caller asked for in the portal, and how far the desk is with it."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import Signal

from portal_admin.domain.people import EndUser
from portal_admin.services.desk import Desk
from portal_admin.services.requests.list import RequestList, list_requests
from portal_admin.ui.override import override
from portal_admin.ui.panels.caller_part import CallerPart
from portal_admin.ui.panels.requests import request_rows
from portal_admin.ui.panels.requests.words import tr
from portal_admin.ui.tables.list_table import ListTable

SHOWN_AT_MOST = 50


class CallerRequests(CallerPart[RequestList]):
    """The caller's service requests in the order in which they need somebody; `opened` carries the Target of one."""

    opened = Signal(object)

    def __init__(self, desk: Desk) -> None:
        self.table = ListTable(request_rows.columns(with_person=False), name=tr("Service requests"), always=4)
        super().__init__(desk, self.table)
        self.table.opened.connect(self._open)

    @override
    def look(self, user: EndUser) -> RequestList:
        return list_requests(self.desk, user_id=user.id, limit=SHOWN_AT_MOST)

    @override
    def fill(self, answer: RequestList) -> int:
        self.table.set_rows(request_rows.rows(answer.requests, answer.as_of, with_person=False))
        return len(answer.requests)

    @override
    def nothing_words(self) -> str:
        return self.tr("Nothing was asked for in the portal.")

    def _open(self, key: Hashable) -> None:
        self.opened.emit(request_rows.target(str(key)))
