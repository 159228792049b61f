"""Callers as tabs: switching loses nothing, and the callers of the last session are offered again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from portal_admin.domain.lifecycle import Action
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from portal_admin.ui.customer_care.kept_tabs import KeptTab, KeptTabs
from portal_admin.ui.customer_care.page import CustomerCarePage
from tests.ui.account_access import world
from tests.ui.account_access.world import ALONE, HOSTILE, OLSEN, OTHER_SITE, PENDING, SITE, button, said
from tests.ui.customer_care.acting import Settle, look_at, tab_words, view_of

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def press(qtbot: Any, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, key, modifiers)


def keep(desk: Desk, *tabs: KeptTab) -> None:
    """As the last session left it."""
    kept = KeptTabs("", desk.operator)
    kept.put(tabs)
    kept.write()


def test_that_each_caller_has_one_tab_that_is_found_again(olsen: CustomerCarePage, settle: Settle) -> None:
    look_at(olsen, settle, PENDING)
    look_at(olsen, settle, f" {OLSEN.upper()} ")
    assert tab_words(olsen) == ["Find a caller", "Renate Olsen, northwind", "Nils Newman, northwind"]
    assert view_of(olsen).key == (SITE, OLSEN)
    look_at(olsen, settle, OLSEN, site=OTHER_SITE)
    assert tab_words(olsen)[-1] == "Renate Olsen, prairie"


def test_that_switching_loses_no_note_selection_or_half_filled_form(
    olsen: CustomerCarePage, qtbot: Any, settle: Settle
) -> None:
    view = view_of(olsen)
    view.ask("0012-0050")
    settle()
    view.parts.choose(view.notes)
    qtbot.keyClicks(view.note.text, "Asks about")
    view.panels.act(Action.EDIT, view.user)  # type: ignore[arg-type]
    view.panels.edit.first_name.setText("Renata")
    view.panels.edit.first_name.setFocus()
    look_at(olsen, settle, PENDING)
    press(qtbot, Qt.Key.Key_Tab, CTRL | SHIFT)
    settle()
    assert view_of(olsen) is view
    assert view.contracts.current == "0012-0050"
    assert view.why.asked == "0012-0050"
    assert view.parts.stack.currentWidget() is view.notes
    assert view.note.text.toPlainText() == "Asks about"
    assert view.panels.edit.isVisible()
    assert view.panels.edit.first_name.text() == "Renata"
    assert QApplication.focusWidget() is view.panels.edit.first_name


def test_that_tabs_are_walked_and_closed_by_keyboard(
    olsen: CustomerCarePage, qtbot: Any, settle: Settle
) -> None:
    look_at(olsen, settle, PENDING)
    look_at(olsen, settle, ALONE)
    press(qtbot, Qt.Key.Key_1, ALT)
    assert view_of(olsen).key.email == OLSEN
    press(qtbot, Qt.Key.Key_Tab, CTRL)
    assert view_of(olsen).key.email == PENDING
    view_of(olsen).note.begin()
    press(qtbot, Qt.Key.Key_Tab, CTRL | SHIFT)
    assert view_of(olsen).key.email == OLSEN, "from inside the note, too"
    press(qtbot, Qt.Key.Key_Tab, CTRL)
    view_of(olsen).refresh()
    press(qtbot, Qt.Key.Key_W, CTRL)
    settle()
    assert tab_words(olsen) == ["Find a caller", "Renate Olsen, northwind", "Pat Grant, northwind"]
    press(qtbot, Qt.Key.Key_T, CTRL)
    assert QApplication.focusWidget() is olsen.start.field
    press(qtbot, Qt.Key.Key_W, CTRL)
    assert len(olsen.views) == 2, "the first tab stays"


def test_that_closing_with_an_unsaved_note_says_that_it_is_kept_and_brings_it_back(
    olsen: CustomerCarePage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(view_of(olsen).note.text, "Half a note")
    assert tab_words(olsen)[1].startswith("• ")
    olsen.close_current()
    settle()
    assert "The note to Renate Olsen is not saved." in olsen.messages.text
    button(olsen, "Open again").click()
    settle()
    note = view_of(olsen).note
    assert note.text.toPlainText() == "Half a note"
    assert "Not saved yet, kept from" in note.state.text()
    assert tab_words(olsen)[1].startswith("• ")


def test_that_the_callers_of_the_last_session_are_offered_again(
    page: Callable[..., CustomerCarePage], desk: Desk, settle: Settle
) -> None:
    keep(desk, KeptTab(SITE, OLSEN, "Renate Olsen"), KeptTab(SITE, PENDING, "Nils Newman"))
    again = page(CustomerCarePage, desk)
    settle()
    assert "Renate Olsen, Nils Newman" in again.start.offer.words.text()
    again.start.offer.yes.click()
    settle()
    assert tab_words(again)[1:] == ["Renate Olsen, northwind", "Nils Newman, northwind"]
    assert view_of(again).strip.name.text() == "Renate Olsen"
    assert again.start.offer.isHidden()


def test_that_an_offer_left_open_is_kept_and_one_declined_is_not_made_again(
    page: Callable[..., CustomerCarePage], desk: Desk, settle: Settle
) -> None:
    keep(desk, KeptTab(SITE, "gone@nowhere.example", "Gone"), KeptTab(SITE, OLSEN, "Renate Olsen"))
    shown = page(CustomerCarePage, desk)
    look_at(shown, settle, "gone@nowhere.example")
    assert "There is no end user gone@nowhere.example" in said(view_of(shown))
    assert "closed: Renate Olsen." in shown.start.offer.words.text(), "who is open is not offered"
    again = page(CustomerCarePage, desk)
    settle()
    assert "closed: gone@nowhere.example, Renate Olsen." in again.start.offer.words.text()
    again.start.offer.no.click()
    settle()
    assert KeptTabs("", desk.operator).read() == ()


def test_that_hostile_names_are_shown_as_they_are(
    care: CustomerCarePage, desk: Desk, sandbox: Sandbox, settle: Settle
) -> None:
    world.put_hostile_account(sandbox)
    sync(desk)
    world.add_user(desk, HOSTILE, "<b>A</b>", "&S<img src=x>", "Active", ["<i>A-600</i>"])
    look_at(care, settle, HOSTILE, contract="<u>0600</u>")
    assert tab_words(care)[1] == "<b>A</b> &&S<img src=x>, n…"
    assert "&lt;b&gt;" in care.tabs.tabToolTip(1)
    view = view_of(care)
    assert view.strip.name.text() == "<b>A</b> &S<img src=x>"
    assert "<u>0600</u>" in view.note.about.text()
