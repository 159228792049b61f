"""Who is calling: found by typing, taken from the recent ones, or asked of a contract or an account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from sqlalchemy import Engine, text

from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.find import Hit
from portal_admin.services.sync import sync
from portal_admin.ui.customer_care.page import CustomerCarePage
from portal_admin.ui.navigation import Target
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.sandbox import YESTERDAY, account, contract
from tests.ui.account_access.world import OLSEN, SITE, add_user, button, said
from tests.ui.customer_care.acting import Settle, gone_to, view_of


@contextmanager
def away(engine: Engine, table: str) -> Iterator[None]:
    """A table that cannot be read for a while."""
    with engine.begin() as connection:
        connection.execute(text(f"alter table {table} rename to {table}_away"))
    yield
    with engine.begin() as connection:
        connection.execute(text(f"alter table {table}_away rename to {table}"))


def find(care: CustomerCarePage, qtbot: Any, words: str) -> None:
    qtbot.keyClicks(care.start.field, words)


def test_that_a_name_and_enter_open_the_caller_with_the_keyboard_on_the_contracts(
    care: CustomerCarePage, qtbot: Any, settle: Settle
) -> None:
    assert QApplication.focusWidget() is care.start.field
    find(care, qtbot, "newman")
    qtbot.keyClick(care.start.field, Qt.Key.Key_Return)
    settle()
    view = view_of(care)
    assert view.strip.name.text() == "Nils Newman"
    assert QApplication.focusWidget() is view.first


def test_that_what_is_found_is_grouped_and_walked_by_the_arrows(
    care: CustomerCarePage, qtbot: Any, settle: Settle
) -> None:
    find(care, qtbot, "olsen")
    settle()
    keys = [row.key for row in care.start.found.model.rows]
    assert isinstance(keys[0], Hit)
    assert keys[0].target == f"user:{SITE}/{OLSEN}"
    assert care.start.found.current_key == keys[0]
    assert len(care.start.found.model.section_lines()) >= 2
    qtbot.keyClick(care.start.field, Qt.Key.Key_Down)
    assert care.start.found.current_key == keys[1]
    qtbot.keyClick(care.start.field, Qt.Key.Key_Up)
    qtbot.keyClick(care.start.field, Qt.Key.Key_Return)
    settle()
    assert view_of(care).key == (SITE, OLSEN)


def test_that_the_arrows_walk_every_line_though_several_open_one_account(
    care: CustomerCarePage, sandbox: Sandbox, desk: Desk, qtbot: Any, settle: Settle
) -> None:
    sandbox.put("Accounts", account(790, "A-790", "Quillfeather Sawmill", "quillfeather@mill.example"))
    for number, name in ((791, "Quillfeather Amos"), (792, "Quillfeather Beda")):
        found = {"ContactOid": number, "AccountOid": 790, "Name": name, "Email": "one@mill.example"}
        sandbox.put("Contacts", found | {"LastChangeDateTime": YESTERDAY})
    sync(desk)
    find(care, qtbot, "quillfeather")
    settle()
    hits = [row.key for row in care.start.found.model.rows if isinstance(row.key, Hit)]
    assert len(hits) == 3
    assert len({hit.target for hit in hits}) == 1
    walked, lines = [], []
    for _ in hits:
        walked.append(care.start.found.current_key)
        lines.append(care.start.found.view.currentIndex().row())
        qtbot.keyClick(care.start.field, Qt.Key.Key_Down)
    assert walked == hits
    assert len(set(lines)) == 3


def test_that_none_found_could_not_look_and_not_allowed_are_three_answers(
    care: CustomerCarePage, desk: Desk, engine: Engine, qtbot: Any, settle: Settle
) -> None:
    find(care, qtbot, "zzqqxx")
    settle()
    assert care.start.found.state.state is State.NOTHING
    assert "“zzqqxx”" in said(care.start.found)
    with away(engine, "operator"):
        find(care, qtbot, "y")
        settle()
        assert care.start.found.state.state is State.FAILED
    care.start.found._desk = replace(desk, operator="a stranger")
    find(care, qtbot, "z")
    settle()
    assert care.start.found.state.state is State.NOT_ALLOWED


def test_that_recent_callers_are_there_without_typing(
    olsen: CustomerCarePage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClick(view_of(olsen).first, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert QApplication.focusWidget() is olsen.start.field
    rows = [row.cells[0] for row in olsen.start.recent.model.rows]
    assert rows == ["Renate Olsen"]
    olsen.close_tab(1)
    qtbot.keyClick(olsen.start.field, Qt.Key.Key_Down)
    qtbot.keyClick(olsen.start.recent.view, Qt.Key.Key_Return)
    settle()
    assert view_of(olsen).key == (SITE, OLSEN)


# A contract or an account alone


def test_that_one_linked_person_who_does_not_see_it_is_opened_with_why(
    care: CustomerCarePage, sandbox: Sandbox, desk: Desk, settle: Settle
) -> None:
    add_user(desk, "only@lonely.example", "Only", "Lonely", "Active", ["A-010"])
    sandbox.put("Contracts", contract(9300, "0930-0001", 10, IsBooked=False))
    sync(desk)
    care.open(Target("customer_care", contract="0930-0001"))
    settle()
    view = view_of(care)
    assert view.key == (SITE, "only@lonely.example")
    assert view.why.asked == "0930-0001"
    verdict = view.why.verdict.verdict
    assert verdict is not None
    assert verdict.verdict == "not_visible"


def test_that_several_people_of_a_contract_are_listed_and_one_is_chosen_by_keyboard(
    care: CustomerCarePage, qtbot: Any, settle: Settle
) -> None:
    care.open(Target("customer_care", contract="0012-0045"))
    settle()
    table = care.start.who.table
    people = {(row.key.site, row.key.email) for row in table.model.rows}  # type: ignore[attr-defined]
    assert {(SITE, OLSEN), ("prairie", OLSEN)} <= people
    assert "Linked to its accounts, but do not see it" in _sections(care)
    assert QApplication.focusWidget() is table.view
    qtbot.keyClick(table.view, Qt.Key.Key_Down)
    qtbot.keyClick(table.view, Qt.Key.Key_Return)
    settle()
    assert view_of(care).why.asked == "0012-0045"


def _sections(care: CustomerCarePage) -> list[str]:
    model = care.start.who.table.model
    return [str(model.index(line, 0).data()) for line in model.section_lines()]


def test_that_a_contract_without_people_says_so_and_leads_to_what_helps(
    care: CustomerCarePage, qtbot: Any, settle: Settle
) -> None:
    went = gone_to(care)
    care.open(Target("customer_care", contract="0080-0001"))
    settle()
    assert care.start.who.table.state.state is State.NOTHING
    assert "No portal user is linked to an account of contract" in said(care.start.who)
    button(care.start.who, "Rehearse an enrolment").click()
    button(care.start.who, "Account access").click()
    assert [(one.screen, one.contract) for one in went] == [
        ("enrolment", "0080-0001"),
        ("account_access", "0080-0001"),
    ]


def test_that_an_unknown_contract_and_one_that_could_not_be_looked_up_differ(
    care: CustomerCarePage, sandbox: Sandbox, settle: Settle
) -> None:
    care.open(Target("customer_care", contract="no-such-1"))
    settle()
    assert care.start.who.table.state.state is State.NOTHING
    assert "Neither the portal nor ASPIRE has a contract no-such-1." in said(care.start.who)
    sandbox.fault(status=503)
    care.open(Target("customer_care", contract="no-such-1"))
    settle()
    assert care.start.who.table.state.state is State.FAILED
    sandbox.clear_faults()
    button(care.start.who, "Retry").click()
    settle()
    assert care.start.who.table.state.state is State.NOTHING


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ("A-010", "Nobody is linked to Lonely Consulting (A-010)."),
        ("A-999", "The portal's copy of ASPIRE has no account A-999"),
    ],
)
def test_that_an_account_of_nobody_says_which_of_both_it_is(
    care: CustomerCarePage, settle: Settle, account: str, words: str
) -> None:
    care.open(Target("customer_care", account=account))
    settle()
    assert words in said(care.start.who)
