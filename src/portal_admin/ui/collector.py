"""Collects garbage on the UI thread only: collecting on a worker would destroy widgets there."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY = 1000  # ms
# A full collection looks at every object, about a microsecond each.
MOST = 100_000


class Collector(QObject):
    """Keeps Python's thresholds, at moments when the event loop is free."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._thresholds = gc.get_threshold()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        """Begin, once start-up has made what lives as long as the program."""
        gc.freeze()
        self._timer.start(EVERY)

    def collect(self) -> None:
        """Collect the oldest generation that is due."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > self._thresholds[generation]:
                if generation == 2 and len(gc.get_objects(generation=2)) > MOST:
                    # So many are the rows of a list. They go when nobody holds them, without being searched for.
                    gc.freeze()
                gc.collect(generation)
                return
