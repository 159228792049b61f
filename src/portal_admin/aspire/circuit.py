"""Stops asking an ASPIRE that keeps failing, and tries again after a while."""

from __future__ import annotations

import threading
from collections.abc import Callable

from portal_admin.errors import AspireUnreachable

FAILURES_IN_A_ROW = 5
COOL_DOWN = 10.0


class Circuit:
    """Opens after five failed look-ups in a row; after the cool-down one trial at a time may pass."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until: float | None = None

    def admit(self) -> None:
        """Let one look-up pass, or raise AspireUnreachable without asking ASPIRE."""
        with self._lock:
            if self._failures < FAILURES_IN_A_ROW or self._closed_until is None:
                return
            wait = self._closed_until - self._monotonic()
            if wait <= 0:
                # The others keep waiting while this one tries.
                self._closed_until = self._monotonic() + COOL_DOWN
                return
        raise AspireUnreachable(
            f"ASPIRE failed {FAILURES_IN_A_ROW} times in a row, so it is left alone for {wait:.0f} more seconds. "
            "Try again then; if it goes on, tell whoever runs ASPIRE."
        )

    def succeeded(self) -> None:
        """ASPIRE answered."""
        with self._lock:
            self._failures = 0
            self._closed_until = None

    def failed(self) -> None:
        """A look-up failed for good, its retries included."""
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES_IN_A_ROW:
                self._closed_until = self._monotonic() + COOL_DOWN
