"""Work off the UI thread: one pool, one queued signal; answers nobody waits for any more are dropped."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QThreadPool, QTimer, Signal, Slot
from shiboken6 import isValid

from portal_admin.errors import DeskError

WORKERS = 8
Answer = TypeVar("Answer")
log = logging.getLogger(__name__)


class ProgramFault(DeskError):
    """A mistake in this program; the log holds what happened under the correlation id."""

    kind = "program_fault"
    title = "Something went wrong in this program"


class _Job:
    """No dataclass: what stands before the window's first picture does without their cost."""

    __slots__ = ("done", "failed", "key", "owner", "work")

    def __init__(
        self,
        owner: QObject,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[DeskError], None],
        key: tuple[int, str] | None,
    ) -> None:
        self.owner, self.work, self.done, self.failed, self.key = owner, work, done, failed, key


class _Pool(QObject):
    answered = Signal(object, object, object)

    def __init__(self) -> None:
        super().__init__()
        self.pool = QThreadPool(self)
        self.pool.setMaxThreadCount(WORKERS)
        self.waiting: set[_Job] = set()
        self.newest: dict[tuple[int, str], _Job] = {}
        self.delayed: dict[tuple[int, str], tuple[QTimer, QObject, Callable[[], None]]] = {}
        self.draining = False
        self.answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def submit(self, job: _Job) -> None:
        if self.draining:
            return
        self.waiting.add(job)
        if job.key is not None:
            older = self.newest.get(job.key)
            if older is not None:
                self.waiting.discard(older)
            self.newest[job.key] = job
        self.pool.start(lambda: self._work(job))

    def _work(self, job: _Job) -> None:
        if job not in self.waiting:
            return
        answer, error = None, None
        try:
            answer = job.work()
        except DeskError as problem:
            error = problem
            _note(problem)
        except Exception as problem:
            error = fault(problem)
        if job in self.waiting:
            self.answered.emit(job, answer, error)

    @Slot(object, object, object)
    def _deliver(self, job: _Job, answer: object, error: DeskError | None) -> None:
        if job not in self.waiting:
            return
        self.drop(job)
        if not isValid(job.owner):
            return
        if error is not None:
            job.failed(error)
        else:
            job.done(answer)

    def drop(self, job: _Job) -> None:
        self.waiting.discard(job)
        if job.key is not None and self.newest.get(job.key) is job:
            del self.newest[job.key]


_running: _Pool | None = None


def _pool() -> _Pool:
    global _running
    if _running is None or not isValid(_running):
        _running = _Pool()
    return _running


def fault(problem: Exception) -> DeskError:
    """Log a mistake of this program and say so in plain words."""
    error = ProgramFault("Nothing more is known here; the log file has the details under this id.")
    error.__cause__ = problem
    log.error("program fault", exc_info=problem, extra={"correlation_id": error.correlation_id})
    return error


def _note(problem: DeskError) -> None:
    """The id that the window shows leads to a line of the log; the message may hold what somebody typed."""
    cause = type(problem.__cause__).__name__ if problem.__cause__ else "no other error"
    log.info("%s, from %s", problem.kind, cause, extra={"correlation_id": problem.correlation_id})


def run(
    owner: QObject,
    work: Callable[[], Answer],
    done: Callable[[Answer], None],
    failed: Callable[[DeskError], None],
    *,
    replaces: str | None = None,
) -> None:
    """Run `work` on a worker, then `done` or `failed` on the UI thread.

    The answer is dropped when `owner` is gone or forgotten, or when a later call of the same owner has the same
    `replaces`.
    """
    key = None if replaces is None else (id(owner), replaces)
    _pool().submit(_Job(owner, work, done, failed, key))


def later(owner: QObject, milliseconds: int, call: Callable[[], None], *, replaces: str) -> None:
    """Call on the UI thread after a pause; a later call of the same owner and key starts the pause anew."""
    pool = _pool()
    key = (id(owner), replaces)
    if key in pool.delayed:
        pool.delayed.pop(key)[0].deleteLater()
    if pool.draining:
        return
    timer = QTimer(pool)
    timer.setSingleShot(True)
    timer.timeout.connect(lambda: _fire(key))
    pool.delayed[key] = (timer, owner, call)
    timer.start(milliseconds)


def _fire(key: tuple[int, str]) -> None:
    entry = _pool().delayed.pop(key, None)
    if entry is None:
        return
    timer, owner, call = entry
    timer.stop()
    timer.deleteLater()
    if isValid(owner):
        call()


def hurry(owner: QObject) -> None:
    """Make the delayed calls of an owner at once."""
    for key in [key for key, entry in _pool().delayed.items() if entry[1] is owner]:
        _fire(key)


def forget(owner: QObject) -> None:
    """Drop every answer and every delayed call of an owner that was closed."""
    pool = _pool()
    for job in [job for job in pool.waiting if job.owner is owner]:
        pool.drop(job)
    for key in [key for key, entry in pool.delayed.items() if entry[1] is owner]:
        pool.delayed.pop(key)[0].deleteLater()


def is_idle() -> bool:
    """Whether no answer is awaited and no delayed call is due."""
    pool = _pool()
    return not pool.waiting and not pool.delayed


def wait_idle(timeout: float = 10.0) -> None:
    """Process events until nothing is awaited, firing delayed calls at once; TimeoutError after `timeout` seconds."""
    pool = _pool()
    deadline = time.monotonic() + timeout
    while True:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        for key in list(pool.delayed):
            _fire(key)
        if is_idle():
            QCoreApplication.processEvents()
            if is_idle():
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(pool.waiting)} answers did not come within {timeout} s")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)


def drain(timeout: float = 3.0) -> bool:
    """Drop everything and wait a bounded time for workers; False when some are still busy."""
    pool = _pool()
    pool.draining = True
    pool.waiting.clear()
    pool.newest.clear()
    for timer, _, _ in pool.delayed.values():
        timer.stop()
        timer.deleteLater()
    pool.delayed.clear()
    pool.pool.clear()
    finished = pool.pool.waitForDone(round(timeout * 1000))
    pool.draining = False
    return finished
