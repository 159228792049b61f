"""Short lists: sections, words that filter, sorting within a section, selection across a refresh."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from portal_admin.ui.tables.list_model import ListModel
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Cell, Row
from tests.ui.table_lines import COLUMNS, line

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.fixture
def short(opened: Callable[..., Any]) -> ListTable:
    made = ListTable(COLUMNS, name="Fields")
    opened(made, 900, 400)
    made.set_sections([("CONTRACT DETAIL", [line(3), line(1)]), ("INVOICES", [line(2)])])
    return made


def test_that_the_list_model_keeps_qts_rules(qtmodeltester: Any) -> None:
    model = ListModel(COLUMNS)
    qtmodeltester.check(model)
    model.set_sections([("First", [line(1), line(2)]), ("Second", [line(3)])])
    qtmodeltester.check(model)


def test_that_sections_are_titles_that_cannot_be_selected_or_opened(short: ListTable) -> None:
    opened: list[object] = []
    short.opened.connect(opened.append)
    assert [short.model.index(row, 0).data() for row in range(5)] == [
        "CONTRACT DETAIL",
        "Person 3",
        "Person 1",
        "INVOICES",
        "Person 2",
    ]
    assert not short.model.flags(short.model.index(0, 0)) & Qt.ItemFlag.ItemIsSelectable
    assert short.view.columnSpan(0, 0) == len(COLUMNS)
    short.view.opened_row.emit(0)
    short.view.opened_row.emit(1)
    assert opened == [3]


def test_that_one_row_is_replaced_where_it_stands(short: ListTable) -> None:
    short.select(1)
    changed: list[int] = []
    short.model.dataChanged.connect(lambda first, _last: changed.append(first.row()))
    short.model.replace(Row(1, ("Another", *line(1).cells[1:])))
    assert changed == [2]
    assert short.model.index(2, 0).data() == "Another"
    assert short.current_key == 1
    short.set_filter("another")
    assert [row.key for row in short.model.rows] == [1]
    short.model.replace(Row(99, line(1).cells))
    assert [row.key for row in short.model.rows] == [1]


def test_that_a_filter_keeps_rows_that_hold_every_word(short: ListTable) -> None:
    short.select(2)
    short.set_filter("PERSON p2@")
    assert [row.key for row in short.model.rows] == [2]
    assert short.current_key == 2
    assert short.model.section_lines() == [0]
    short.set_filter("")
    assert len(short.model.rows) == 3


def test_that_a_list_sorts_within_its_sections_by_value(short: ListTable) -> None:
    rows = [Row(key, ("x", "y", "z", Cell(f"{key}.00", sort=key))) for key in (2, 10, 1)]
    short.set_rows(rows)
    head = short.view.horizontalHeader()
    head.sectionClicked.emit(3)
    assert [row.key for row in short.model.rows] == [1, 2, 10]
    head.sectionClicked.emit(3)
    assert [row.key for row in short.model.rows] == [10, 2, 1]


def test_that_new_rows_keep_the_selection_by_key(short: ListTable) -> None:
    heard: list[object] = []
    assert short.select(1)
    short.current_changed.connect(heard.append)
    short.set_rows([line(5), line(1)])
    assert short.current_key == 1
    short.set_rows([line(5)])
    assert heard[-1] is None
    assert not short.select(1)


def test_that_columns_that_do_not_fit_are_left_out_and_come_back(opened: Callable[..., Any]) -> None:
    made = opened(ListTable(COLUMNS, name="People", always=1), 200, 300)
    hidden = [made.view.isColumnHidden(position) for position in range(len(COLUMNS))]
    assert hidden[0] is False
    assert hidden[-1] is True
    made.resize(2000, 300)
    QApplication.processEvents()
    assert not any(made.view.isColumnHidden(position) for position in range(len(COLUMNS)))
