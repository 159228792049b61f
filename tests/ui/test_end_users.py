"""The End users table as a person uses it: finding, sorting, paging, and the four states of the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtWidgets import QPushButton
from sqlalchemy import Engine, text

from portal_admin.services.desk import Desk
from portal_admin.ui import background
from portal_admin.ui.end_users.page import EndUsersPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.widgets.state_panel import State
from tests.ui.acting import press, said
from tests.ui.portal_filling import NOW, add_user, fill_portal, fill_sites, fill_snapshot

Open = Callable[..., EndUsersPage]


@pytest.fixture
def open_page(
    engine: Engine, offline_desk: Desk, page: Callable[..., Any], settle: Callable[[], None]
) -> Open:
    """Open the screen on what the database holds by then."""

    def build(**target: str) -> EndUsersPage:
        made: EndUsersPage = page(EndUsersPage, offline_desk)
        made.open(Target("end_users", **target))
        settle()
        return made

    return build


def names(page: EndUsersPage) -> list[str]:
    """The names in the order of the table."""
    model = page.table.model
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_that_everybody_is_listed_by_name_with_the_number_in_words(engine: Engine, open_page: Open) -> None:
    fill_portal(engine)
    page = open_page()
    assert names(page)[1:] == ["Ann Active", "Hal Harbor", "Ian Inactive", "Olga Oldlink", "Pat Pending"]
    assert page.filters.count.text() == "6 end users"


def test_that_typing_narrows_the_list_and_escape_shows_everybody_again(
    engine: Engine, open_page: Open, settle: Callable[[], None], qtbot: Any
) -> None:
    fill_portal(engine)
    page = open_page()
    qtbot.keyClick(page.table.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.filters.search.hasFocus()
    qtbot.keyClicks(page.filters.search, "pat@")
    settle()
    assert names(page) == ["Pat Pending"]
    assert page.filters.count.text() == "1 end user matches"
    qtbot.keyClick(page.filters.search, Qt.Key.Key_Escape)
    settle()
    assert len(names(page)) == 6


def test_that_wildcards_are_taken_literally(
    engine: Engine, open_page: Open, settle: Callable[[], None], qtbot: Any
) -> None:
    fill_portal(engine)
    page = open_page()
    qtbot.keyClicks(page.filters.search, "%n_")
    settle()
    assert page.table.state.state is State.NOTHING


def test_that_several_statuses_and_a_site_filter_together(
    engine: Engine, open_page: Open, settle: Callable[[], None]
) -> None:
    fill_portal(engine)
    page = open_page()
    for box in list(page.filters.boxes.values())[::2]:
        box.click()
    settle()
    assert names(page) == ["Ian Inactive", "Pat Pending"]
    page.filters.site.setCurrentText("Harbor Finance (harbor)")
    settle()
    assert "No end user matches the filters." in said(page)
    page.filters.clear_button.click()
    settle()
    assert len(names(page)) == 6
    assert not page.filters.clear_button.isVisible()


def test_that_the_same_words_can_be_searched_again_after_clearing(
    engine: Engine, open_page: Open, settle: Callable[[], None], qtbot: Any
) -> None:
    fill_portal(engine)
    page = open_page()
    for _ in range(2):
        qtbot.keyClicks(page.filters.search, "pat")
        settle()
        assert names(page) == ["Pat Pending"]
        page.filters.clear_button.click()
        settle()


def test_that_a_header_sorts_and_sorts_back(
    engine: Engine, open_page: Open, settle: Callable[[], None], qtbot: Any
) -> None:
    fill_portal(engine)
    page = open_page()
    head = page.table.view.horizontalHeader()
    email = head.sectionViewportPosition(1) + 20
    for first in ("Ann Active", "Pat Pending"):
        qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(email, 8))
        settle()
        assert names(page)[0] == first


def test_that_the_selected_user_is_shown_with_accounts_and_what_they_see(
    engine: Engine, open_page: Open, settle: Callable[[], None], qtbot: Any
) -> None:
    fill_portal(engine)
    page = open_page()
    page.table.view.setFocus()
    qtbot.keyClick(page.table.view, Qt.Key.Key_Home)
    qtbot.keyClick(page.table.view, Qt.Key.Key_Down)
    settle()
    words = said(page)
    assert "ann@prairie.example" in words
    assert "Prairie Hauling LLC" in words
    assert "Sees 2 open and 1 closed contracts." in words


def test_that_a_link_the_picker_would_refuse_today_is_called_no_longer_offered(
    engine: Engine, open_page: Open, settle: Callable[[], None]
) -> None:
    fill_portal(engine)
    page = open_page(site="NW", email="OLD@prairie.example ")
    assert page.details.user is not None
    assert page.details.user.email == "old@prairie.example"
    assert "no longer offered" in said(page)


def test_that_a_pending_user_is_said_to_see_nothing_yet(engine: Engine, open_page: Open) -> None:
    fill_portal(engine)
    page = open_page(site="NW", email="pat@prairie.example")
    assert "Pending: sees nothing now. Once Active: 2 open and 1 closed contracts." in said(page)


def test_that_opening_a_user_who_is_not_there_says_so(engine: Engine, open_page: Open) -> None:
    fill_portal(engine)
    page = open_page(site="NW", email="nobody@prairie.example")
    assert page.messages.text == "There is no end user nobody@prairie.example on site NW."


def test_that_without_a_site_the_first_step_is_to_create_one(
    open_page: Open, settle: Callable[[], None]
) -> None:
    page = open_page()
    gone: list[Any] = []
    page.navigator.open.connect(gone.append)
    assert "Create a site first." in said(page)
    press(page, "Create a site")
    assert gone == [Target("sites")]
    page.new_button.click()
    assert "there is none yet" in page.messages.text


def test_that_an_empty_portal_offers_to_create_the_first_user(engine: Engine, open_page: Open) -> None:
    fill_sites(engine)
    page = open_page()
    press_words = [b for b in page.table.findChildren(QPushButton) if b.isVisible()]
    assert [b.text() for b in press_words] == ["New end user"]
    press_words[0].click()
    assert page.create_panel.isVisible()


def test_that_a_database_that_fails_is_never_an_empty_list(
    engine: Engine, open_page: Open, settle: Callable[[], None]
) -> None:
    fill_portal(engine)
    page = open_page()
    with engine.begin() as connection:
        connection.execute(text("alter table end_user rename to end_user_away"))
    page.refresh()
    settle()
    assert page.table.state.state is State.FAILED
    assert "No end user" not in said(page)
    with engine.begin() as connection:
        connection.execute(text("alter table end_user_away rename to end_user"))
    press(page, "Retry")
    settle()
    assert page.table.state.state is State.CONTENT
    assert len(names(page)) == 6


def test_that_a_page_that_is_left_gives_its_connection_back(
    engine: Engine, open_page: Open, settle: Callable[[], None]
) -> None:
    fill_portal(engine)
    page = open_page()
    assert engine.pool.checkedout() == 1  # type: ignore[attr-defined]
    page.hide()
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    page.show()
    page.open(Target("end_users"))
    settle()
    assert len(names(page)) == 6


def test_that_a_page_closed_with_work_in_flight_leaves_nothing_behind(
    engine: Engine, offline_desk: Desk, page: Callable[..., Any]
) -> None:
    fill_portal(engine)
    made: EndUsersPage = page(EndUsersPage, offline_desk)
    made.open(Target("end_users", site="NW", email="ann@prairie.example"))
    made.filters.search.setText("ann")
    made.close()
    assert background.drain(5)
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_that_a_long_list_is_read_page_by_page_and_ends_where_it_should(
    engine: Engine, open_page: Open, settle: Callable[[], None], qtbot: Any
) -> None:
    fill_sites(engine)
    fill_snapshot(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into end_user (site_id, email, first_name, last_name, name_key, status, version, created_at,"
                " created_by) with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)"
                " select 1, printf('u%06d@x.example', i), 'User', printf('%06d', i), printf('user %06d', i),"
                " 'Active', 1, :now, 'tester' from n"
            ),
            {"now": f"{NOW:%Y-%m-%d %H:%M:%S.%f}"},
        )
    page = open_page()
    assert page.filters.count.text() == f"{QLocale().toString(20_000)} end users"
    page.table.view.setFocus()
    qtbot.keyClick(page.table.view, Qt.Key.Key_End)
    page.table.view.viewport().repaint()
    settle()
    last = page.table.model.row_at(19_999)
    assert last is not None
    assert last.cells[1].text == "u020000@x.example"  # type: ignore[union-attr]
    add_user(engine, "zz@x.example", "Zoe", "Last")
    page.refresh()
    settle()
    assert page.table.count == 20_001


def test_that_the_table_keeps_the_contract_of_its_kind(
    engine: Engine, open_page: Open, qtmodeltester: Any
) -> None:
    fill_portal(engine)
    page = open_page()
    qtmodeltester.check(page.table.model)


def test_that_a_narrow_window_leaves_columns_out_instead_of_cutting_them(
    engine: Engine, open_page: Open, settle: Callable[[], None]
) -> None:
    fill_portal(engine)
    page = open_page()
    hidden = [page.table.view.isColumnHidden(i) for i in range(7)]
    page.resize(1900, 700)
    settle()
    assert [page.table.view.isColumnHidden(i) for i in range(7)] == [False] * 7
    assert hidden[:5] == [False] * 5
    assert hidden[-1]
