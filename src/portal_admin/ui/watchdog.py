"""Notices when the UI thread stands still, counts it, and logs where the thread was."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from types import FrameType
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer

from portal_admin.domain.stalls import LIMIT, Lateness, StallReport

EVERY = 0.05  # s between two beats of the UI thread
HUNG = 5.0  # s after which it is told without waiting for the end, which may never come
# When the watching thread stood still as long as the other, the machine slept, or the process was stopped.
ASLEEP = 5.0
PAUSE = 10.0  # s between two lines of the log
KEPT = 20
NO_STACK = "    not seen: the thread let nothing else of this program run"
log = logging.getLogger(__name__)


class Stall(NamedTuple):
    """How long the thread stood still, in seconds, and where it was; `is_over` is False while it still does."""

    length: float
    stack: str
    is_over: bool = True


class Beats:
    """Judges beats of one thread and looks of another; it knows no clock."""

    def __init__(self, now: float) -> None:
        self.lateness = Lateness()
        self._lock = threading.Lock()
        self._last_beat = self._last_look = now
        self._stack: str | None = None
        self._told = False
        self._ended: list[Stall] = []

    def beat(self, now: float) -> None:
        """The thread is at work."""
        with self._lock:
            if not self._slept(now):
                late = max(0.0, now - self._last_beat - EVERY)
                self.lateness.add(late)
                if late >= LIMIT:
                    self._ended.append(Stall(late, self._stack or NO_STACK))
            self._begin(now)

    def look(self, now: float, stack: Callable[[], str]) -> list[Stall]:
        """What there is to tell: stalls that ended, and one that lasts too long to wait for its end."""
        with self._lock:
            if self._slept(now):
                self._begin(now)
            self._last_look = now
            found, self._ended = self._ended, []
            silent = now - self._last_beat - EVERY
            if silent >= LIMIT and self._stack is None:
                self._stack = stack()
            if silent >= HUNG and not self._told:
                self._told = True
                found.append(Stall(silent, self._stack or NO_STACK, is_over=False))
            return found

    def due(self, now: float) -> float:
        """Seconds until a thread that does not beat has stood still too long; then is the time to look."""
        with self._lock:
            silent = now - self._last_beat - EVERY
            return LIMIT - silent if silent < LIMIT else LIMIT

    def _begin(self, now: float) -> None:
        self._last_beat, self._stack, self._told = now, None, False

    def _slept(self, now: float) -> bool:
        return now - self._last_look > ASLEEP


class Watchdog(QObject):
    """A timer beats on the UI thread, a thread of its own watches."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stalls: deque[Stall] = deque(maxlen=KEPT)
        self._beats = Beats(awake())
        self._watched = threading.get_ident()
        self._told_at: float | None = None
        self._untold = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(round(EVERY * 1000))
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to watch the thread that calls this."""
        global _running
        self._beats = Beats(awake())
        self._watched = threading.get_ident()
        self._stopping.clear()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()
        self._timer.start()
        _running = self

    def stop(self) -> None:
        """Let the watching thread end; what was counted stays."""
        self._timer.stop()
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def report(self) -> StallReport:
        """How late the beats came since it started."""
        return self._beats.lateness.report()

    def _beat(self) -> None:
        self._beats.beat(awake())

    def _watch(self) -> None:
        while not self._stopping.wait(self._beats.due(awake())):
            now = awake()
            for stall in self._beats.look(now, lambda: stack_of(self._watched)):
                self.stalls.append(stall)
                self._tell(stall, now)

    def _tell(self, stall: Stall, now: float) -> None:
        if self._told_at is not None and now - self._told_at < PAUSE:
            self._untold += 1
            return
        more = f" ({self._untold} more since the last line)" if self._untold else ""
        kind = "stood still" if stall.is_over else "stands still"
        log.warning("the window %s for %.0f ms%s\n%s", kind, stall.length * 1000, more, stall.stack)
        self._told_at, self._untold = now, 0


_running: Watchdog | None = None


def report() -> StallReport | None:
    """What the watchdog of this window counted; None where none was started."""
    return None if _running is None else _running.report()


def stack_of(thread: int) -> str:
    """Where the thread is, innermost first: modules, functions and lines, and nothing that they hold."""
    lines = []
    frame: FrameType | None = sys._current_frames().get(thread)
    while frame is not None:
        code = frame.f_code
        lines.append(f"    {frame.f_globals.get('__name__', '?')}.{code.co_qualname}, line {frame.f_lineno}")
        frame = frame.f_back
    return "\n".join(lines) or NO_STACK


def awake() -> float:
    """Seconds during which the machine did not sleep."""
    if sys.platform == "win32":
        # The usual clock goes on while Windows sleeps; those of Linux and macOS do not.
        import ctypes

        ticks = ctypes.c_ulonglong()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(ticks))
        return ticks.value / 1e7
    return time.monotonic()
