"""The box at the top of the window: everything it finds, and that typing and leaving lose nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from sqlalchemy import Engine

from portal_admin.errors import DatabaseProblem, NotAllowed
from portal_admin.services.desk import Desk
from portal_admin.ui.find_entry import Answer, Entry, Section
from portal_admin.ui.main_window import MainWindow
from portal_admin.ui.navigation import Target
from portal_admin.ui.recent_callers import RecentCaller, note_caller
from tests.ui.portal_filling import add_user, fill_sites, fill_snapshot

pytestmark = pytest.mark.usefixtures("dressed")
CONTROL = Qt.KeyboardModifier.ControlModifier
Settle = Callable[[], None]
PEOPLE = (
    ("kris@prairie.example", "Kris", "Tanner"),
    ("chris@prairie.example", "Chris", "Miller"),
    ("ann@x.example", "Ann", "Olsen"),
)


@pytest.fixture
def window(shell: Callable[..., MainWindow], offline_desk: Desk, engine: Engine) -> MainWindow:
    """The window on a portal with a few people."""
    fill_sites(engine)
    fill_snapshot(engine)
    for email, first, last in PEOPLE:
        add_user(engine, email, first, last)
    return shell(offline_desk)


@pytest.fixture
def heard(window: MainWindow) -> list[Target]:
    """Where the box sent the operator."""
    targets: list[Target] = []
    window.navigator.open.connect(targets.append)
    return targets


def ask(window: MainWindow, text: str) -> Any:
    """Ctrl+K and the text; what was there before is typed over, because it is selected."""
    QTest.keyClick(window, Qt.Key.Key_K, CONTROL)
    QTest.keyClicks(window.find_box, text)
    return window.find_box.results


def press(window: MainWindow, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(window.find_box, key)


def test_that_people_come_in_groups_with_what_matched(window: MainWindow, settle: Settle) -> None:
    results = ask(window, "Chris")
    settle()
    assert results.headings[0] == "End users"
    assert results.titles[:2] == ["Chris Miller", "Kris Tanner"]
    assert results.marked.matched == "email begins so"
    spoken = results.list.item(2).data(int(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken == "Kris Tanner, kris@prairie.example · NW · Active, sounds alike: Kris, End users"


@pytest.mark.parametrize("typed", ["0012-0045", "12-45", "00120045"])
def test_that_enter_on_a_pasted_contract_id_opens_it_before_the_answer_has_come(
    window: MainWindow, heard: list[Target], settle: Settle, typed: str
) -> None:
    QTest.keyClick(window, Qt.Key.Key_K, CONTROL)
    window.find_box.insert(typed)
    window.find_box.textEdited.emit(typed)
    press(window, Qt.Key.Key_Return)
    assert heard == []
    settle()
    assert heard == [Target("customer_care", contract="0012-0045")]


def test_that_a_command_is_picked_by_its_name_and_shows_its_keys(window: MainWindow, settle: Settle) -> None:
    results = ask(window, "sites")
    settle()
    assert (results.marked.title, results.marked.shortcut) == ("Sites", "Ctrl+0")
    press(window, Qt.Key.Key_Return)
    settle()
    assert window.current_page is not None
    assert window.current_page.context.spec.id == "sites"
    assert not results.isVisible()


def test_that_everything_the_page_in_view_can_do_is_listed(window: MainWindow, settle: Settle) -> None:
    window.open(Target("end_users"))
    settle()
    QTest.keyClick(window, Qt.Key.Key_K, CONTROL)
    results = window.find_box.results
    assert results.headings == ["End users", "Pages", "Commands"]
    keys = {
        entry.title: entry.shortcut
        for row in range(results.list.count())
        if (entry := results._entry(row)) is not None
    }
    assert keys["New end user"] == "Ctrl+N"
    assert keys["Audit"] == "F7"
    assert keys["Read this page again"] == "F5"
    assert keys["About Portal Admin and its keys"] == "F1"
    assert len(set(keys.values())) == len([k for k in keys.values() if k]) + 1, (
        "two commands share their keys"
    )


def test_that_leaving_keeps_what_was_typed_and_coming_back_selects_it(
    window: MainWindow, settle: Settle
) -> None:
    results = ask(window, "olsen")
    settle()
    press(window, Qt.Key.Key_Return)
    settle()
    box = window.find_box
    assert (box.text(), box.hasFocus(), results.isVisible()) == ("olsen", False, False)
    QTest.keyClick(window, Qt.Key.Key_K, CONTROL)
    assert (box.selectedText(), results.isVisible(), results.titles[0]) == ("olsen", True, "Ann Olsen")
    settle()
    assert results.titles[0] == "Ann Olsen"


def test_that_esc_clears_first_and_then_leaves(window: MainWindow, settle: Settle) -> None:
    results = ask(window, "olsen")
    settle()
    press(window, Qt.Key.Key_Escape)
    assert (window.find_box.text(), window.find_box.hasFocus(), results.isVisible()) == ("", True, True)
    press(window, Qt.Key.Key_Escape)
    assert (window.find_box.hasFocus(), results.isVisible()) == (False, False)


def test_that_arrows_walk_past_headings_and_what_was_chosen_stays_chosen(
    window: MainWindow, settle: Settle
) -> None:
    results = ask(window, "")
    titles = results.titles
    press(window, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up)
    assert results.marked.title == titles[1]
    press(window, Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert results.marked.title == titles[-1]
    window.find_box._show()
    assert results.marked.title == titles[-1]
    press(window, Qt.Key.Key_Down)
    assert results.marked.title == titles[0]
    assert results.list.verticalScrollBar().value() == 0


def test_that_recent_callers_are_there_without_typing(
    window: MainWindow, heard: list[Target], settle: Settle
) -> None:
    at = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
    note_caller("Test", RecentCaller("NW", "ann@x.example", "Ann Olsen", at))
    note_caller("Other", RecentCaller("NW", "kris@prairie.example", "Kris", at))
    results = ask(window, "")
    settle()
    assert results.headings[0] == "Recent callers"
    assert results.marked[1:3] == ("Ann Olsen", "ann@x.example · NW")
    press(window, Qt.Key.Key_Return)
    settle()
    assert heard == [Target("customer_care", site="NW", email="ann@x.example")]


def test_that_typing_never_waits_and_an_older_answer_never_shows(window: MainWindow, settle: Settle) -> None:
    begun, free = threading.Event(), threading.Event()
    asked: list[str] = []

    def slow(text: str) -> Answer:
        asked.append(text)
        begun.set()
        assert free.wait(10)
        return Answer([Section("End users", [Entry("person", text, "", lambda: None)])])

    window.find_box.set_finder(slow)
    results = ask(window, "ol")
    window.find_box._look()
    assert begun.wait(10)
    QTest.keyClicks(window.find_box, "sen")
    window.find_box._look()
    assert window.find_box.text() == "olsen"
    assert results.note.text() == "Looking…"
    free.set()
    settle()
    assert list(dict.fromkeys(asked)) == ["ol", "olsen"]
    assert results.titles[0] == "olsen"
    assert "ol" not in results.titles
    assert results.note.text() == ""


def notes(window: MainWindow, settle: Settle, find: Callable[[str], Answer]) -> tuple[str, list[str]]:
    window.find_box.set_finder(find)
    results = ask(window, "jane")
    settle()
    return results.note.text(), results.titles


def test_that_none_found_could_not_look_and_not_allowed_are_three_answers(
    window: MainWindow, settle: Settle
) -> None:
    none = notes(window, settle, lambda _text: Answer())
    assert none == ("None found: no person, contact, account, contract or payment fits.", [])
    failed = notes(window, settle, lambda _text: Answer(failed="Payments. The server did not answer."))
    assert failed == ("Could not look: Payments. The server did not answer.", ["Look again"])
    refused = notes(window, settle, lambda _text: Answer(refused="Payments. Ask an Administrator."))
    assert refused == ("Not allowed: Payments. Ask an Administrator.", [])


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DatabaseProblem("The file is locked."), "Could not look: The file is locked."),
        (NotAllowed("You have no role."), "Not allowed: You have no role."),
    ],
)
def test_that_a_search_that_fails_as_a_whole_is_not_shown_as_nothing_found(
    window: MainWindow, settle: Settle, error: Exception, words: str
) -> None:
    def fail(_text: str) -> Answer:
        raise error

    assert notes(window, settle, fail)[0] == words


def test_that_look_again_asks_again_and_stays_in_the_box(window: MainWindow, settle: Settle) -> None:
    answers: Iterator[Answer] = iter(
        [Answer(failed="Busy."), Answer([Section("End users", [Entry("person", "Jane", "", lambda: None)])])]
    )
    window.find_box.set_finder(lambda _text: next(answers))
    results = ask(window, "jane")
    settle()
    press(window, Qt.Key.Key_Return)
    settle()
    assert window.find_box.hasFocus()
    assert (results.titles, results.note.text()) == (["Jane"], "")


def test_that_enter_waits_for_no_answer_that_failed(
    window: MainWindow, heard: list[Target], settle: Settle
) -> None:
    def fail(_text: str) -> Answer:
        raise DatabaseProblem("The file is locked.")

    window.find_box.set_finder(fail)
    ask(window, "0012-0045")
    press(window, Qt.Key.Key_Return)
    settle()
    assert heard == []
    assert window.find_box.hasFocus()


def test_that_the_list_stays_inside_the_window_and_names_its_parts(
    window: MainWindow, settle: Settle, unnamed: Callable[[QWidget], list[str]]
) -> None:
    window.resize(880, 560)
    results = ask(window, "a")
    settle()
    assert window.rect().contains(results.geometry())
    assert unnamed(window) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_the_list_is_painted_in_both_schemes(
    window: MainWindow, settle: Settle, render: Callable[..., Path], scheme: str
) -> None:
    ask(window, "kris")
    settle()
    assert render(window, "find-box", scheme).exists()
