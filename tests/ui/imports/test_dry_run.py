"""What a dry run says of each row, and when it may be followed by the import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import Engine, select

from portal_admin.domain.imports import Result
from portal_admin.models import audit_event, end_user
from portal_admin.models.engine import reading
from portal_admin.services.imports import plan
from portal_admin.ui import background
from portal_admin.ui.imports.page import ImportsPage, Tab
from portal_admin.ui.tables.paged_model import PAGE
from tests.ui.acting import press, said
from tests.ui.imports.acting import HEAD, emails, lines, rehearse, results, take


def test_that_each_row_gets_its_verdict_refused_ones_first_and_the_numbers_add_up(
    rehearsed: ImportsPage,
) -> None:
    assert rehearsed.tabs.currentIndex() == Tab.DRY_RUN
    assert "6 rows read = 2 to create + 1 to change + 1 unchanged + 2 refused" in said(rehearsed)
    assert lines(rehearsed.dry_run.list) == [
        ["6", "Refused", "lou@prairie.example"],
        ["7", "Refused", "no address"],
        ["2", "Create", "nora@prairie.example"],
        ["3", "Create", "ned@prairie.example"],
        ["4", "Change", "pat@prairie.example"],
        ["5", "Unchanged", "ann@prairie.example"],
    ]


def test_that_nothing_is_written(engine: Engine, rehearsed: ImportsPage) -> None:
    with reading(engine) as connection:
        assert len(connection.execute(select(end_user)).all()) == 6
        assert connection.execute(select(audit_event)).all() == []


def test_that_a_number_filters_and_text_finds_reasons(rehearsed: ImportsPage, qtbot: Any) -> None:
    shown = rehearsed.dry_run.list
    assert results(shown) == {
        None: "All 6",
        Result.REFUSED: "Refused 2",
        Result.CREATED: "Create 2",
        Result.CHANGED: "Change 1",
        Result.UNCHANGED: "Unchanged 1",
    }
    shown.buttons[Result.CREATED].click()
    background.wait_idle()
    assert emails(lines(shown)) == ["nora@prairie.example", "ned@prairie.example"]
    qtbot.keyClicks(shown.search, "nowhere to be found")
    background.wait_idle()
    press(rehearsed, "Show all rows")
    background.wait_idle()
    assert len(lines(shown)) == 6
    qtbot.keyClicks(shown.search, "a-004")
    background.wait_idle()
    assert emails(lines(shown)) == ["lou@prairie.example"]


def test_that_the_selected_row_tells_everything_known_of_it(rehearsed: ImportsPage, qtbot: Any) -> None:
    view = rehearsed.dry_run.list.table.view
    assert view.hasFocus()
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    told = rehearsed.dry_run.list.details.text()
    assert told.startswith("Row 2:")
    assert "0012-0045" in told
    assert "Accounts: A-001, A-003" in told


def test_that_the_button_says_what_will_be_done_and_what_is_left_out(rehearsed: ImportsPage) -> None:
    dry_run = rehearsed.dry_run
    assert dry_run.import_button.text() == "Create 2 end users and change 1"
    assert dry_run.import_button.isEnabled()
    assert dry_run.consequences.text() == (
        "2 rows are left out; they can be saved to a file afterwards. 2 registration mails are queued."
    )


def test_that_something_else_chosen_since_asks_for_another_dry_run(rehearsed: ImportsPage) -> None:
    mail = rehearsed.new.options.mail
    mail.click()
    assert not rehearsed.dry_run.import_button.isEnabled()
    assert "Run the dry run again" in said(rehearsed)
    mail.click()
    assert rehearsed.dry_run.import_button.isEnabled()
    mail.click()
    rehearse(rehearsed)
    assert rehearsed.dry_run.import_button.isEnabled()
    assert "No registration mail is queued." in said(rehearsed)


def test_that_all_or_nothing_with_a_refused_row_imports_nothing(
    screen: ImportsPage, people_file: Path
) -> None:
    screen.new.options.whole.click()
    take(screen, people_file)
    rehearse(screen)
    dry_run = screen.dry_run
    assert (dry_run.import_button.text(), dry_run.import_button.isEnabled()) == ("Nothing to import", False)
    assert "all or nothing" in dry_run.consequences.text()


def test_that_people_are_counted_once_however_many_rows_they_have(
    screen: ImportsPage, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        HEAD + "n@prairie.example,N,N,A-001\nn@prairie.example,N,N,A-003\n"
        "ann@prairie.example,Ann,Active,A-002\nann@prairie.example,Ann,Active,A-003\n"
    )
    take(screen, path)
    rehearse(screen)
    assert "1 to create + 3 to change" in said(screen)
    assert screen.dry_run.import_button.text() == "Create 1 end user and change 1"


def test_that_ten_thousand_rows_are_read_a_page_at_a_time(screen: ImportsPage, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(HEAD + "".join(f"p{n}@prairie.example,P,{n},\n" for n in range(10_000)))
    take(screen, path)
    rehearse(screen)
    table = screen.dry_run.list.table
    assert table.count == 10_000
    assert table.model.row_at(0) is not None
    assert table.model.row_at(9_999) is None
    table.view.verticalScrollBar().setValue(table.view.verticalScrollBar().maximum())
    screen.grab()
    background.wait_idle()
    last = table.model.row_at(9_999)
    assert last is not None
    assert last.cells[0] == "10,001"
    assert len(lines(screen.dry_run.list)) <= 4 * PAGE


def test_that_a_dry_run_can_be_cancelled_and_then_run_again(
    screen: ImportsPage, people_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, gate = Event(), Event()
    look = plan.look

    def slowly(*args: Any, **named: Any) -> Any:
        begun.set()
        gate.wait(10)
        return look(*args, **named)

    monkeypatch.setattr(plan, "look", slowly)
    monkeypatch.setattr(plan, "pieces", lambda entries: [entries[:3], entries[3:]])
    take(screen, people_file)
    screen.new.run_button.setFocus()
    screen.new.run_button.click()
    assert screen.progress.words.text() == "Dry run of people.csv"
    assert not screen.new.run_button.isEnabled()
    assert begun.wait(10)
    assert screen.progress.cancel_button.hasFocus()
    press(screen, "Cancel")
    assert "stopping" in screen.progress.words.text()
    gate.set()
    background.wait_idle()
    assert screen.messages.text == "The dry run was cancelled."
    assert (screen.tabs.currentIndex(), screen.progress.isVisible()) == (Tab.NEW, False)
    assert screen.new.run_button.hasFocus()
    rehearse(screen)
    assert screen.tabs.currentIndex() == Tab.DRY_RUN


def test_that_what_cannot_be_judged_is_marked_as_not_known(screen: ImportsPage, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(HEAD + "n@prairie.example,N,N,A-999\n")
    take(screen, path)
    rehearse(screen)
    row = screen.dry_run.list.table.model.row_at(0)
    assert row is not None
    reason = row.cells[3]
    assert not isinstance(reason, str)
    assert (reason.icon, reason.meaning) == ("question", "unknown")


def test_that_a_database_that_does_not_answer_is_said_in_the_message_bar(
    screen: ImportsPage, people_file: Path, engine: Engine, settle: Callable[[], None]
) -> None:
    take(screen, people_file)
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table account_link")
    rehearse(screen)
    assert "lacks a table" in screen.messages.text
    assert screen.new.run_button.isEnabled()
