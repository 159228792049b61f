"""How long the look-up of the current thread may still take."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Timing:
    """The clocks, the sleep and the jitter (0 to 1) that the client lives by; tests put in their own."""

    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random


class Budget:
    """One deadline per thread; what is asked inside `within` shares it, retries and waiting included."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._local = threading.local()

    @property
    def _current(self) -> tuple[float, float] | None:
        current: tuple[float, float] | None = getattr(self._local, "current", None)
        return current

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give the calls inside `seconds` in all; an outer budget that ends sooner still rules."""
        outer = self._current
        mine = (self._monotonic() + seconds, seconds)
        self._local.current = mine if outer is None else min(outer, mine)
        try:
            yield
        finally:
            self._local.current = outer

    @contextmanager
    def at_least_one(self, seconds: float) -> Iterator[None]:
        """Give the calls inside `seconds` unless the thread has a budget already, which then rules alone."""
        if self._current is not None:
            yield
            return
        with self.within(seconds):
            yield

    def remaining(self) -> float:
        """Seconds left, never below zero; outside every budget there is no end."""
        current = self._current
        return float("inf") if current is None else max(0.0, current[0] - self._monotonic())

    def total(self) -> float:
        """The seconds that the ruling budget started with."""
        current = self._current
        return float("inf") if current is None else current[1]
