"""The Requests screen: the queue at the left, the selected request at the right."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from portal_admin.domain.permissions import Permission
from portal_admin.domain.service_request_hand_over import needs_resolving
from portal_admin.domain.service_requests import ServiceRequest
from portal_admin.errors import Conflict, DeskError, InvalidInput, NotFound
from portal_admin.services.requests import hand_over, show
from portal_admin.services.requests.hand_over import Resolved
from portal_admin.services.requests.show import RequestDetails
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.panels.requests.words import tr
from portal_admin.ui.requests.deeds import Deeds, Undo
from portal_admin.ui.requests.details import Details
from portal_admin.ui.requests.hand_over_panel import HandOverPanel
from portal_admin.ui.requests.queue_view import QueueView
from portal_admin.ui.requests.work_part import KEYS
from portal_admin.ui.theme import Size, Space


class RequestsPage(Page):
    """One letter on the list does what a button at the right does; every button's tooltip names it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._wanted: str | None = None
        self.queue = QueueView(self.desk)
        self.details = Details(self.desk.operator, self.rights)
        self.deeds = Deeds(self.desk, self)
        self.body.addWidget(self.queue.filters)
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addWidget(self.queue, 1)
        row.addWidget(self.details)
        self.body.addLayout(row, 1)
        self._connect()
        self.queue.table.view.setFocus()

    def _connect(self) -> None:
        self.queue.selected.connect(self._selected)
        self.queue.emptied.connect(self._nothing_left)
        self.queue.opened.connect(lambda _number: self.details.work.text.setFocus())
        self.queue.pressed.connect(self._pressed)
        self.details.subject.wanted.connect(self.navigator.open)
        self.details.left.connect(self.queue.table.view.setFocus)
        work = self.details.work
        work.assigned.connect(self._assign)
        work.stepped.connect(lambda to, reply: self._with(lambda one: self.deeds.step(one, to, reply)))
        work.written.connect(
            lambda text, reply: self._with(lambda one: self.deeds.write(one, text, for_caller=reply))
        )
        self.details.aspire.wanted.connect(self._hand_over)
        self.details.aspire.look_wanted.connect(self._look_up)
        self.deeds.done.connect(self._done)
        self.deeds.failed.connect(self._failed)

    @cached_property
    def hand_over_panel(self) -> HandOverPanel:
        """The preview of the comment; it takes the place of the details."""
        made = HandOverPanel(self)
        self.add_side_panel(made)
        made.handed_over.connect(self._handed_over)
        made.unsettled.connect(self._read)
        made.closed.connect(self.details.show)
        return made

    @override
    def open(self, target: Target) -> None:
        if target.site and target.email:
            self.queue.filters.show_person(target.site, target.email)
        elif target.request or self._wanted is not None:
            self.queue.refresh()
        else:
            self.queue.begin()
        self._read_workers()
        if target.request:
            self._show_number(target.request)

    @override
    def refresh(self) -> None:
        self.queue.refresh()
        self._read_workers()
        self._read()

    def _read_workers(self) -> None:
        desk = self.desk
        self.run(lambda: show.workers(desk), self.details.work.set_workers, replaces="workers")

    # What is shown

    def _selected(self, number: str | None) -> None:
        if number is None:
            if self._wanted is not None:
                self.queue.select(self._wanted)
        elif number != self._wanted:
            self._show_number(number)

    def _nothing_left(self) -> None:
        self._wanted = None
        self.details.show_none()

    def _show_number(self, number: str) -> None:
        self._wanted = number
        self._read()

    def _read(self) -> None:
        desk, number = self.desk, self._wanted
        if number is None:
            return
        self.details.state.loading()
        self.run(
            lambda: show.show(desk, number=number), self._show_found, self._could_not_show, replaces="details"
        )

    def _show_found(self, found: RequestDetails) -> None:
        self._wanted = found.request.number
        self.details.show_details(found)
        self.queue.select(found.request.number)
        refused = self.rights.refusal(Permission.HAND_OVER_REQUEST)
        if needs_resolving(found.request, found.as_of) and refused is None:
            self._look_up(quietly=True)

    def _could_not_show(self, error: DeskError) -> None:
        if isinstance(error, NotFound | InvalidInput):
            self.details.show_none(error.message)
            self._wanted = None
        else:
            self.details.state.failed(error, self._read, at=self.desk.clock())

    # What is done

    def _with(self, deed: object) -> None:
        request = self.details.request
        if request is not None and callable(deed):
            self.messages.clear()
            deed(request)

    def _assign(self, to: str | None) -> None:
        self._with(lambda one: self.deeds.assign(one, to))

    def _pressed(self, letter: str) -> None:
        work = self.details.work
        if self.details.request is None:
            return
        if letter in KEYS:
            if self.may(Permission.WORK_ON_REQUEST):
                work.step(KEYS[letter])
        elif letter == "A":
            if self.may(Permission.WORK_ON_REQUEST):
                self._assign(self.desk.operator)
        elif letter == "R":
            work.text.setFocus()
        elif letter == "H":
            self._hand_over()
        elif letter == "O":
            self.details.subject.caller.click()

    def _done(self, after: ServiceRequest, words: str, wrote: bool, undo: Undo) -> None:
        if wrote:
            self.details.forget_typed(after.number)
        self.details.conflict.clear()
        self.messages.success(words, undo=undo)
        self.queue.refresh()
        self._read()

    def _failed(self, before: ServiceRequest, error: DeskError) -> None:
        if isinstance(error, Conflict):
            self._meet(before)
        elif isinstance(error, InvalidInput) and self._shows(before):
            self.details.work.show_error(error.message)
        else:
            self.messages.error(error)
            self._read()

    def _meet(self, before: ServiceRequest) -> None:
        """Somebody else was first: show theirs beside what is typed here."""
        desk, mine = self.desk, self.details.found

        def done(theirs: RequestDetails) -> None:
            if mine is not None and self._shows(before):
                self.details.show_conflict(mine, theirs)
            self.queue.refresh()

        self.run(lambda: show.show(desk, number=before.number), done, replaces="details")

    def _shows(self, request: ServiceRequest) -> bool:
        shown = self.details.request
        return shown is not None and shown.number == request.number

    # ASPIRE

    def _hand_over(self) -> None:
        request = self.details.request
        if request is None or not self.may(Permission.HAND_OVER_REQUEST):
            return
        self.messages.clear()
        self.hand_over_panel.start(request)
        self.details.setVisible(self.hand_over_panel.isHidden())

    def _handed_over(self, after: ServiceRequest) -> None:
        self.messages.success(
            tr("ASPIRE holds {number} as comment {oid} on contract {contract}.").format(
                number=after.number, oid=after.comment_oid, contract=after.contract_id
            )
        )
        self._read()

    def _look_up(self, *, quietly: bool = False) -> None:
        request, desk = self.details.request, self.desk
        if request is None:
            return
        number = request.number

        def done(found: Resolved) -> None:
            was = self.details.found
            self.details.note_look(number, None if found.is_there else found.looked_at)
            if (
                was is not None
                and self._shows(found.request)
                and found.request.version == was.request.version
            ):
                self.details.show_details(was)
            else:
                self._read_after_look(number)

        def failed(error: DeskError) -> None:
            if not quietly:
                self.messages.error(error, retry=self._look_up)

        self.run(lambda: hand_over.resolve(desk, number=number), done, failed, replaces="resolve")

    def _read_after_look(self, number: str) -> None:
        desk = self.desk
        self.run(
            lambda: show.show(desk, number=number),
            lambda found: self.details.show_details(found) if self._shows(found.request) else None,
            self._could_not_show,
            replaces="details",
        )

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.details.fit(narrow=self.width() < Size.NARROW_PAGE)
