"""Commands that go on for ever on a server: their interval, their pauses, and how they are told to stop."""

from __future__ import annotations

import re
import signal
import threading
import time
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

UNITS = {"s": 1, "m": 60, "h": 3600}
LEAST = timedelta(seconds=1)
# A wait on Windows does not notice Ctrl+C before it ends.
HEARTBEAT = 0.5


def interval(typed: str) -> timedelta:
    """An interval such as 15m, 90s or 1h."""
    found = re.fullmatch(r"([0-9]{1,6})([smh])", typed.strip())
    length = timedelta(seconds=int(found[1]) * UNITS[found[2]]) if found else timedelta()
    if length < LEAST:
        raise ArgumentTypeError("an interval looks like 15m, 90s or 1h")
    return length


def wait(stop: threading.Event, *, until: float) -> None:
    """Wait until that time of the monotonic clock, or until told to stop."""
    while not stop.is_set() and (left := until - time.monotonic()) > 0:
        stop.wait(min(HEARTBEAT, left))


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, so that a run ends after a page instead of in it."""
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
