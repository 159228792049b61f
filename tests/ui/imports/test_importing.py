"""The import itself: what it does, how it is stopped and gone on with, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from sqlalchemy import Engine, update

from portal_admin.domain.people import Status
from portal_admin.domain.permissions import Role
from portal_admin.errors import NotFound
from portal_admin.models import import_batch
from portal_admin.models.engine import writing
from portal_admin.services import people, users
from portal_admin.services.desk import Desk
from portal_admin.services.imports import working
from portal_admin.services.imports.batches import list_batches
from portal_admin.services.imports.commit import resume
from portal_admin.ui import background
from portal_admin.ui.imports.page import ImportsPage, Tab
from portal_admin.ui.navigation import Target
from portal_admin.ui.tables.rows import text_of
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.operators import appoint
from tests.ui.acting import press, said
from tests.ui.imports.acting import emails, lines, name_in_dialog, rehearse, take

Settle = Callable[[], None]


class Gate:
    """Holds an import before its second piece, so that it can be stopped there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.opened = Event(), Event()
        look, pieces = working.look, 0

        def held(*args: Any, **named: Any) -> Any:
            nonlocal pieces
            pieces += 1
            if pieces == 2:
                self.reached.set()
                self.opened.wait(10)
            return look(*args, **named)

        monkeypatch.setattr(working, "look", held)
        monkeypatch.setattr(working, "ROWS_AT_ONCE", 2)


def run(screen: ImportsPage) -> None:
    """Press the button that imports, and wait."""
    screen.dry_run.import_button.click()
    background.wait_idle()


def history(screen: ImportsPage) -> list[list[str]]:
    return [[text_of(cell) for cell in row.cells] for row in screen.history.table.model.rows]


def stop_after_one_piece(screen: ImportsPage, gate: Gate) -> None:
    """Begin the import, and cancel it while its second piece is being done."""
    screen.dry_run.import_button.click()
    assert gate.reached.wait(10)
    press(screen, "Cancel")
    gate.opened.set()
    background.wait_idle()


def test_that_the_button_does_what_it_said_and_the_result_is_shown(
    rehearsed: ImportsPage, offline_desk: Desk
) -> None:
    run(rehearsed)
    assert rehearsed.tabs.currentIndex() == Tab.RESULT
    sums = "6 rows = 2 created + 1 changed + 1 unchanged + 2 refused"
    assert rehearsed.messages.text == f"people.csv was imported to site NW. {sums}."
    assert sums in said(rehearsed.result)
    assert lines(rehearsed.result.list)[2] == ["2", "Created", "nora@prairie.example"]
    nora = people.show_user(offline_desk, site="NW", email="nora@prairie.example")
    assert (nora.status, [one.account_id for one in nora.accounts]) == (Status.PENDING, ["A-001", "A-003"])
    assert nora.last_mail is not None


def test_that_an_import_is_not_offered_twice(rehearsed: ImportsPage) -> None:
    run(rehearsed)
    rehearsed.tabs.setCurrentIndex(Tab.DRY_RUN)
    assert not rehearsed.dry_run.import_button.isEnabled()
    assert "This was imported; see Result." in said(rehearsed)
    rehearse(rehearsed)
    assert rehearsed.dry_run.import_button.text() == "Nothing to import"


def test_that_earlier_imports_tell_who_when_which_file_and_what_came_of_it(rehearsed: ImportsPage) -> None:
    rehearsed.tabs.setCurrentIndex(Tab.HISTORY)
    assert rehearsed.history.table.state.state is State.NOTHING
    run(rehearsed)
    rehearsed.tabs.setCurrentIndex(Tab.HISTORY)
    (line,) = history(rehearsed)
    assert line[:3] == ["people.csv", "NW", "Done"]
    assert line[3:8] == ["6", "2", "1", "1", "2"]
    assert line[9] == "tester"


def test_that_an_import_can_be_stopped_between_two_rows_and_gone_on_with(
    rehearsed: ImportsPage, offline_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    rehearsed.dry_run.import_button.click()
    assert gate.reached.wait(10)
    assert "can be resumed here, and at any other desk" in said(rehearsed)
    assert not rehearsed.dry_run.import_button.isEnabled()
    press(rehearsed, "Cancel")
    gate.opened.set()
    background.wait_idle()
    assert "was stopped: 4 of 6 rows are done. Resume does the rest." in rehearsed.messages.text
    assert rehearsed.result.chip.text() == "Stopped"
    assert "4 of 6 rows are dealt with." in said(rehearsed.result)
    assert len(lines(rehearsed.result.list)) == 4
    press(rehearsed.result, "Resume")
    background.wait_idle()
    assert "2 created + 1 changed + 1 unchanged + 2 refused" in rehearsed.messages.text
    assert (rehearsed.result.chip.text(), len(lines(rehearsed.result.list))) == ("Done", 6)
    assert not rehearsed.result.actions_of_batch.resume_button.isEnabled()


def test_that_another_desk_is_told_of_what_is_left_and_goes_on(
    rehearsed: ImportsPage,
    engine: Engine,
    offline_desk: Desk,
    page: Callable[..., Any],
    settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop_after_one_piece(rehearsed, Gate(monkeypatch))
    appoint(engine, "casey")
    other: ImportsPage = page(ImportsPage, replace(offline_desk, operator="casey"))
    other.open(Target("imports"))
    settle()
    assert other.messages.text == (
        "The import of people.csv to site NW by tester is not finished: 4 of 6 rows."
    )
    press(other, "Show it")
    assert other.tabs.currentIndex() == Tab.HISTORY
    assert history(other)[0][2:4] == ["Stopped", "4 of 6"]
    press(other.history, "Resume")
    settle()
    assert other.result.chip.text() == "Done"
    assert "By tester" in said(other.result)


def test_that_an_import_goes_on_while_another_page_is_looked_at(
    engine: Engine,
    offline_desk: Desk,
    rehearsed: ImportsPage,
    people_file: Path,
    shell: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = shell(offline_desk, place="imports")
    here = window.current_page
    take(here, people_file)
    rehearse(here)
    gate = Gate(monkeypatch)
    here.dry_run.import_button.click()
    assert gate.reached.wait(10)
    window.open(Target("end_users"))
    gate.opened.set()
    background.wait_idle()
    window.open(Target("imports"))
    background.wait_idle()
    assert here.result.chip.text() == "Done"
    assert "people.csv was imported to site NW." in here.messages.text


def test_that_an_import_of_somebody_who_left_is_called_interrupted_and_one_at_work_running(
    rehearsed: ImportsPage, engine: Engine, monkeypatch: pytest.MonkeyPatch, offline_desk: Desk
) -> None:
    stop_after_one_piece(rehearsed, Gate(monkeypatch))
    with writing(engine) as connection:
        connection.execute(update(import_batch).values(status="running"))
    rehearsed.refresh()
    background.wait_idle()
    assert history(rehearsed)[0][2] == "Interrupted"
    with writing(engine) as connection:
        until = offline_desk.clock().replace(year=2030)
        connection.execute(update(import_batch).values(runner="elsewhere:1:x", runner_until=until))
    rehearsed.refresh()
    background.wait_idle()
    assert history(rehearsed)[0][2] == "Running"
    rehearsed.tabs.setCurrentIndex(Tab.HISTORY)
    press(rehearsed.history, "Resume")
    background.wait_idle()
    assert "being worked on already" in rehearsed.messages.text


def test_that_an_earlier_import_is_opened_with_the_keyboard_and_shows_its_rows(
    rehearsed: ImportsPage, qtbot: Any, settle: Settle
) -> None:
    run(rehearsed)
    rehearsed.tabs.setCurrentIndex(Tab.HISTORY)
    rehearsed.history.table.view.setFocus()
    rehearsed.history.table.view.opened_row.emit(rehearsed.history.table.view.currentIndex().row())
    settle()
    assert rehearsed.tabs.currentIndex() == Tab.RESULT
    assert emails(lines(rehearsed.result.list))[:2] == ["lou@prairie.example", "no address"]


def test_that_a_list_that_cannot_be_read_is_no_empty_list(
    screen: ImportsPage, engine: Engine, settle: Settle
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("alter table import_batch rename to elsewhere")
    screen.refresh()
    settle()
    assert screen.history.table.state.state is State.FAILED
    with engine.begin() as connection:
        connection.exec_driver_sql("alter table elsewhere rename to import_batch")
    screen.tabs.setCurrentIndex(Tab.HISTORY)
    press(screen, "Retry")
    settle()
    assert screen.history.table.state.state is State.NOTHING


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.CSR])
def test_that_other_roles_are_told_who_may_and_can_drop_nothing(screen: ImportsPage, role: Role) -> None:
    screen.rights.learn(role)
    assert screen.state.state is State.NOT_ALLOWED
    assert f"is for Administrators; you are {role}" in said(screen)
    screen.rights.learn(Role.ADMINISTRATOR)
    background.wait_idle()
    assert screen.state.state is State.CONTENT
    assert screen.new.options.site.count() == 3


def test_that_without_a_site_the_way_to_one_is_shown(
    engine: Engine, offline_desk: Desk, page: Callable[..., Any], settle: Settle
) -> None:
    empty: ImportsPage = page(ImportsPage, offline_desk)
    empty.open(Target("imports"))
    settle()
    gone: list[Target] = []
    empty.navigator.open.connect(gone.append)
    press(empty, "Create a site")
    assert gone == [Target("sites")]


def test_that_an_import_is_taken_back_after_it_was_said_what_that_does(
    rehearsed: ImportsPage, offline_desk: Desk
) -> None:
    run(rehearsed)
    press(rehearsed.result, "Undo import…")
    assert "removes what people.csv created on site NW (2) and gives back what it changed (1)" in (
        rehearsed.messages.text
    )
    people.show_user(offline_desk, site="NW", email="nora@prairie.example")
    press(rehearsed.messages, "Undo import")
    background.wait_idle()
    assert rehearsed.messages.text == (
        "people.csv was taken back: 2 end users were removed, 1 are as they were before."
    )
    assert rehearsed.result.chip.text() == "Undone"
    assert history(rehearsed)[0][2] == "Undone"
    actions = rehearsed.result.actions_of_batch
    assert not actions.undo_button.isEnabled()
    assert actions.undo_button.accessibleDescription() == "It was taken back already."
    with pytest.raises(NotFound):
        people.show_user(offline_desk, site="NW", email="nora@prairie.example")


def test_that_nothing_is_taken_back_where_somebody_was_changed_since(
    rehearsed: ImportsPage, offline_desk: Desk
) -> None:
    run(rehearsed)
    users.edit_user(offline_desk, site="NW", email="ned@prairie.example", first_name="Edward")
    press(rehearsed.result, "Undo import…")
    press(rehearsed.messages, "Undo import")
    background.wait_idle()
    assert "ned@prairie.example" in rehearsed.messages.text
    assert history(rehearsed)[0][2] == "Done"
    people.show_user(offline_desk, site="NW", email="nora@prairie.example")


def test_that_failed_rows_are_saved_put_right_and_imported_again(
    rehearsed: ImportsPage, tmp_path: Path, offline_desk: Desk
) -> None:
    run(rehearsed)
    press(rehearsed.result, "Save failed rows…")
    path = tmp_path / "people-failed.csv"
    name_in_dialog(path)
    assert rehearsed.messages.text == "2 failed rows were written to people-failed.csv."
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("A-004", "A-003").replace("no address", "nobody@prairie.example"))
    take(rehearsed, path)
    rehearse(rehearsed)
    assert rehearsed.dry_run.import_button.text() == "Create 2 end users"
    run(rehearsed)
    lou = people.show_user(offline_desk, site="NW", email="lou@prairie.example")
    assert [one.account_id for one in lou.accounts] == ["A-003"]


def test_that_a_place_that_cannot_be_written_to_is_said(rehearsed: ImportsPage, tmp_path: Path) -> None:
    run(rehearsed)
    press(rehearsed.result, "Save failed rows…")
    name_in_dialog(tmp_path / "nowhere" / "failed.xlsx")
    assert "another folder" in rehearsed.messages.text


def test_that_closing_the_window_stops_the_import_where_another_desk_can_go_on(
    rehearsed: ImportsPage, offline_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    rehearsed.dry_run.import_button.click()
    assert gate.reached.wait(10)
    rehearsed.runner.work.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gate.opened.set()
    assert background.drain(10)
    (batch,) = list_batches(offline_desk)
    assert (batch.resumable, batch.runner, batch.counts.read) == (True, None, 4)
    assert resume(offline_desk, batch=batch.id).complete
