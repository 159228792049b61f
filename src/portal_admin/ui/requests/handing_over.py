"""Handing the shown request over to ASPIRE, and looking up what became of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import QObject, Signal

from portal_admin.domain.permissions import Permission
from portal_admin.domain.service_request_hand_over import needs_resolving
from portal_admin.domain.service_requests import ServiceRequest
from portal_admin.errors import DeskError
from portal_admin.services.requests import hand_over
from portal_admin.services.requests.hand_over import Resolved
from portal_admin.services.requests.show import RequestDetails
from portal_admin.ui.page import Page
from portal_admin.ui.panels.requests.words import tr
from portal_admin.ui.requests.details import Details
from portal_admin.ui.requests.hand_over_panel import HandOverPanel


class HandingOver(QObject):
    """`changed` says that the shown request is to be read again."""

    changed = Signal()

    def __init__(self, page: Page, details: Details) -> None:
        super().__init__(page)
        self._page = page
        self._details = details
        details.aspire.wanted.connect(self.start)
        details.aspire.look_wanted.connect(self.look_up)

    @cached_property
    def panel(self) -> HandOverPanel:
        """The preview of the comment; it takes the place of the details."""
        made = HandOverPanel(self._page)
        self._page.add_side_panel(made)
        made.handed_over.connect(self._handed_over)
        made.unsettled.connect(self.changed)
        made.closed.connect(self._details.show)
        return made

    def start(self) -> None:
        """Show the comment that would be sent."""
        request = self._details.request
        if request is None or not self._page.may(Permission.HAND_OVER_REQUEST):
            return
        self._page.messages.clear()
        self.panel.start(request)
        self._details.setVisible(self.panel.isHidden())

    def settle(self, found: RequestDetails) -> None:
        """Look up by itself what nobody knows, where the operator may; what fails is seen in the details."""
        refused = self._page.rights.refusal(Permission.HAND_OVER_REQUEST)
        if needs_resolving(found.request, found.as_of) and refused is None:
            self._look_up(failed=lambda _error: None)

    def look_up(self) -> None:
        """Ask ASPIRE whether it holds the comment."""
        self._page.messages.clear()
        self._look_up(failed=lambda error: self._page.messages.error(error, retry=self.look_up))

    def _look_up(self, *, failed: Callable[[DeskError], None]) -> None:
        shown, desk = self._details.found, self._page.desk
        if shown is None:
            return
        number, version = shown.request.number, shown.request.version

        def done(found: Resolved) -> None:
            self._details.note_look(number, None if found.is_there else found.looked_at)
            if found.request.version != version:
                self.changed.emit()  # once: what was found is stored, so that it is not looked up again and again
            elif self._details.found is not None and self._details.found.request.number == number:
                self._details.show_details(self._details.found)

        self._page.run(lambda: hand_over.resolve(desk, number=number), done, failed, replaces="resolve")

    def _handed_over(self, after: ServiceRequest) -> None:
        self._page.messages.success(
            tr("ASPIRE holds {number} as comment {oid} on contract {contract}.").format(
                number=after.number, oid=after.comment_oid, contract=after.contract_id
            )
        )
        self.changed.emit()
