"""The Requests screen: the queue at the left, the selected request at the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from portal_admin.domain.permissions import Permission
from portal_admin.domain.service_requests import ServiceRequest
from portal_admin.errors import Conflict, DeskError, InvalidInput, NotFound
from portal_admin.services.requests import show
from portal_admin.services.requests.show import RequestDetails
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.requests.deeds import Deeds, Undo
from portal_admin.ui.requests.details import Details
from portal_admin.ui.requests.handing_over import HandingOver
from portal_admin.ui.requests.queue_view import QueueView
from portal_admin.ui.requests.work_part import KEYS
from portal_admin.ui.theme import Size, Space


class RequestsPage(Page):
    """One letter on the list does what a button at the right does; every button's tooltip names it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._wanted: str | None = None
        self._typed_ahead = ""
        self.queue = QueueView(self.desk)
        self.details = Details(self.desk.operator, self.rights)
        self.deeds = Deeds(self.desk, self)
        self.handing_over = HandingOver(self, self.details)
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
        self.handing_over.changed.connect(self._read)
        self.deeds.done.connect(self._done)
        self.deeds.failed.connect(self._failed)

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
        self._typed_ahead = ""
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
        self.handing_over.settle(found)
        letters, self._typed_ahead = self._typed_ahead, ""
        for letter in letters:
            self._pressed(letter)

    def _could_not_show(self, error: DeskError) -> None:
        self._typed_ahead = ""
        if isinstance(error, NotFound | InvalidInput):
            self.details.show_none(error.message)
            self._wanted = None
        else:
            self.details.state.failed(error, self._read, at=self.desk.clock())

    # What is done

    def _with(self, deed: Callable[[ServiceRequest], object]) -> None:
        request = self.details.request
        if request is not None:
            self.messages.clear()
            deed(request)

    def _assign(self, to: str | None) -> None:
        self._with(lambda one: self.deeds.assign(one, to))

    def _pressed(self, letter: str) -> None:
        work, shown = self.details.work, self.details.request
        if shown is None or shown.number != self._wanted:
            # Whoever types faster than the database answers means the request that is selected.
            self._typed_ahead = letter
        elif letter in KEYS:
            if self.may(Permission.WORK_ON_REQUEST):
                work.step(KEYS[letter])
        elif letter == "A":
            if self.may(Permission.WORK_ON_REQUEST):
                self._assign(self.desk.operator)
        elif letter == "R":
            work.text.setFocus()
        elif letter == "H":
            self.handing_over.start()
        elif letter == "O":
            self.details.subject.caller.click()

    def _done(self, after: ServiceRequest, words: str, wrote: bool, undo: Undo) -> None:
        if wrote:
            self.details.forget_typed(after.number)
        self.details.conflict.clear()
        self.messages.success(words, undo=undo)
        self.queue.go_on()
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

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.details.fit(narrow=self.width() < Size.NARROW_PAGE)
