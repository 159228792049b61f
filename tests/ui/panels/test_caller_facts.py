"""The facts of the selected contract: live or stored, each with its age, for the contract selected last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QTabWidget, QWidget

from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.caller.facts import ContractFactsPanel
from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.desk import Clock
from tests.ui.account_access import world
from tests.ui.panels.conftest import Settle

CONTRACT, OTHER = "0012-0045", "0012-0050"


@pytest.fixture
def panel(desk: Desk, opened: Callable[..., Any], settle: Settle) -> ContractFactsPanel:
    """The panel on a portal that received everything."""
    sync(desk, full=True)
    made = ContractFactsPanel(desk)
    opened(made, 700, 200)
    settle()
    return made


def show(panel: ContractFactsPanel, settle: Settle, contract_id: str = CONTRACT) -> str:
    panel.show_contract(contract_id)
    settle()
    return world.said(panel)


def test_that_both_sides_stand_side_by_side_with_when_aspire_said_so(
    panel: ContractFactsPanel, settle: Settle
) -> None:
    told = show(panel, settle)
    assert panel.title.text() == "0012-0045 · Prairie Hauling LLC · USD"
    assert panel.age.text() == "live 20:00"
    assert "Portal shows" in told
    assert "ASPIRE says now" in told
    assert told.count("2,150.00") == 2
    assert not world.has_button(panel, "Retry")
    both = "2,150.00 · 1,075.00 past due"
    assert panel.as_text().splitlines()[1] == f"Open charges: portal {both}, ASPIRE {both}"


def test_that_a_difference_has_its_word(
    panel: ContractFactsPanel, desk: Desk, sandbox: Any, settle: Settle
) -> None:
    for invoice in desk.aspire.detail(contract_oid=10, data_class="invoices") if desk.aspire else ():
        paid = [{**line, "CurrentDueAmount": "0.00"} for line in invoice["Details"]]
        sandbox.put("Invoices", {**invoice, "Details": paid})
    told = show(panel, settle)
    assert told.count("Differs") == 1
    assert "2,150.00 · 1,075.00 past due" in told
    assert "0.00" in told.splitlines()


def test_that_with_aspire_down_the_stored_facts_are_told_with_age_and_reason(
    panel: ContractFactsPanel, clock: Clock, sandbox: Any, settle: Settle
) -> None:
    clock.now += timedelta(minutes=12)
    sandbox.fault(drop="before")
    told = show(panel, settle)
    assert panel.age.text() == "stored, 12 min ago"
    assert panel.age.property("meaning") == Meaning.UNKNOWN.value
    assert "ASPIRE" in panel.problem.text()
    assert "2,150.00" in told
    assert "ASPIRE says now" not in told
    sandbox.clear_faults()
    world.button(panel, "Retry").click()
    settle()
    assert panel.age.text() == "live 20:12"
    assert panel.problem.isHidden()


def test_that_one_class_that_fails_leaves_the_rest_live(
    panel: ContractFactsPanel, sandbox: Any, settle: Settle
) -> None:
    sandbox.fault(path="/contracts/10/invoices", status=403, code="PermissionDenied")
    told = show(panel, settle)
    assert panel.age.text() == "live 20:00, not all of it"
    assert panel.problem.text()
    assert "Not readable" in told
    assert "46,210.55" in told


def test_that_an_answer_about_an_earlier_contract_is_dropped(
    panel: ContractFactsPanel, sandbox: Any, settle: Settle
) -> None:
    sandbox.fault(path="/contracts", latency=0.2, times=1)
    panel.show_contract(OTHER)
    told = show(panel, settle)
    assert panel.title.text().startswith(CONTRACT)
    assert OTHER not in told


def test_that_the_facts_of_the_contract_before_are_gone_at_once(
    panel: ContractFactsPanel, settle: Settle
) -> None:
    show(panel, settle)
    panel.show_contract(OTHER)
    assert "2,150.00" not in world.said(panel)
    assert panel.as_text() == ""
    settle()


def test_that_nothing_is_read_for_a_panel_nobody_sees(
    panel: ContractFactsPanel, desk: Desk, opened: Callable[..., Any], settle: Settle
) -> None:
    tabs = QTabWidget()
    hidden = ContractFactsPanel(desk)
    tabs.addTab(QWidget(), "first")
    tabs.addTab(hidden, "second")
    opened(tabs)
    hidden.show_contract(CONTRACT)
    settle()
    assert hidden.facts is None
    tabs.setCurrentIndex(1)
    settle()
    assert hidden.facts is not None


def test_that_an_unknown_id_is_not_found_and_a_failed_look_up_is_not_that(
    panel: ContractFactsPanel, sandbox: Any, settle: Settle
) -> None:
    assert "Neither the portal nor ASPIRE has a contract 7777-0001." in show(panel, settle, "7777-0001")
    assert state(panel) is State.NOTHING
    sandbox.fault(status=503)
    show(panel, settle, "7777-0002")
    assert state(panel) is State.FAILED


def state(panel: ContractFactsPanel) -> State:
    return panel.state.state


def test_that_all_fields_are_one_press_away(panel: ContractFactsPanel, settle: Settle) -> None:
    targets: list[Target] = []
    panel.opened.connect(targets.append)
    show(panel, settle)
    world.button(panel, "All fields").click()
    assert targets == [Target("field_reference", contract=CONTRACT)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_every_control_has_a_name(
    panel: ContractFactsPanel,
    settle: Settle,
    unnamed: Callable[[QWidget], list[str]],
    render: Callable[..., Path],
    scheme: str,
) -> None:
    assert unnamed(panel) == []
    show(panel, settle)
    assert unnamed(panel) == []
    assert render(panel, "facts", scheme).exists()
