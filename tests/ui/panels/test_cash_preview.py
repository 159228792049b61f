"""The cash application preview as a rep uses it: by keyboard, with each state told for what it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from portal_admin.services.desk import Desk
from portal_admin.ui.panels.cash.preview_panel import CashPreviewPanel
from portal_admin.ui.panels.cash.preview_side import CashPreviewSide
from tests.ui.acting import said

pytestmark = pytest.mark.databases("sqlite")
Settle = Callable[[], None]
CONTRACT = "0012-0045"


@pytest.fixture
def panel(desk: Desk, opened: Callable[..., QWidget]) -> CashPreviewPanel:
    made = CashPreviewPanel(desk)
    opened(made, 440, 720)
    return made


def ask(panel: CashPreviewPanel, amount: str, settle: Settle, contract: str = CONTRACT) -> None:
    """Type and press Enter, as with the keyboard."""
    panel.show_contract(contract)
    panel.focus()
    panel.form.amount.clear()
    QTest.keyClicks(panel.form.amount, amount)
    QTest.keyClick(panel.form.amount, Qt.Key.Key_Return)
    settle()


def shown(panel: CashPreviewPanel) -> str:
    return panel.state.state.value


def lines(panel: CashPreviewPanel) -> list[str]:
    model = panel.result.table.model
    found = []
    for row in range(model.rowCount()):
        cells = [str(model.index(row, column).data() or "") for column in range(model.columnCount())]
        found.append(" | ".join(cell for cell in cells if cell))
    return found


def test_that_enter_shows_each_charge_by_invoice_and_the_rest(
    panel: CashPreviewPanel, settle: Settle
) -> None:
    ask(panel, "1100", settle)
    assert lines(panel) == [
        "INV-100, due 1 Nov 2026",
        "RENT | 1,000.00 | 1,000.00 | 0.00",
        "TAX | 50.00 | 50.00 | 0.00",
        "LATE | 25.00 | 25.00 | 0.00",
        "INV-101, due 1 Dec 2026",
        "RENT | 1,000.00 | 23.81 | 976.19",
        "TAX | 50.00 | 1.19 | 48.81",
        "LATE | 25.00 | – | 25.00",
        "Unapplied cash",
        "Rest | 0.00",
    ]
    words = said(panel)
    assert "Balance Forward: The oldest invoice first" in words
    assert "30 days, that day counting as day 1" in words
    assert "1,100.00 USD would pay 5 charges, some of them in part; 1,050.00 USD would stay open." in words


def test_that_the_panel_says_that_no_invoice_can_be_chosen(panel: CashPreviewPanel) -> None:
    assert "No invoice can be chosen, here or in the portal" in said(panel)
    assert "can-users-pay-specific-invoices" in panel.no_choice.toolTip()
    assert shown(panel) == "nothing"


def test_that_the_day_is_the_company_s_today_until_one_is_chosen(
    panel: CashPreviewPanel, settle: Settle
) -> None:
    ask(panel, "1", settle)
    assert panel.form.day is None
    assert panel.form.on.date() == QDate(2026, 11, 21)
    panel.form.on.setDate(QDate(2026, 10, 1))
    panel.form.on.setFocus()
    QTest.keyClick(panel.form.on, Qt.Key.Key_Return)
    settle()
    assert panel.result.preview is not None
    assert panel.result.preview.on.isoformat() == "2026-10-01"
    assert "That day is past" in said(panel)


def test_that_it_copies_as_text(panel: CashPreviewPanel, settle: Settle) -> None:
    ask(panel, "1100", settle)
    panel.result.copy_button.click()
    text = QGuiApplication.clipboard().text()
    assert text.splitlines()[0] == "Contract 0012-0045: 1,100.00 USD on 21 Nov 2026"
    assert "  RENT: 23.81 USD of 1,000.00 USD, 976.19 USD left" in text
    assert "No invoice can be chosen" in text


@pytest.mark.parametrize("typed", ["", "abc", "-5", "1.005"])
def test_that_a_wrong_amount_is_told_under_its_field(
    panel: CashPreviewPanel, settle: Settle, typed: str
) -> None:
    ask(panel, typed, settle)
    assert panel.form.fields["amount"].error
    assert shown(panel) == "nothing"
    assert panel.form.amount.hasFocus()


def test_that_none_found_and_could_not_look_are_told_apart(
    panel: CashPreviewPanel, settle: Settle, sandbox: Any
) -> None:
    ask(panel, "1", settle, contract="12-45")
    assert "ASPIRE has no contract 12-45" in said(panel)
    assert shown(panel) == "nothing"
    sandbox.fault(status=503)
    ask(panel, "1", settle)
    assert shown(panel) == "failed"
    assert "could not be read" in said(panel)
    sandbox.clear_faults()
    panel.preview()
    settle()
    assert shown(panel) == "content"


def test_that_another_contract_takes_the_answer_away_and_leaves_the_amount(
    panel: CashPreviewPanel, settle: Settle
) -> None:
    ask(panel, "1100", settle)
    panel.show_contract("0012-0046")
    assert shown(panel) == "nothing"
    assert panel.result.as_text() == ""
    assert panel.form.amount.text() == "1100"
    panel.show_contract("0012-0046 ")
    assert panel.form.contract.text() == "0012-0046"


def test_that_every_control_has_a_name(
    panel: CashPreviewPanel, settle: Settle, unnamed: Callable[[QWidget], list[str]]
) -> None:
    ask(panel, "5000", settle)
    assert unnamed(panel) == []


def test_that_the_side_panel_opens_where_something_is_to_be_typed(
    desk: Desk, opened: Callable[..., QWidget]
) -> None:
    side = CashPreviewSide(desk)
    opened(side, 440, 720)
    side.start()
    assert isinstance(side.focusWidget(), QLineEdit)
    assert side.panel.form.contract.hasFocus()
    side.start(CONTRACT)
    assert side.panel.form.amount.hasFocus()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_it_can_be_painted(
    panel: CashPreviewPanel, settle: Settle, render: Callable[..., Path], scheme: str
) -> None:
    ask(panel, "5000", settle)
    assert render(panel, "cash", scheme).stat().st_size > 5000
