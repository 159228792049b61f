"""What is done with a request from the window: one at a time, off the UI thread, with words for its outcome."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from portal_admin.domain.service_requests import RequestStatus, ServiceRequest
from portal_admin.errors import DeskError
from portal_admin.services.desk import Desk
from portal_admin.services.requests import work
from portal_admin.ui import background
from portal_admin.ui.panels.requests.words import status_words, tr

Undo = Callable[[], object] | None
# What can be taken back by the step in the other direction.
BOTH_WAYS = frozenset({RequestStatus.IN_PROGRESS, RequestStatus.WAITING})


class Deeds(QObject):
    """`done` carries the request after it, the words, whether text was saved, and what undoes it; `failed` the error."""

    done = Signal(object, str, bool, object)
    failed = Signal(object, object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._busy = False

    def assign(self, request: ServiceRequest, to: str | None) -> None:
        """Give it to an operator, or to nobody."""
        if to == request.assigned_to:
            return
        number, desk = request.number, self._desk
        words = (
            tr("{number} is {name}'s now.").format(number=number, name=to)
            if to
            else tr("{number} is nobody's now.").format(number=number)
        )

        def undo(after: ServiceRequest) -> Undo:
            return lambda: self.assign(after, request.assigned_to)

        self._run(
            request,
            lambda: work.assign(desk, number=number, to=to, version=request.version),
            words,
            undo=undo,
        )

    def step(self, request: ServiceRequest, to: RequestStatus, reply: str) -> None:
        """Take the next step, with the reply that was typed."""
        number, desk = request.number, self._desk
        words = tr("{number} is {status} now.").format(number=number, status=status_words(to))
        turns = {request.status, to} == BOTH_WAYS and not reply.strip()

        def undo(after: ServiceRequest) -> Undo:
            return (lambda: self.step(after, request.status, "")) if turns else None

        self._run(
            request,
            lambda: work.set_status(desk, number=number, to=to, reply=reply, version=request.version),
            words,
            wrote=bool(reply.strip()),
            undo=undo,
        )

    def write(self, request: ServiceRequest, text: str, *, for_caller: bool) -> None:
        """Keep a reply to the caller, or a note of the desk."""
        number, desk = request.number, self._desk
        words = (
            tr("The portal shows your reply on {number} to the caller.")
            if for_caller
            else tr("Your note on {number} stays at the desk.")
        ).format(number=number)
        self._run(
            request,
            lambda: work.add_note(
                desk, number=number, note=text, for_caller=for_caller, version=request.version
            ),
            words,
            wrote=True,
        )

    def _run(
        self,
        request: ServiceRequest,
        deed: Callable[[], ServiceRequest],
        words: str,
        *,
        wrote: bool = False,
        undo: Callable[[ServiceRequest], Undo] = lambda _after: None,
    ) -> None:
        if self._busy:
            return  # a key held down does nothing twice
        self._busy = True

        def done(after: ServiceRequest) -> None:
            self._busy = False
            self.done.emit(after, words, wrote, undo(after))

        def failed(error: DeskError) -> None:
            self._busy = False
            self.failed.emit(request, error)

        background.run(self, deed, done, failed)
