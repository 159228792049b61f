"""The few facts of a contract: as good as the worst of their parts, and never a value that was not read."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal_admin.domain.contract_facts import KEYS, NOTHING_KEPT, UNREAD, ContractFacts, Fact, facts_of
from portal_admin.domain.fields import (
    ClassProblem,
    Field,
    FieldRow,
    FieldSheet,
    Provenance,
    Reading,
    Source,
    State,
)
from portal_admin.services.fields.entries import catalogue
from tests.domain.cases import NOW

AGE = NOW - timedelta(minutes=5)
OLDER = NOW - timedelta(minutes=9)


def row(key: str, portal: Any, aspire: Any, state: State = State.EQUAL, at: datetime = AGE) -> FieldRow:
    shown, said = (one if isinstance(one, Reading) else Reading(one, at) for one in (portal, aspire))
    field = Field(key, "Screen", key, "ASPIRE", Source.ASPIRE, "", Provenance.DECISION)
    return FieldRow(field, state, shown, said, reason="why" if state is not State.EQUAL else None)


def facts(*rows: FieldRow, problems: tuple[ClassProblem, ...] = ()) -> ContractFacts:
    sheet = FieldSheet("0012", "Prairie", "USD", NOW, "America/Chicago", True, True, rows, problems)
    return facts_of(sheet)


def fact(*rows: FieldRow) -> Fact:
    (found,) = facts(*rows).facts
    return found


def test_that_every_key_is_a_field_of_the_reference() -> None:
    assert {field.key for field in catalogue().fields} >= KEYS


def test_that_the_parts_of_a_fact_stand_in_one_line() -> None:
    due, amount = date(2026, 12, 1), Decimal("1000.00")
    found = fact(row("contract.next_due", due, due), row("contract.payment_amount", amount, amount, at=OLDER))
    assert (found.name, found.portal, found.state) == ("Next payment", "1 Dec 2026 · 1,000.00", State.EQUAL)
    assert found.portal_at == OLDER


@pytest.mark.parametrize(("past", "words"), [("0", "10.00"), ("4.00", "10.00 · 4.00 past due")])
def test_that_nothing_past_due_is_not_told(past: str, words: str) -> None:
    total, late = Decimal("10.00"), Decimal(past)
    found = fact(row("invoices.total_due", total, total), row("invoices.past_due", late, late))
    assert found.portal == words


def test_that_a_fact_is_as_good_as_the_worst_of_its_parts() -> None:
    total = Decimal("10.00")
    found = fact(
        row("invoices.total_due", total, total),
        row("invoices.past_due", Decimal(1), Decimal(2), State.DIFFERS),
    )
    assert (found.state, found.reason) == (State.DIFFERS, "why")
    assert (found.portal, found.aspire) == ("10.00 · 1.00 past due", "10.00 · 2.00 past due")


def test_that_a_part_that_was_not_read_leaves_no_half_a_value() -> None:
    total = Decimal("10.00")
    unread = Reading(None, NOW, problem="ASPIRE did not answer.")
    found = fact(
        row("invoices.total_due", total, total),
        row("invoices.past_due", total, unread, State.NOT_READABLE),
    )
    assert (found.portal, found.aspire) == ("10.00 · 10.00 past due", UNREAD)


def test_that_what_is_not_kept_is_no_zero() -> None:
    found = fact(row("contract.remaining_balance", Reading(found=False), Decimal(0), State.NOT_STORED))
    assert (found.portal, found.aspire, found.portal_at) == (NOTHING_KEPT, "0.00", None)


def test_that_what_does_not_apply_is_left_out_and_an_absent_insurance_too() -> None:
    assert facts(row("contract.next_due", None, None, State.NOT_APPLICABLE)).facts == ()
    assert facts(row("contract.insurance_until", None, None)).facts == ()
    day = date(2027, 1, 31)
    assert fact(row("contract.insurance_until", None, day, State.DIFFERS)).aspire == "31 Jan 2027"


def test_that_facts_are_live_only_when_all_of_aspire_was_read() -> None:
    balance = row("contract.remaining_balance", Decimal(1), Decimal(1))
    assert facts(balance).is_live
    trouble = facts(balance, problems=(ClassProblem("payments", "x", "Title", "Payments did not answer."),))
    assert (trouble.is_live, trouble.problem) == (False, "Payments did not answer.")
    assert trouble.stored_at == AGE
