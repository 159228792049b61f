"""The note on the call under way: saved with one key, kept while it is typed, there again after a crash."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import Engine

from portal_admin.domain.call_notes import CallNote
from portal_admin.domain.permissions import Role
from portal_admin.services import call_notes, people
from portal_admin.services.desk import Desk
from portal_admin.services.roles import my_role
from portal_admin.ui import background
from portal_admin.ui.customer_care.drafts import FOLDER, Draft, DraftFile
from portal_admin.ui.customer_care.note_editor import NoteEditor
from portal_admin.ui.customer_care.page import CustomerCarePage
from portal_admin.ui.local_files import local_file
from portal_admin.ui.rights import Rights
from tests.fixtures.operators import appoint
from tests.ui.account_access.world import OLSEN, SITE, said
from tests.ui.customer_care.acting import Settle, look_at, view_of
from tests.ui.customer_care.test_finding import away

CTRL = Qt.KeyboardModifier.ControlModifier
SCRIPT = """
import os, signal, sys
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from portal_admin.models.engine import open_engine
from portal_admin.services.desk import Desk
from portal_admin.services.roles import my_role
from portal_admin.ui import background
from portal_admin.ui.customer_care.note_editor import NoteEditor
from portal_admin.ui.rights import Rights
from tests.fixtures.desk import Clock
application = QApplication([])
desk = Desk(engine=open_engine(sys.argv[1]), aspire=None, clock=Clock(), operator="tester")
note = NoteEditor(desk, Rights(), profile="", site="northwind", email=sys.argv[2])
note.show()
QTest.keyClicks(note.text, "Typed before the crash")
note.offer_contract("0012-0045")
background.wait_idle()
os.kill(os.getpid(), signal.SIGKILL)
"""


def draft_file(desk: Desk) -> Path:
    return local_file(FOLDER, "", desk.operator, SITE, OLSEN)


def kept_notes(desk: Desk) -> tuple[CallNote, ...]:
    user = people.show_user(desk, site=SITE, email=OLSEN)
    return call_notes.list_notes(desk, user_id=user.id)


def test_that_a_note_is_begun_and_saved_by_keyboard_and_stands_in_the_list(
    olsen: CustomerCarePage, desk: Desk, qtbot: Any, settle: Settle
) -> None:
    view = view_of(olsen)
    view.ask("0012-0045")
    settle()
    qtbot.keyClick(view.first, Qt.Key.Key_N, CTRL)
    assert QApplication.focusWidget() is view.note.text
    qtbot.keyClicks(view.note.text, "Asked where it is.")
    settle()
    assert draft_file(desk).exists()
    qtbot.keyClick(view.note.text, Qt.Key.Key_Return, CTRL)
    settle()
    assert [one.note for one in kept_notes(desk)] == ["Asked where it is."]
    assert view.note.text.toPlainText() == ""
    assert view.note.state.text().startswith("Saved ")
    assert not draft_file(desk).exists()
    place = view.parts.parts.index(view.notes)
    assert view.parts.bar.tabText(place) == "No&tes 1"
    row = view.notes.table.model.row_at(0)
    assert row is not None
    assert row.cells[2] == "0012-0045"
    call_notes.write_note(desk, site=SITE, email=OLSEN, note="First line.\n<b>Second</b> line.")
    view.notes.refresh()
    settle()
    view.parts.choose(view.notes)
    view.notes.table.view.select_row(0)
    assert "First line.\n<b>Second</b> line." in said(view.notes)


@pytest.fixture
def editor(opened: Callable[[QWidget], QWidget], desk: Desk, settle: Settle) -> NoteEditor:
    """The note to Renate Olsen by itself."""
    rights = Rights()
    rights.learn(my_role(desk))
    made = NoteEditor(desk, rights, profile="", site=SITE, email=OLSEN)
    opened(made)
    settle()
    return made


def test_that_a_note_that_is_not_about_the_contract_is_kept_without_it(
    editor: NoteEditor, desk: Desk, qtbot: Any, settle: Settle
) -> None:
    editor.offer_contract("0012-0045")
    qtbot.keyClicks(editor.text, "Moved house")
    editor.offer_contract("0012-0046")
    assert "0012-0045" in editor.about.text(), "what was begun stays about what it was about"
    editor.about.click()
    editor.save()
    settle()
    (kept,) = kept_notes(desk)
    assert (kept.note, kept.contract_id) == ("Moved house", None)


def test_that_what_was_typed_is_there_after_the_window_died(
    database_url: str, home: Path, request: pytest.FixtureRequest
) -> None:
    died = subprocess.run(
        [sys.executable, "-c", SCRIPT, database_url, OLSEN],
        env=os.environ | {"PORTAL_ADMIN_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    note: NoteEditor = request.getfixturevalue("editor")
    assert note.text.toPlainText() == "Typed before the crash"
    assert note.about.isChecked()
    assert "0012-0045" in note.about.text()
    assert "Not saved yet, kept from" in note.state.text()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in the folder")
def test_that_a_draft_is_for_its_owner_alone_and_gone_when_it_is_emptied(
    editor: NoteEditor, desk: Desk, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(editor.text, "secret")
    settle()
    assert stat.S_IMODE(draft_file(desk).stat().st_mode) == 0o600
    editor.text.clear()
    settle()
    assert not draft_file(desk).exists()


def test_that_drafts_of_operators_and_profiles_stay_apart(desk: Desk) -> None:
    mine = DraftFile("UAT", "me", SITE, OLSEN)
    mine.put(Draft("mine", None, desk.clock()))
    mine.write()
    assert DraftFile("UAT", "you", SITE, OLSEN).read() is None
    assert DraftFile("PROD", "me", SITE, OLSEN).read() is None
    found = DraftFile("UAT", "me", SITE, OLSEN).read()
    assert found is not None
    assert found.text == "mine"
    local_file(FOLDER, "UAT", "me", SITE, OLSEN).write_text('{"text": 3}', encoding="utf-8")
    assert mine.read() is None


def test_that_a_note_that_cannot_be_saved_stays_where_it_is(
    editor: NoteEditor, desk: Desk, engine: Engine, qtbot: Any, settle: Settle
) -> None:
    editor.save()
    settle()
    assert editor.state.text() == "Type a note first."
    qtbot.keyClicks(editor.text, "Do not lose me")
    with away(engine, "call_note"):
        editor.save()
        settle()
        assert editor.text.toPlainText() == "Do not lose me"
        assert editor.state.property("meaning") == "bad"
        assert draft_file(desk).exists()
    editor.save()
    settle()
    assert [one.note for one in kept_notes(desk)] == ["Do not lose me"]


def test_that_what_is_typed_while_a_note_is_saved_is_the_next_note(
    editor: NoteEditor, desk: Desk, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(editor.text, "First.")
    editor.save()
    qtbot.keyClicks(editor.text, " Second")
    settle()
    assert [one.note for one in kept_notes(desk)] == ["First."]
    assert editor.text.toPlainText() == "Second"
    assert draft_file(desk).exists()


def test_that_what_was_typed_last_is_kept_when_the_window_is_closed_at_once(
    editor: NoteEditor, desk: Desk, qtbot: Any
) -> None:
    qtbot.keyClicks(editor.text, "Bye")
    editor.close()
    assert background.drain(5)
    for thread in threading.enumerate():
        if thread.name == "keep note":
            thread.join(5)
    found = DraftFile("", desk.operator, SITE, OLSEN).read()
    assert found is not None
    assert found.text == "Bye"


def test_that_a_disk_that_refuses_is_told_while_the_note_is_typed(
    editor: NoteEditor, home: Path, qtbot: Any, settle: Settle
) -> None:
    home.mkdir(exist_ok=True)
    (home / FOLDER).write_text("in the way", encoding="utf-8")
    qtbot.keyClicks(editor.text, "x")
    settle()
    assert "cannot be kept on this machine" in editor.state.text()


def test_that_who_may_only_read_writes_no_note_and_is_told_who_may(
    page: Callable[..., CustomerCarePage], desk: Desk, engine: Engine, settle: Settle
) -> None:
    appoint(engine, "rita", Role.READ_ONLY)
    view = view_of(look_at(page(CustomerCarePage, replace(desk, operator="rita")), settle))
    assert not view.note.text.isEnabled()
    assert not view.note.save_button.isEnabled()
    assert "Write Call Note" in view.note.save_button.accessibleDescription()
    assert not view.commands_bar.verify_button.isEnabled()
    assert view.commands_bar.case_button.isEnabled()
