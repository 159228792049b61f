"""The Operators screen: give, change and take roles by keyboard, with what each role may do in view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from sqlalchemy import Engine, text, update

from portal_admin.domain.permissions import MATRIX, Permission, Role
from portal_admin.models import operator
from portal_admin.models.engine import writing
from portal_admin.services import operators
from portal_admin.services.desk import Desk
from portal_admin.ui.main_window import MainWindow
from portal_admin.ui.navigation import Target
from portal_admin.ui.operators.page import OperatorsPage
from portal_admin.ui.tables.rows import text_of
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.operators import appoint
from tests.ui.acting import said

Settle = Callable[[], None]
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def show(engine: Engine, page: Callable[..., Any], settle: Settle) -> Callable[[Desk], OperatorsPage]:
    """Four operators: tester and jdoe are Administrators, casey is CSR, vera left."""
    with writing(engine) as connection:
        connection.execute(
            update(operator).where(operator.c.name.not_in(["tester", "jdoe"])).values(role=None)
        )
        connection.execute(text("delete from operator where role is null"))
    appoint(engine, "casey", Role.CSR)
    appoint(engine, "vera", Role.READ_ONLY)
    with writing(engine) as connection:
        connection.execute(update(operator).where(operator.c.name == "vera").values(role=None))

    def build(desk: Desk) -> OperatorsPage:
        made: OperatorsPage = page(OperatorsPage, desk)
        made.open(Target("operators"))
        settle()
        return made

    return build


@pytest.fixture
def operators_page(show: Callable[[Desk], OperatorsPage], offline_desk: Desk) -> OperatorsPage:
    return show(offline_desk)


def role_of(desk: Desk, name: str) -> Role | None:
    return next(one.role for one in operators.list_operators(desk) if one.name == name)


def choose(panel: Any, qtbot: Any, role: Role | None) -> None:
    """Walk to a role with the arrow keys, as a person does."""
    order = list(panel.choice.buttons)
    while panel.choice.role is not role:
        forward = order.index(role) > order.index(panel.choice.role)
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Down if forward else Qt.Key.Key_Up)


def test_that_operators_are_listed_with_their_roles_and_oneself_is_marked(
    operators_page: OperatorsPage,
) -> None:
    rows = [tuple(map(text_of, row.cells[:2])) for row in operators_page.operators.model.rows]
    assert rows == [
        ("casey", "CSR"),
        ("jdoe", "Administrator"),
        ("tester (you)", "Administrator"),
        ("vera", "No role"),
    ]


def test_that_a_file_is_said_to_enforce_nothing(operators_page: OperatorsPage) -> None:
    assert "a file enforces nothing" in said(operators_page)
    assert "honest people" in said(operators_page)


def test_that_the_matrix_is_shown_as_it_is(operators_page: OperatorsPage) -> None:
    rows = {row.key: [text_of(cell) for cell in row.cells] for row in operators_page.matrix.model.rows}
    assert set(rows) == set(Permission)
    for permission in Permission:
        name, *cells = rows[permission]
        assert name == permission
        assert {role for role, cell in zip(Role, cells, strict=True) if cell == "may"} == MATRIX[permission]


def test_that_an_operator_is_added_by_keyboard(
    operators_page: OperatorsPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClick(operators_page.operators.view, Qt.Key.Key_N, CONTROL)
    panel = operators_page.add_panel
    assert panel.name.hasFocus()
    qtbot.keyClicks(panel.name, "robin")
    qtbot.keyClick(panel.name, Qt.Key.Key_Tab)
    assert panel.choice.role is Role.CSR
    qtbot.keyClick(panel.name, Qt.Key.Key_Return)
    settle()
    assert role_of(offline_desk, "robin") is Role.CSR
    assert "robin is CSR now and can work at a desk." in operators_page.messages.text
    assert operators_page.operators.current_key == "robin"


def test_that_a_known_name_is_refused_in_its_field(
    operators_page: OperatorsPage, qtbot: Any, settle: Settle
) -> None:
    operators_page.new_operator()
    qtbot.keyClicks(operators_page.add_panel.name, "CASEY")
    operators_page.add_panel.save_button.click()
    settle()
    assert "casey is an operator already (CSR)" in operators_page.add_panel.form.fields["name"].error
    assert operators_page.add_panel.name.text() == "CASEY"


def test_that_a_role_is_changed_with_its_preview_and_undone(
    operators_page: OperatorsPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    operators_page.operators.select("casey")
    qtbot.keyClick(operators_page.operators.view, Qt.Key.Key_Return)
    panel = operators_page.role_panel
    assert panel.isVisible()
    choose(panel, qtbot, Role.READ_ONLY)
    assert "Loses: Create End User, Edit User" in panel.choice.text
    assert "Read-only may: Look at people, accounts and contracts, Verify Audit." in panel.choice.text
    choose(panel, qtbot, Role.ADMINISTRATOR)
    assert "Gains: Import Users" in panel.choice.text
    assert "may not" not in panel.choice.text
    panel.save_button.click()
    settle()
    assert role_of(offline_desk, "casey") is Role.ADMINISTRATOR
    (undo,) = [b for b in operators_page.messages.findChildren(QPushButton) if b.text() == "Undo"]
    undo.click()
    settle()
    assert role_of(offline_desk, "casey") is Role.CSR


def test_that_who_left_loses_the_role_and_keeps_the_line(
    operators_page: OperatorsPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    operators_page.operators.select("casey")
    operators_page.change_role()
    choose(operators_page.role_panel, qtbot, None)
    assert "No role may not: Look at people" in operators_page.role_panel.choice.text
    operators_page.role_panel.save_button.click()
    settle()
    assert role_of(offline_desk, "casey") is None
    assert "casey has no role any more and may do nothing." in operators_page.messages.text


def test_that_the_last_administrator_is_told_why_the_role_stays(
    operators_page: OperatorsPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    operators.set_role(offline_desk, name="jdoe", role=None)
    operators_page.operators.select("tester")
    operators_page.change_role()
    panel = operators_page.role_panel
    assert "This is your own role" in said(panel)
    choose(panel, qtbot, Role.CSR)
    panel.save_button.click()
    settle()
    assert "last Administrator" in panel.messages.text
    assert role_of(offline_desk, "tester") is Role.ADMINISTRATOR


def test_that_a_role_that_somebody_else_changed_is_read_again(
    operators_page: OperatorsPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    operators_page.operators.select("casey")
    operators_page.change_role()
    operators.set_role(offline_desk, name="casey", role=Role.READ_ONLY)
    choose(operators_page.role_panel, qtbot, None)
    operators_page.role_panel.save_button.click()
    settle()
    assert "Somebody else changed this role meanwhile." in said(operators_page.role_panel.conflict)
    assert role_of(offline_desk, "casey") is Role.READ_ONLY
    assert "Read-only" in [text_of(row.cells[1]) for row in operators_page.operators.model.rows]


def test_that_others_may_look_and_are_told_who_may_change(
    show: Callable[[Desk], OperatorsPage], offline_desk: Desk, qtbot: Any
) -> None:
    page = show(replace(offline_desk, operator="casey"))
    assert len(page.operators.model.rows) == 4
    assert (page.new_button.isEnabled(), page.role_button.isEnabled()) == (False, False)
    page.operators.select("jdoe")
    qtbot.keyClick(page.operators.view, Qt.Key.Key_Return)
    told = "“Manage Operators” is for Administrators; you are CSR. Ask an Administrator."
    assert page.messages.text == told
    assert page.role_button.accessibleDescription() == told


def test_that_a_database_that_does_not_answer_is_no_empty_list(
    operators_page: OperatorsPage, engine: Engine, settle: Settle
) -> None:
    with engine.begin() as connection:
        connection.execute(text("alter table operator rename to operator_away"))
    operators_page.refresh()
    settle()
    assert operators_page.operators.state.state is State.FAILED


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_it_is_painted_and_named_whole(
    operators_page: OperatorsPage,
    settle: Settle,
    unnamed: Callable[[QWidget], list[str]],
    render: Callable[..., Path],
    scheme: str,
) -> None:
    operators_page.operators.select("casey")
    assert unnamed(operators_page) == []
    assert render(operators_page, "operators", scheme).exists()
    operators_page.change_role()
    settle()
    assert unnamed(operators_page) == []
    assert render(operators_page, "role", scheme).exists()


def test_that_nothing_is_wider_than_a_small_window(operators_page: OperatorsPage, settle: Settle) -> None:
    operators_page.resize(832, 500)
    operators_page.operators.select("casey")
    for start in (operators_page.new_operator, operators_page.change_role):
        start()
        settle()
        assert operators_page.width() == 832
        assert operators_page.role_button.isHidden()
    operators_page.role_panel.close_panel()
    assert operators_page.role_button.isVisible()


def test_that_the_page_is_reached_in_the_window(
    shell: Callable[..., MainWindow],
    offline_desk: Desk,
    render: Callable[..., Path],
    qtbot: Any,
    settle: Settle,
) -> None:
    window = shell(offline_desk)
    window.open(Target("operators"))
    settle()
    assert window.current_page is not None
    assert render(window, "operators-window").exists()


def test_that_a_small_window_keeps_names_and_roles_whole_beside_a_panel(
    operators_page: OperatorsPage, settle: Settle
) -> None:
    page = operators_page
    page.resize(850, 620)
    page.new_operator()
    settle()
    assert not page.matrix.isVisible()
    assert page.operators.view.horizontalScrollBar().maximum() == 0
    page.add_panel.close_panel()
    assert page.matrix.isVisible()
