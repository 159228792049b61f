"""Tab goes as the eye does: through the layouts, whenever their parts were made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QGridLayout, QLayout, QScrollArea, QSplitter, QWidget

_BY_TAB = Qt.FocusPolicy.TabFocus
# A property of widgets that place their children themselves, in the order in which they were made.
PLACES_CHILDREN = "places_children"


def stops(root: QWidget) -> list[QWidget]:
    """The widgets that Tab reaches inside a widget, in reading order."""
    return [
        widget
        for widget in _parts(root)
        if widget.isEnabled()
        and widget.focusPolicy() & _BY_TAB == _BY_TAB
        and ((proxy := widget.focusProxy()) is None or widget.isAncestorOf(proxy))
    ]


def next_stop(root: QWidget, focused: QWidget | None, step: int) -> QWidget | None:
    """The stop `step` places from the focused widget, around the ends; None where Tab reaches nothing."""
    found = stops(root)
    if not found:
        return None
    around = [
        stop for stop in found if focused is not None and (stop is focused or stop.isAncestorOf(focused))
    ]
    if around:
        at = found.index(around[-1])
    else:
        passed = _stops_before(root, found, focused)
        at = passed - 1 if step > 0 else passed
    return found[(at + step) % len(found)]


def _stops_before(root: QWidget, found: list[QWidget], focused: QWidget | None) -> int:
    """How many stops stand before a widget that is none, as a button that was just disabled."""
    passed = 0
    for part in _parts(root):
        if part is focused:
            return passed
        passed += part in found
    return 0


def _parts(widget: QWidget) -> Iterator[QWidget]:
    if not widget.isVisible():
        return
    yield widget
    inside = widget.widget() if isinstance(widget, QScrollArea) else None
    if inside is not None:
        yield from _parts(inside)
    elif isinstance(widget, QSplitter):
        for position in range(widget.count()):
            part = widget.widget(position)
            if part is not None:
                yield from _parts(part)
    elif (layout := widget.layout()) is not None and not isinstance(widget, QAbstractScrollArea):
        yield from _laid_out(layout)
    elif widget.property(PLACES_CHILDREN):
        for child in widget.children():
            if isinstance(child, QWidget):
                yield from _parts(child)


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    places = list(range(layout.count()))
    if isinstance(layout, QGridLayout):
        places.sort(key=lambda place: _row_and_column(layout, place))
    for place in places:
        item = layout.itemAt(place)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield from _parts(widget)
        elif inner is not None:
            yield from _laid_out(inner)


def _row_and_column(grid: QGridLayout, place: int) -> tuple[int, int]:
    row, column, *_ = cast(tuple[int, int, int, int], grid.getItemPosition(place))
    return row, column
