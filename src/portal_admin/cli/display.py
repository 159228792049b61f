"""Whether this machine has a display; Qt ends the whole program where it finds none."""

from __future__ import annotations

import os
import sys


def has_display() -> bool:
    """Whether a window could be shown; Windows and macOS always have a display."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
