"""Working on a request by keyboard: who has it, its steps, replies and notes, undo and conflicts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import Engine

from portal_admin.domain.permissions import Role
from portal_admin.domain.service_requests import RequestStatus
from portal_admin.services.desk import Desk
from portal_admin.services.requests import show, work
from tests.fixtures.desk import NOW
from tests.fixtures.operators import appoint
from tests.services.requests.asked import stored
from tests.ui.acting import press, said
from tests.ui.requests.acting import UNDO, Open, Settle, keys, numbers, type_reply

pytestmark = pytest.mark.databases("sqlite")


def test_that_a_request_is_taken_started_and_answered_by_keyboard(
    open_page: Open, queue: dict[str, str], engine: Engine, settle: Settle
) -> None:
    shown = open_page()
    keys(shown, settle, "a")
    assert stored(engine, queue["late"]).assigned_to == "tester"
    assert "is tester's now" in shown.messages.text
    keys(shown, settle, "sd")
    assert shown.details.work.form.fields["reply"].error.startswith("Type the reply first")
    type_reply(shown, "The quote is in your mail.")
    keys(shown, settle, "d")
    row = stored(engine, queue["late"])
    assert (row.status, row.closed_at) == ("Done", NOW)
    # What is done has left the queue, and the next one takes its place.
    assert numbers(shown) == [queue["due"], queue["waiting"]]
    assert shown.details.subject.number.text() == shown.queue.current == queue["due"]
    assert shown.details.typed == ""


def test_that_assigning_and_waiting_are_undone(
    open_page: Open, queue: dict[str, str], engine: Engine, settle: Settle
) -> None:
    shown = open_page()
    keys(shown, settle, "a")
    QTest.keyClick(shown, Qt.Key.Key_Z, UNDO)
    settle()
    assert stored(engine, queue["late"]).assigned_to is None
    keys(shown, settle, "sw")
    assert stored(engine, queue["late"]).status == "Waiting"
    QTest.keyClick(shown, Qt.Key.Key_Z, UNDO)
    settle()
    assert stored(engine, queue["late"]).status == "In Progress"


def test_that_nobody_is_given_a_request_in_passing(
    open_page: Open, queue: dict[str, str], engine: Engine, settle: Settle
) -> None:
    appoint(engine, "casey", Role.CSR)
    shown = open_page()
    box = shown.details.work.who
    box.setFocus()
    for pressed in (Qt.Key.Key_Down, Qt.Key.Key_C):
        QTest.keyClick(box, pressed)
        settle()
        assert (box.view().isVisible(), stored(engine, queue["late"]).assigned_to) == (True, None)
        box.hidePopup()
    box.showPopup()
    box.view().setCurrentIndex(box.model().index(box.findData("casey"), 0))
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    settle()
    assert stored(engine, queue["late"]).assigned_to == "casey"
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is shown.queue.table.view


def test_that_a_letter_typed_before_the_request_is_there_means_the_selected_one(
    open_page: Open, queue: dict[str, str], engine: Engine, settle: Settle
) -> None:
    shown = open_page()
    for pressed in (Qt.Key.Key_J, Qt.Key.Key_A):
        QTest.keyClick(shown.queue.table.view, pressed)
    settle()
    assert (shown.queue.current, stored(engine, queue["due"]).assigned_to) == (queue["due"], "tester")
    assert stored(engine, queue["late"]).assigned_to is None


def test_that_replies_and_notes_are_sent_by_key_and_shown_apart(
    open_page: Open, queue: dict[str, str], settle: Settle
) -> None:
    shown = open_page()
    keys(shown, settle, "r")
    type_reply(shown, "We look at it.")
    QTest.keyClick(shown.details.work.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert "The portal shows your reply" in shown.messages.text
    shown.details.work.text.setPlainText("Called her.")
    press(shown.details, "Keep as note")
    settle()
    words = said(shown.details.story)
    assert "We look at it." in words
    assert "Reply to the caller · " in words
    assert "Note of the desk" in words
    keys(shown, settle, "s")
    assert "Changed: New → In Progress · " in said(shown.details.story)
    assert shown.details.typed == ""


def test_that_typed_text_stays_with_its_request_while_others_are_looked_at(
    open_page: Open, queue: dict[str, str], settle: Settle
) -> None:
    shown = open_page()
    keys(shown, settle, "r")
    type_reply(shown, "Half a sent")
    keys(shown, settle, "j")
    assert shown.details.typed == ""
    keys(shown, settle, "k")
    assert shown.details.typed == "Half a sent"


def test_that_a_conflict_shows_theirs_beside_mine_and_keeps_what_is_typed(
    open_page: Open, queue: dict[str, str], desk: Desk, engine: Engine, settle: Settle
) -> None:
    appoint(engine, "casey", Role.CSR)
    shown = open_page()
    keys(shown, settle, "r")
    type_reply(shown, "We mail it today.")
    casey = replace(desk, operator="casey")
    work.set_status(casey, number=queue["late"], to=RequestStatus.IN_PROGRESS)
    work.add_note(casey, number=queue["late"], note="It was mailed yesterday.", for_caller=True)
    press(shown.details, "Send reply")
    settle()
    words = said(shown.details.conflict)
    for expected in (
        "New",
        "In Progress",
        "nobody",
        "casey",
        "It was mailed yesterday.",
        "We mail it today.",
    ):
        assert expected in words.replace("\u200b", "")
    assert shown.details.typed == "We mail it today."
    assert [note.note for note in show.show(desk, number=queue["late"]).notes] == ["It was mailed yesterday."]
    press(shown.details, "Send reply")
    settle()
    assert len(show.show(desk, number=queue["late"]).notes) == 2
    assert shown.details.conflict.isHidden()


def test_that_a_request_that_others_closed_stays_under_what_is_being_typed(
    open_page: Open, queue: dict[str, str], desk: Desk, engine: Engine, settle: Settle
) -> None:
    appoint(engine, "casey", Role.CSR)
    shown = open_page()
    keys(shown, settle, "r")
    type_reply(shown, "We mail it")
    casey = replace(desk, operator="casey")
    work.set_status(casey, number=queue["late"], to=RequestStatus.IN_PROGRESS)
    work.set_status(casey, number=queue["late"], to=RequestStatus.DONE, reply="Mailed.")
    shown.refresh()
    settle()
    assert queue["late"] not in numbers(shown)
    assert shown.details.subject.number.text() == queue["late"]
    type_reply(shown, " today.")
    press(shown.details, "Send reply")
    settle()
    assert [note.note for note in show.show(desk, number=queue["late"]).notes] == [
        "Mailed.",
        "We mail it today.",
    ]
    work.set_status(casey, number=queue["late"], to=RequestStatus.IN_PROGRESS)
    shown.refresh()
    settle()
    shown.details.work.text.setPlainText("It is on its way.")
    work.set_status(casey, number=queue["late"], to=RequestStatus.DONE, reply="Mailed again.")
    press(shown.details, "Send reply")
    settle()
    assert shown.details.conflict.isVisible()
    assert (shown.details.typed, shown.details.subject.number.text()) == ("It is on its way.", queue["late"])
