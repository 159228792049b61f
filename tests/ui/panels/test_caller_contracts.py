"""The caller's contracts: as the portal shows them, what is open on each, and Why? by one key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from sqlalchemy import update

from portal_admin.models import aspire_contract_detail
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from portal_admin.ui.tables.rows import Cell
from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.desk import Clock
from tests.fixtures.operators import filling
from tests.ui.account_access import world
from tests.ui.account_access.world import ALONE, OLSEN, PENDING
from tests.ui.panels.conftest import Bench, Settle

OPEN = ("open", "0012-0045")


@pytest.fixture
def synced(olsen: Bench, desk: Desk, settle: Settle) -> Bench:
    """The details of the contracts were received."""
    sync(desk, full=True)
    olsen.refresh()
    settle()
    return olsen


def charges(bench: Bench, key: tuple[str, str] = OPEN) -> Cell:
    row = next(row for row in bench.contracts.panel.table.model.rows if row.key == key)
    assert isinstance(row.cells[4], Cell)
    return row.cells[4]


def state(bench: Bench) -> State:
    return bench.contracts.state.state


def test_that_open_charges_stand_beside_each_contract_and_past_due_is_marked(synced: Bench) -> None:
    titles = [column.title for column in synced.contracts.panel.table.model.columns]
    assert titles[3:] == ["Next due", "Open charges USD"]
    owed = charges(synced)
    assert (owed.text, owed.icon, owed.meaning) == ("2,150.00", "warning", Meaning.ATTENTION)
    assert owed.tooltip == "2,150.00 USD open, 1,075.00 past due since 1 Nov 2026. Stored 20:00."
    paid = charges(synced, ("open", "0012-0050"))
    assert (paid.text, paid.icon) == ("0.00", None)
    assert paid.tooltip == "No open charges. Stored 20:00."


def pay(desk: Desk, sandbox: Any) -> None:
    """Everything open on 0012-0045 is paid in ASPIRE."""
    for invoice in desk.aspire.detail(contract_oid=10, data_class="invoices") if desk.aspire else ():
        paid = [{**line, "CurrentDueAmount": "0.00"} for line in invoice["Details"]]
        sandbox.put("Invoices", {**invoice, "Details": paid})


def test_that_aspire_is_asked_what_is_open_on_the_selected_contract(
    synced: Bench, desk: Desk, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    world.click_row(qtbot, synced.contracts.panel.table, OPEN)
    settle()
    assert charges(synced).tooltip.endswith("Stored 20:00.\nASPIRE says the same, live 20:00.")
    pay(desk, sandbox)
    synced.contracts.panel.asked.emit("0012-0045")
    settle()
    told = charges(synced)
    assert (told.text, told.icon, told.meaning) == (
        "2,150.00",
        "differ",
        Meaning.BAD,
    )  # as the portal shows it
    assert told.tooltip.endswith("ASPIRE says now, live 20:00: No open charges.")
    assert synced.contracts.current == "0012-0045"


def test_that_what_only_aspire_knows_is_marked_as_not_the_portals(
    olsen: Bench, qtbot: Any, settle: Settle
) -> None:
    world.click_row(qtbot, olsen.contracts.panel.table, OPEN)
    settle()
    told = charges(olsen)
    assert (told.text, told.icon) == ("2,150.00", "database")
    assert told.tooltip.startswith(
        "The portal has not received the invoices of this contract.\nASPIRE says now"
    )


def test_that_a_failed_look_up_leaves_the_portals_amount_as_it_is(
    synced: Bench, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    sandbox.fault(drop="before")
    world.click_row(qtbot, synced.contracts.panel.table, OPEN)
    settle()
    told = charges(synced)
    assert (told.text, told.icon) == ("2,150.00", "warning")
    assert "Not compared with ASPIRE: " in told.tooltip


def test_that_charges_never_received_are_not_known_and_no_zero(olsen: Bench) -> None:
    cell = charges(olsen)
    assert (cell.text, cell.meaning) == ("not known", Meaning.UNKNOWN)
    assert cell.tooltip == "The portal has not received the invoices of this contract."


def test_that_one_unreadable_contract_leaves_the_others_readable(
    synced: Bench, desk: Desk, settle: Settle
) -> None:
    table = aspire_contract_detail
    with filling(desk.engine) as connection:
        broken = update(table).where(table.c.contract_oid == 10, table.c.data_class == "invoices")
        connection.execute(broken.values(record='[{"DueDate": "soon", "Details": []}]'))
    synced.refresh()
    settle()
    assert charges(synced).text == "not known"
    assert "not in the expected form" in charges(synced).tooltip
    assert charges(synced, ("open", "0012-0050")).text == "0.00"


def test_that_stale_charges_say_so(synced: Bench, clock: Clock, settle: Settle) -> None:
    clock.now += timedelta(hours=2)
    synced.refresh()
    settle()
    assert charges(synced).tooltip.endswith("Stored 20:00, stale.")


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_W])
def test_that_enter_and_w_ask_why_about_the_selected_contract(
    olsen: Bench, qtbot: Any, settle: Settle, key: Qt.Key
) -> None:
    olsen.contracts.select("0012-0048")
    settle()
    assert olsen.why.verdict.verdict is None  # selecting by program asks nothing
    asked: list[str] = []
    olsen.contracts.asked.connect(asked.append)
    olsen.contracts.panel.table.view.setFocus()
    qtbot.keyClick(olsen.contracts.panel.table.view, key)
    settle()
    assert asked == ["0012-0048"]
    assert olsen.why.verdict.accessibleName() == "Not visible"


def test_that_w_in_the_filter_is_a_letter(olsen: Bench, qtbot: Any, settle: Settle) -> None:
    olsen.contracts.select("0012-0048")
    qtbot.keyClicks(olsen.contracts.panel.filter, "w")
    settle()
    assert olsen.contracts.panel.filter.text() == "w"
    assert olsen.why.verdict.verdict is None


def test_that_walking_the_rows_follows_with_facts_and_verdict(
    olsen: Bench, qtbot: Any, settle: Settle
) -> None:
    view = olsen.contracts.panel.table.view
    view.setFocus()
    world.click_row(qtbot, olsen.contracts.panel.table, OPEN)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    settle()
    assert olsen.contracts.current == "0012-0050"
    assert olsen.why.asked == "0012-0050"
    assert olsen.facts.facts is not None
    assert olsen.facts.facts.contract_id == "0012-0050"
    assert QApplication.focusWidget() is view


def test_that_a_refresh_keeps_selection_filter_and_focus(olsen: Bench, qtbot: Any, settle: Settle) -> None:
    world.click_row(qtbot, olsen.contracts.panel.table, OPEN)
    olsen.contracts.panel.filter.setFocus()
    qtbot.keyClicks(olsen.contracts.panel.filter, "0012")
    settle()
    olsen.refresh()
    settle()
    assert olsen.contracts.current == "0012-0045"
    assert olsen.contracts.panel.filter.text() == "0012"
    assert QApplication.focusWidget() is olsen.contracts.panel.filter


def test_that_an_answer_for_the_caller_before_is_dropped(bench: Bench, settle: Settle) -> None:
    counted: list[int] = []
    bench.contracts.counted.connect(counted.append)
    bench.show_caller(OLSEN)
    bench.show_caller(ALONE)
    settle()
    assert counted == [2]
    assert {row[0] for row in world.lines(bench.contracts.panel.table)} == {"0040-0001", "0040-0002"}
    assert bench.seen.email == ALONE


def test_that_the_caller_before_is_gone_while_the_next_one_is_read(olsen: Bench, settle: Settle) -> None:
    olsen.show_caller(PENDING)
    assert olsen.contracts.overview is None
    assert "0012-0045" not in world.said(olsen.contracts)
    settle()
    assert "Pending: sees nothing now" in olsen.contracts.panel.banner.text


def test_that_a_database_that_does_not_answer_is_no_empty_list(
    olsen: Bench, desk: Desk, settle: Settle
) -> None:
    counted: list[int] = []
    olsen.contracts.counted.connect(counted.append)
    with filling(desk.engine) as connection:
        connection.exec_driver_sql("alter table aspire_contract_detail rename to gone")
    olsen.refresh()
    settle()
    assert state(olsen) is State.FAILED
    assert counted == [-1]
    with filling(desk.engine) as connection:
        connection.exec_driver_sql("alter table gone rename to aspire_contract_detail")
    world.button(olsen.contracts, "Retry").click()
    settle()
    assert state(olsen) is State.CONTENT
    assert counted == [-1, 6]


def test_that_a_caller_without_contracts_is_offered_a_link(bench: Bench, desk: Desk, settle: Settle) -> None:
    world.add_user(desk, "lee@lonely.example", "Lee", "Lone", "Active", ["A-010"])
    bench.show_caller("lee@lonely.example")
    settle()
    assert "No linked account is on any contract" in world.said(bench.contracts)
    world.button(bench.contracts, "Link account…").click()
    assert bench.side.link.isVisible()
