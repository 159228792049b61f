"""Long work in the background: it tells how far it is, can be cancelled, and goes on when its page is left."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from portal_admin.errors import DeskError
from portal_admin.ui import background

LOOK_EVERY = 100  # ms
Answer = TypeVar("Answer")
Progress = Callable[[int, int], None]
Work = Callable[[Progress, Callable[[], bool]], Answer]


class LongWork(QObject):
    """One thing at a time; it stops between two steps when it is cancelled, and when the window closes."""

    begun = Signal(str)
    moved = Signal(int, int)
    stopping = Signal()
    ended = Signal()

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self.is_running = False
        self.can_stop = True
        self._stop = stop = Event()
        self._step = [0, 0]
        self._look = QTimer(self)
        self._look.setInterval(LOOK_EVERY)
        self._look.timeout.connect(self._tell)
        self.destroyed.connect(lambda _gone: stop.set())
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.cancel)

    def start(
        self,
        words: str,
        work: Work[Answer],
        done: Callable[[Answer], None],
        failed: Callable[[DeskError], None],
        *,
        can_stop: bool = True,
    ) -> None:
        """Do `work(progress, cancelled)` on a worker; a second start while one runs is a mistake of the caller."""
        if self.is_running:
            raise RuntimeError("the work before has not ended")
        # Plain values, because the worker may outlive the window and must not touch what Qt deletes.
        stop, step = self._stop, self._step
        stop.clear()
        step[:] = 0, 0
        self.is_running, self.can_stop = True, can_stop

        def progress(so_far: int, whole: int) -> None:
            step[:] = so_far, whole

        def ended(call: Callable[[Any], None]) -> Callable[[Any], None]:
            def end(answer: Any) -> None:
                self.is_running = False
                self._look.stop()
                self.ended.emit()
                call(answer)

            return end

        self._look.start()
        self.begun.emit(words)
        background.run(self, lambda: work(progress, stop.is_set), ended(done), ended(failed))

    def cancel(self) -> None:
        """Ask the work to stop at its next step; what it answers then still comes."""
        self._stop.set()
        if self.is_running:
            self.stopping.emit()

    def _tell(self) -> None:
        so_far, whole = self._step
        if whole:
            self.moved.emit(so_far, whole)
