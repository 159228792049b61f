"""Tables: a million rows without a stall, keyboard, copying, selection across a refresh."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from portal_admin.errors import DatabaseProblem
from portal_admin.ui import window_state
from portal_admin.ui.tables.paged_model import PAGE
from portal_admin.ui.tables.paged_table import PagedTable
from portal_admin.ui.tables.rows import Query, Row, Snapshot
from portal_admin.ui.theme import Size
from portal_admin.ui.widgets.state_panel import State
from tests.ui.table_lines import COLUMNS, line

pytestmark = pytest.mark.usefixtures("dressed")
MILLION = 1_000_000


class People:
    """Numbers as people; remembers what it was asked, and fails or waits on demand."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.queries: list[Query] = []
        self.starts: list[int] = []
        self.threads: set[int] = set()
        self.problem: DatabaseProblem | None = None
        self.gate: threading.Event | None = None

    def snapshot(self, query: Query) -> Snapshot:
        self._meet()
        self.queries.append(query)
        return Snapshot(self.count, query)

    def page(self, token: Query, start: int, count: int) -> Sequence[Row]:
        self._meet()
        self.starts.append(start)
        numbers = range(start, min(start + count, self.count))
        if token.descending:
            return [line(self.count - 1 - number) for number in numbers]
        return [line(number) for number in numbers]

    def _meet(self) -> None:
        self.threads.add(threading.get_ident())
        if self.gate is not None:
            self.gate.wait(5)
        if self.problem is not None:
            raise self.problem


class FindablePeople(People):
    """Also knows where a person stands."""

    def rank(self, token: Query, key: Hashable) -> int | None:
        assert isinstance(key, int)
        return self.count - 1 - key if token.descending else key


@pytest.fixture
def table(opened: Callable[..., Any], settle: Callable[[], None]) -> Callable[..., PagedTable]:
    def build(source: People, **options: Any) -> PagedTable:
        made = PagedTable(COLUMNS, source, name="End users", sort="name", **options)
        opened(made, 900, 500)
        made.refresh()
        settle()
        return made

    return build


def shown(table: PagedTable, row: int, column: int = 0) -> str:
    return str(table.model.index(row, column).data())


def test_that_the_paged_model_keeps_qts_rules(
    qtmodeltester: Any, table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    made = table(People(300))
    qtmodeltester.check(made.model)
    settle()
    qtmodeltester.check(made.model)


def test_that_the_ui_thread_never_asks_the_source(table: Callable[..., PagedTable]) -> None:
    people = People(300)
    table(people)
    assert people.threads
    assert threading.get_ident() not in people.threads


def test_that_any_place_of_a_million_rows_costs_one_page(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    people = People(MILLION)
    made = table(people)
    assert made.count == MILLION
    people.starts.clear()
    made.view.verticalScrollBar().setValue(700_000 * Size.ROW)
    made.view.viewport().repaint()
    assert shown(made, 700_000) == "…"
    settle()
    assert shown(made, 700_000) == "Person 700000"
    assert len(people.starts) <= 2
    assert all(abs(start - 700_000) <= 2 * PAGE for start in people.starts)


def test_that_rows_scrolled_past_are_not_fetched(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    people = People(MILLION)
    made = table(people)
    people.starts.clear()
    for row in range(0, MILLION, 10_000):
        made.view.verticalScrollBar().setValue(row * Size.ROW)
        made.view.viewport().repaint()
    settle()
    assert len(people.starts) <= 10
    assert shown(made, 990_000) == "Person 990000"


def test_that_pages_are_forgotten_before_they_fill_the_memory(
    table: Callable[..., PagedTable], settle: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_admin.ui.tables.paged_model.KEPT_PAGES", 4)
    made = table(People(MILLION))
    for number in range(20):
        made.model.cell_at(number * PAGE, 0)
        settle()
    assert sum(made.model.row_at(number * PAGE) is not None for number in range(20)) <= 4


def test_that_a_header_click_sorts_and_a_second_one_turns_it_round(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    people = People(300)
    made = table(people)
    head = made.view.horizontalHeader()
    for _ in range(2):
        head.sectionClicked.emit(3)
        settle()
    assert [(q.sort, q.descending) for q in people.queries[1:]] == [("due", False), ("due", True)]
    assert shown(made, 0) == "Person 299"
    head.sectionClicked.emit(2)
    settle()
    assert len(people.queries) == 3, "this column cannot be sorted by"
    assert head.sortIndicatorSection() == 3


def test_that_filters_reach_the_source_and_the_list_begins_anew(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    people = People(300)
    made = table(people)
    made.view.verticalScrollBar().setValue(200 * Size.ROW)
    made.set_filters({"site": "north"})
    settle()
    assert people.queries[-1].filters == {"site": "north"}
    assert made.view.verticalScrollBar().value() == 0


def test_that_a_refresh_keeps_place_and_selection(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    made = table(People(300))
    made.view.verticalScrollBar().setValue(150 * Size.ROW)
    settle()
    made.view.select_row(152)
    made.refresh()
    settle()
    assert made.current_key == 152
    assert made.view.verticalScrollBar().value() == 150 * Size.ROW


def test_that_a_selection_follows_its_row_wherever_it_went(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    made = table(FindablePeople(5_000))
    made.view.select_row(3)
    made.view.horizontalHeader().sectionClicked.emit(0)
    settle()
    assert made.current_key == 3
    assert made.view.currentIndex().row() == 4_996


def test_that_a_new_row_is_selected_and_shown(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    made = table(FindablePeople(5_000))
    made.refresh(select=4_000)
    settle()
    assert made.current_key == 4_000
    assert made.view.visualRect(made.view.currentIndex()).intersects(made.view.viewport().rect())


def test_that_a_selection_that_is_gone_is_told(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    people, heard = People(300), []
    made = table(people)
    made.view.select_row(250)
    settle()
    made.view.select_row(251)
    made.current_changed.connect(heard.append)
    people.count = 10
    made.refresh()
    settle()
    assert heard[-1] is None
    assert made.current_key is None


def test_that_could_not_look_is_not_none_found_and_retry_looks_again(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    people = People(300)
    people.problem = DatabaseProblem("The portal database did not answer.")
    made = table(people)
    assert made.state.state is State.FAILED
    people.problem = None
    made.refresh()
    settle()
    assert made.state.state is State.CONTENT
    assert shown(made, 0) == "Person 0"


def test_that_a_page_that_cannot_be_read_is_said(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    people = People(MILLION)
    made = table(people)
    people.problem = DatabaseProblem("The portal database did not answer.")
    made.view.verticalScrollBar().setValue(500_000 * Size.ROW)
    made.view.viewport().repaint()
    settle()
    assert made.state.state is State.FAILED


def test_that_nothing_found_says_so_and_offers_what_the_screen_offers(
    table: Callable[..., PagedTable],
) -> None:
    assert table(People(0)).state.state is State.NOTHING
    made = table(People(0), nothing=lambda panel: panel.nothing("No end users yet."))
    assert made.state.state is State.NOTHING


def test_that_the_newest_filter_wins_whatever_comes_back_first(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    people = People(300)
    made = table(people)
    people.gate = threading.Event()
    made.set_filters("old")
    made.set_filters("new")
    people.gate.set()
    settle()
    assert made.model.snapshot.token.filters == "new"


def test_that_the_table_works_by_keyboard(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    made, opened = table(People(MILLION)), []
    made.opened.connect(opened.append)
    made.view.setFocus()
    QTest.keyClick(made.view, Qt.Key.Key_End)
    settle()
    assert made.view.currentIndex().row() == MILLION - 1
    QTest.keyClick(made.view, Qt.Key.Key_Return)
    assert opened == [MILLION - 1]
    QTest.keyClick(made.view, Qt.Key.Key_Home)
    assert made.view.currentIndex().row() == 0
    QTest.keyClick(made.view, Qt.Key.Key_Down)
    QTest.keyClick(made.view, Qt.Key.Key_Return)
    assert opened == [MILLION - 1, 1]


def test_that_a_cell_and_a_row_are_copied(table: Callable[..., PagedTable]) -> None:
    made = table(People(300))
    made.view.setFocus()
    made.view.setCurrentIndex(made.model.index(2, 1))
    QTest.keyClick(made.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "p2@example.test"
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(made.view, Qt.Key.Key_C, both)
    assert QGuiApplication.clipboard().text() == "Person 2\tp2@example.test\tActive\t2.00"


def test_that_rows_have_one_height_and_the_table_a_name(
    table: Callable[..., PagedTable], unnamed: Callable[..., list[str]]
) -> None:
    made = table(People(300))
    assert made.view.rowHeight(5) == Size.ROW
    assert unnamed(made) == []


def test_that_a_tooltip_of_a_cell_is_literal(table: Callable[..., PagedTable]) -> None:
    made = table(People(300))
    assert "&lt;b&gt;" in made.model.index(0, 2).data(Qt.ItemDataRole.ToolTipRole)


def test_that_column_widths_are_kept(table: Callable[..., PagedTable], settle: Callable[[], None]) -> None:
    made = table(People(3), memory="people")
    made.view.horizontalHeader().resizeSection(0, 333)
    settle()
    assert window_state.column_widths("people")["name"] == 333
    again = table(People(3), memory="people")
    assert again.view.horizontalHeader().sectionSize(0) == 333


def test_that_a_column_hidden_for_want_of_room_comes_back_as_wide_as_it_was(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    made = table(People(3), memory="people")
    made.view.horizontalHeader().resizeSection(0, 333)
    settle()
    made.view.setColumnHidden(0, True)
    settle()
    again = table(People(3), memory="people")
    assert again.view.horizontalHeader().sectionSize(0) == 333


def test_that_the_current_row_stays_in_view_when_the_table_gets_smaller(
    table: Callable[..., PagedTable], settle: Callable[[], None]
) -> None:
    made = table(People(300))
    lowest = made.view.rowAt(made.view.viewport().height() - 20)
    made.view.select_row(lowest)
    made.resize(900, 300)
    settle()
    assert made.view.visualRect(made.view.currentIndex()).bottom() <= made.view.viewport().height()
    made.view.verticalScrollBar().setValue(0)
    made.resize(900, 280)
    settle()
    assert made.view.verticalScrollBar().value() == 0
