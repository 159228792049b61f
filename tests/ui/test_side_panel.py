"""Side panels with more in them than fits: what is worked on is in view, and edges stand in line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from portal_admin.errors import InvalidInput
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button, icon_button
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.scrolling import FormScroll, bring_up
from portal_admin.ui.widgets.side_panel import SidePanel

pytestmark = pytest.mark.usefixtures("dressed")
MANY = 12
Settle = Callable[[], None]


class LongPanel(SidePanel):
    """A form higher than the window."""

    def __init__(self) -> None:
        super().__init__("New end user")
        self.form = Form()
        for number in range(MANY):
            self.form.add(f"field_{number}", f"Field {number}", QLineEdit(), hint="What it is for.")
        self.body.addWidget(self.form)


@pytest.fixture
def panel(opened: Callable[..., Any]) -> LongPanel:
    made = LongPanel()
    made.add_button("Save", lambda: None, kind="primary")
    opened(made, 400, 400)
    return made


def place(widget: QWidget, panel: QWidget) -> QRect:
    return QRect(widget.mapTo(panel, QPoint(0, 0)), widget.size())


def seen(widget: QWidget, panel: LongPanel) -> bool:
    """Whether the whole widget is inside the part of the form that is shown."""
    (area,) = panel.findChildren(FormScroll)
    return place(area.viewport(), panel).contains(place(widget, panel))


@pytest.mark.parametrize("number", [0, 6, MANY - 1])
def test_that_a_focused_field_comes_into_view_with_its_label_and_hint(
    panel: LongPanel, settle: Settle, number: int
) -> None:
    field = panel.form.fields[f"field_{number}"]
    panel.open_panel(focus=field.control)
    settle()
    assert seen(field, panel)


def test_that_a_wrong_field_comes_into_view_with_its_error_even_when_it_has_the_focus(
    panel: LongPanel, settle: Settle
) -> None:
    form = panel.form
    field = form.fields["field_5"]
    panel.open_panel(focus=field.control)
    settle()
    words = "An error of several lines that says what is wrong and what to do about it. " * 4
    assert form.show_error(InvalidInput(words, field="field_5"))
    settle()
    assert field.note.height() > field.control.height()
    assert seen(field, panel)


def test_that_a_part_can_be_brought_to_the_top(panel: LongPanel, settle: Settle) -> None:
    field = panel.form.fields["field_4"]
    bring_up(field)
    settle()
    (area,) = panel.findChildren(FormScroll)
    assert place(field, panel).top() == place(area.viewport(), panel).top() + Space.XL


def test_that_footer_and_form_end_on_one_line_with_and_without_a_scroll_bar(
    panel: LongPanel, settle: Settle
) -> None:
    panel.open_panel()
    settle()
    (area,) = panel.findChildren(FormScroll)
    form = panel.form
    ends = []
    for height, scrolls in ((400, True), (1400, False)):
        panel.resize(400, height)
        settle()
        assert area.verticalScrollBar().isVisible() is scrolls
        save = panel.footer.itemAt(panel.footer.count() - 1).widget()
        ends += [place(form, panel).right(), place(save, panel).right()]
    assert ends == [panel.width() - Space.L - 1] * 4


def test_that_enter_presses_the_button_of_a_panel_that_has_the_focus(
    panel: LongPanel, qtbot: Any, settle: Settle
) -> None:
    pressed: list[str] = []
    save = panel.add_button("Save now", lambda: pressed.append("save"), kind="primary")
    copy = icon_button("copy", "Copy it", lambda: pressed.append("copy"))
    link = button("More", lambda: pressed.append("more"), kind="link")
    panel.body.addWidget(copy)
    panel.body.addWidget(link)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        for one in (save, copy, link):
            panel.open_panel(focus=one)
            settle()
            assert QApplication.focusWidget() is one
            qtbot.keyClick(one, key)
    assert pressed == ["save", "copy", "more"] * 3
    save.setEnabled(False)
    qtbot.keyClick(save, Qt.Key.Key_Return)
    qtbot.keyClick(copy, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(pressed) == 9


def test_that_enter_held_on_a_button_presses_it_once(panel: LongPanel) -> None:
    pressed: list[str] = []
    save = panel.add_button("Save now", lambda: pressed.append("save"), kind="primary")
    none = Qt.KeyboardModifier.NoModifier
    for is_held in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, none, "\r", is_held)
        QApplication.sendEvent(save, event)
        assert event.isAccepted()
    assert pressed == ["save"]
