"""Bringing a part of a long form into view."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from portal_admin.ui.theme import Space

SETTLED = 30  # ms: sizes travel up through nested layouts, one turn of the event loop for each


def bring_up(widget: QWidget) -> None:
    """Scroll the form around a widget until it stands at the top, once the layout has settled."""
    QTimer.singleShot(SETTLED, widget, lambda: _scroll_to(widget))


def _scroll_to(widget: QWidget) -> None:
    place = widget.parentWidget()
    while place is not None and not isinstance(place, QScrollArea):
        place = place.parentWidget()
    inside = place.widget() if isinstance(place, QScrollArea) else None
    if isinstance(place, QScrollArea) and inside is not None:
        place.verticalScrollBar().setValue(widget.mapTo(inside, QPoint(0, 0)).y() - Space.XL)
