"""Cold start to a painted window that takes keystrokes, beside a bare PySide6 window with one line to type in."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks.measure import Measurement

# Both print the wall-clock time at which a key that was posted after the first paint has arrived.
BARE = """
import sys, time
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow

class AfterPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, press)
        return False

def press():
    line.textEdited.connect(lambda _: (print(time.time(), flush=True), application.exit()))
    QCoreApplication.postEvent(line, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a"))

application = QApplication(sys.argv)
window, line = QMainWindow(), QLineEdit()
window.setCentralWidget(line)
window.resize(1280, 800)
window.show()
filter = AfterPaint()
window.installEventFilter(filter)
application.exec()
"""
OURS = """
import gc, sys
gc.disable()  # as `portal-admin window` does before it imports anything
from portal_admin import app

painted = app.Running._painted

def press(self):
    import time
    from PySide6.QtCore import QCoreApplication, QEvent, Qt
    from PySide6.QtGui import QKeyEvent
    painted(self)  # loading begins, and must not be in the way of the key
    line = self.window.find_box
    line.textEdited.connect(lambda _: (print(time.time(), flush=True), self.window.close()))
    QCoreApplication.postEvent(line, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a"))

app.Running._painted = press
from portal_admin.__main__ import main
sys.argv = ["portal-admin", "window"]
sys.exit(main())
"""


def run(small: bool) -> list[Measurement]:
    """Whole processes, in turn, from before they are started."""
    runs = 3 if small else 15
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "PORTAL_ADMIN_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        times: dict[str, list[float]] = {BARE: [], OURS: []}
        for turn in range(runs + 1):
            for program, taken in times.items():
                milliseconds = _start(program, environment)
                if turn:  # the first turn only warms the disk
                    taken.append(milliseconds)
    ours, bare = statistics.median(times[OURS]), statistics.median(times[BARE])
    return [Measurement("cold start to a window that takes keystrokes", ours, bare, "ms", 1.5)]


def _start(program: str, environment: dict[str, str]) -> float:
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    return (float(done.stdout) - begun) * 1000
