"""Collects garbage on the UI thread only: collecting on a worker would destroy widgets there."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY = 1000  # ms


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
                gc.collect(generation)
                return
