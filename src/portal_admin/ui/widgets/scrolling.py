"""Scrolling forms: the bar stands in the margin, and what is worked on comes into view."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from portal_admin.ui import background
from portal_admin.ui.theme import Space


class Together(QWidget):
    """Parts that come into view as one when one of them is worked on, such as a control with its label and error."""


class FormScroll(QScrollArea):
    """A column that scrolls; `margin` px at its right hold the scroll bar, so that nothing moves when it comes."""

    def __init__(self, margin: int, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._margin = margin
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.column = QVBoxLayout(inner)
        self.column.setSpacing(Space.M)
        self._keep_margin(0, 0)
        self.setWidget(inner)
        self.verticalScrollBar().rangeChanged.connect(self._keep_margin)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    def _keep_margin(self, least: int, most: int) -> None:
        taken = self.verticalScrollBar().sizeHint().width() if most > least else 0
        self.column.setContentsMargins(0, 0, max(0, self._margin - taken), 0)

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        # A press is followed by a release: what is under the pointer must not move between them.
        pressed = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if now is not None and not pressed and self.isAncestorOf(now):
            keep_in_view(now)


def keep_in_view(widget: QWidget) -> None:
    """Scroll the form around a control just as far as its label, hint and error can be seen."""
    area = _area(widget)
    if area is not None:
        background.later(area, 0, lambda: _show(area, widget), replaces="view")


def bring_up(widget: QWidget) -> None:
    """Scroll the form around a widget until it stands at the top."""
    area = _area(widget)
    if area is not None:
        background.later(area, 0, lambda: _scroll_to(area, widget), replaces="view")


def _area(widget: QWidget) -> FormScroll | None:
    place = widget.parentWidget()
    while place is not None and not isinstance(place, FormScroll):
        place = place.parentWidget()
    return place


def _show(area: FormScroll, widget: QWidget) -> None:
    if not _settle(area, widget):
        return
    whole: QWidget | None = widget
    while whole is not None and whole is not area and not isinstance(whole, Together):
        whole = whole.parentWidget()
    if isinstance(whole, Together) and whole.height() <= area.viewport().height():
        widget = whole
    area.ensureWidgetVisible(widget, 0, Space.S)


def _scroll_to(area: FormScroll, widget: QWidget) -> None:
    inside = area.widget()
    if inside is not None and _settle(area, widget):
        top = widget.mapTo(inside, QPoint(0, 0)).y()
        area.verticalScrollBar().setValue(top - Space.XL)


def _settle(area: FormScroll, widget: QWidget) -> bool:
    """Let sizes travel up through nested layouts; whether the widget is still in the area then."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    return isValid(widget) and area.isAncestorOf(widget)
