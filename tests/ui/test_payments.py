"""The Payments screen by keyboard: find, read the way, submit once, cancel, and the states in which nothing is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import Engine

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.people import EndUser
from portal_admin.domain.permissions import Role
from portal_admin.models.engine import writing
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.people import show_user
from portal_admin.services.site_policy import set_policy
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.payment.caller_payments import CallerPayments
from portal_admin.ui.payments.page import PaymentsPage
from portal_admin.ui.tables.rows import text_of
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.desk import NOW
from tests.fixtures.operators import appoint
from tests.services.conftest import RUTH
from tests.services.filled import add_site, add_user, receive
from tests.services.payments.paying import BLIND, LOST, debits, portal_payment, stored
from tests.ui.acting import press, said

pytestmark = pytest.mark.databases("sqlite")
Settle = Callable[[], None]
Open = Callable[..., PaymentsPage]


@pytest.fixture
def paid(engine: Engine, aspire: AspireClient) -> None:
    """Ruth's payments: one returned, one scheduled, one that waits for too long."""
    receive(engine, aspire)
    with writing(engine) as connection:
        main = add_site(connection, "MAIN", ["NORTHWIND"], unlabelled=True)
        add_user(connection, main, RUTH, [(1, "A-001")])
    portal_payment(engine, "P-0007", status="Paid", sending="sent", alternate_eft_oid=7)
    portal_payment(engine, "P-0008", status="Scheduled", sending="sent", amount_minor=107500)
    portal_payment(engine, "P-5000", requested_at=NOW - timedelta(hours=2), amount_minor=99)


@pytest.fixture
def open_page(paid: None, desk: Desk, page: Callable[..., Any], settle: Settle) -> Open:
    def build(**target: str) -> PaymentsPage:
        made: PaymentsPage = page(PaymentsPage, desk)
        made.open(Target("payments", **target))
        settle()
        return made

    return build


def rows(page: PaymentsPage | CallerPayments) -> list[str]:
    """The first cells of each line."""
    model = page.table.model
    found = (model.row_at(line) for line in range(model.rowCount()))
    return [" | ".join(text_of(cell) for cell in row.cells[:4]) for row in found if row is not None]


def keys(*pressed: Any) -> None:
    """Type where the keyboard is."""
    for one in pressed:
        widget = QApplication.focusWidget()
        assert widget is not None
        if isinstance(one, str):
            QTest.keyClicks(widget, one)
        else:
            QTest.keyClick(widget, one)


def test_that_a_payment_is_found_by_amount_and_day_without_the_mouse(open_page: Open, settle: Settle) -> None:
    page = open_page()
    assert rows(page) == [
        "Overdue: waiting to be sent to ASPIRE | 0.99 | 9 Nov | 0012-0045",
        "Overdue: scheduled in ASPIRE | 1,075.00 | 9 Nov | 0012-0045",
        "Sent to the bank, not yet collected | 250.00 | 9 Nov | 0012-0045",
    ]
    assert page.filters.search.hasFocus()
    keys("250 11/9", Qt.Key.Key_Return)
    settle()
    assert len(rows(page)) == 1
    found = said(page.timeline)
    assert "Returned by the bank" in found
    assert "R01" in found
    assert "never an invoice" in said(page)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ({"payment": "p-0008"}, "P-0008"),
        ({"contract": "0012-0045"}, None),
        ({"site": "MAIN", "email": RUTH}, None),
    ],
)
def test_that_others_lead_to_a_payment_a_contract_or_a_person(
    open_page: Open, target: dict[str, str], shown: str | None
) -> None:
    page = open_page(**target)
    assert len(rows(page)) == (1 if shown else 3)
    assert page.table.current_key == shown


def test_that_an_unknown_reference_is_said_to_be_unknown(open_page: Open) -> None:
    page = open_page(payment="P-404")
    assert "no payment P-404" in page.messages.text
    assert page.table.state.state is State.NOTHING


def fill_form(page: PaymentsPage, settle: Settle, amount: str) -> None:
    """Open the form from the list, and type the amount."""
    page.table.select("P-0008")
    settle()
    keys_on(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert page.submit_panel.form.amount.hasFocus()
    keys(amount)
    settle()


def keys_on(page: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or page, key, modifier)


def test_that_a_payment_is_submitted_with_its_consequence_in_words(
    open_page: Open, settle: Settle, sandbox: Sandbox
) -> None:
    page = open_page()
    fill_form(page, settle, "1,200.5")
    panel = page.submit_panel
    assert panel.form.contract.currentText() == "0012-0045"
    assert "one debit of 1,200.50 USD on 21 Nov 2026 from First" in panel.consequence.text()
    assert "6789" in panel.form.bank_account.currentText()
    panel.submit_button.setFocus()
    keys(Qt.Key.Key_Space)
    settle()
    (debit,) = debits(sandbox)
    assert (debit["Amount"], debit["StartDate"]) == ("1200.50", "2026-11-21")
    assert "is scheduled in ASPIRE" in page.messages.text
    assert page.table.current_key == debit["ReferenceNumber"]
    assert panel.isHidden()


def test_that_a_wrong_amount_is_told_before_anything_is_asked(
    open_page: Open, settle: Settle, sandbox: Sandbox
) -> None:
    page = open_page()
    fill_form(page, settle, "-5.00")
    assert "more than nothing" in page.submit_panel.consequence.text()
    page.submit_panel.act()
    settle()
    assert debits(sandbox) == []
    assert "more than nothing" in page.submit_panel.form.fields["amount"].error


def test_that_a_likely_duplicate_needs_a_tick(open_page: Open, settle: Settle, sandbox: Sandbox) -> None:
    page = open_page()
    for _ in range(2):
        fill_form(page, settle, "3.33")
        page.submit_panel.act()
        settle()
    panel = page.submit_panel
    assert "pay twice" in panel.messages.text
    assert len(debits(sandbox)) == 1
    panel.form.again.click()
    panel.act()
    settle()
    assert len(debits(sandbox)) == 2


def test_that_an_unknown_outcome_is_said_and_looked_up_again(
    open_page: Open, settle: Settle, sandbox: Sandbox
) -> None:
    page = open_page()
    sandbox.fault(**LOST)
    fill_form(page, settle, "7.77")
    sandbox.fault(**BLIND)
    page.submit_panel.act()
    settle()
    assert "is not settled" in page.messages.text
    assert "Do not submit it anew" in page.messages.text
    reference = str(page.table.current_key)
    assert rows(page)[0].startswith("Outcome not known")
    sandbox.clear_faults()
    press(page.messages, "Look again")
    settle()
    assert "is scheduled in ASPIRE" in page.messages.text
    assert stored(page.desk.engine, reference).sending == "sent"
    assert page.again_button.isHidden()


def test_that_a_payment_is_cancelled_after_its_preview(
    open_page: Open, settle: Settle, sandbox: Sandbox
) -> None:
    page = open_page(payment="P-0008")
    page.cancel_button.setFocus()
    keys(Qt.Key.Key_Space)
    settle()
    assert "cancel Alternate EFT 8, which no batch holds" in page.cancel_panel.words.text()
    assert page.cancel_panel.cancel_button.hasFocus()
    keys(Qt.Key.Key_Space)
    settle()
    found = sandbox.record("AlternateEfts", 8)
    assert found is not None
    assert found["Payments"] == 0
    assert "is canceled" in page.messages.text


def test_that_it_says_why_it_is_too_late_to_cancel(open_page: Open, settle: Settle) -> None:
    page = open_page(payment="P-5000")
    page.table.select("P-5000")
    settle()
    page.cancel()
    settle()
    assert "never sent to ASPIRE" in page.cancel_panel.words.text()
    page.cancel_panel.start("P-0007")
    settle()
    assert page.cancel_panel.state.state is State.NOT_ALLOWED
    assert "batch 2" in said(page.cancel_panel)
    assert not page.cancel_panel.cancel_button.isEnabled()


def test_that_switched_off_is_not_none(open_page: Open, desk: Desk, settle: Settle) -> None:
    page = open_page()
    set_policy(desk, site="MAIN", payments_enabled=False)
    page.refresh()
    settle()
    assert rows(page) == [] or page.table.state.state is State.NOTHING
    assert "switched off for MAIN" in said(page)
    page.filters.site.setCurrentIndex(page.filters.site.findData("MAIN"))
    settle()
    assert page.table.state.state is State.NOT_ALLOWED
    assert "Only the vendor" in said(page)


def test_that_with_aspire_down_the_timeline_says_what_it_could_not_read(
    open_page: Open, settle: Settle, sandbox: Sandbox
) -> None:
    page = open_page()
    sandbox.fault(status=500)
    page.table.select("P-0007")
    settle()
    assert page.way.state is State.CONTENT
    assert "could not be read" in said(page.timeline)
    assert len(rows(page)) == 3


def test_that_somebody_who_may_only_look_cannot_act(
    paid: None, desk: Desk, page: Callable[..., Any], settle: Settle
) -> None:
    appoint(desk.engine, "reader", Role.READ_ONLY)
    made: PaymentsPage = page(PaymentsPage, replace(desk, operator="reader"))
    made.open(Target("payments", payment="P-0008"))
    settle()
    for button in (made.submit_button, made.cancel_button):
        assert not button.isEnabled()
        assert "you are Read-only" in button.accessibleDescription()
    assert "Scheduled" in said(made.timeline)


def caller(desk: Desk) -> EndUser:
    return show_user(desk, site="MAIN", email=RUTH)


def test_that_the_callers_part_lists_counts_and_leads_on(
    paid: None, desk: Desk, opened: Callable[[QWidget], QWidget], settle: Settle
) -> None:
    part = CallerPayments(desk)
    opened(part)
    counts: list[int] = []
    targets: list[Target] = []
    part.counted.connect(counts.append)
    part.opened.connect(targets.append)
    part.show_caller(caller(desk))
    settle()
    assert counts == [3]
    assert rows(part)[0].startswith("Overdue: waiting to be sent to ASPIRE")
    part.table.view.setFocus()
    part.table.select("P-0007")
    keys(Qt.Key.Key_Return)
    press(part, "Submit payment…")
    assert targets == [Target("payments", payment="P-0007"), Target("payments", site="MAIN", email=RUTH)]
    set_policy(desk, site="MAIN", payments_enabled=False)
    part.refresh()
    settle()
    assert part.state.state is State.NOT_ALLOWED
    assert "Only the vendor" in said(part)
    assert part.submit_button.isHidden()


def test_that_every_control_has_a_name(
    open_page: Open, settle: Settle, unnamed: Callable[[QWidget], list[str]]
) -> None:
    page = open_page(payment="P-0008")
    page.submit()
    settle()
    assert unnamed(page) == []
