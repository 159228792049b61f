from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from portal_admin.domain.text import id_key
from portal_admin.sandbox.case_payments import CASE_PAYMENTS, CasePayment, Fate
from portal_admin.sandbox.contracts import BASE, METHODS
from portal_admin.sandbox.portfolio import Record
from portal_admin.sandbox.world import World
from tests.sandbox.generated import NOW, children, records


def test_that_money_facts_of_every_kind_are_in_it(world: World, contracts: list[Record]) -> None:
    operating = [record for record in contracts if record["ContractType"] == "OperatingLease"]
    assert {record["ContractType"] for record in contracts} == {"OperatingLease", "CapitalLease", "Loan"}
    assert not any(world.get("Amortization", record["ContractOid"]) for record in operating)
    assert {record["Currency"] for record in contracts} == {"USD", "CAD"}
    details = [world.get("Contracts", record["ContractOid"]) or {} for record in contracts]
    assert any(record["DaysPastDue"] > 30 for record in details)
    assert any((record["EftAssignment"] or {}).get("IsActive") for record in details)
    paid = list(children(world, "Payments"))
    assert any(payment.get("ReturnReason") == "R01" for payment in paid)
    assert all(len(record["AccountNumber"]) > 4 for record in children(world, "BankAccounts"))


def test_that_batches_tell_sent_debits_from_cancelled_ones(world: World) -> None:
    batches = records(world, "EftBatches")
    sent = {oid for batch in batches if batch["IsPosted"] for oid in batch["AlternateEftOids"]}
    debits = {record["AlternateEftOid"]: record for record in children(world, "AlternateEfts")}
    assert sent < debits.keys()
    assert any(not batch["IsPosted"] for batch in batches)
    looks = Counter((oid in sent, record["PaymentsProcessed"]) for oid, record in debits.items())
    assert looks.keys() == {(True, 1), (False, 1), (False, 0)}
    for batch, following in pairwise(batch for batch in batches if batch["EftBatchOid"] > BASE):
        assert batch["BeginDate"] < following["BeginDate"]


def test_that_every_way_to_apply_cash_has_open_charges_with_priorities_and_groups(
    world: World, contracts: list[Record]
) -> None:
    found: dict[str, set[tuple[str, int, bool]]] = defaultdict(set)
    for record in contracts[::2]:
        for entry in world.related("Invoices", "ContractOid", record["ContractOid"]):
            invoice = entry.record or {}
            if invoice["DueDate"] < NOW.date().isoformat() and invoice["CurrentDueAmount"] != "0.00":
                found[record["CashApplicationMethod"]] |= {
                    (line["TransactionCode"], line["Priority"], line["GroupWithDetailOid"] is not None)
                    for line in invoice["Details"]
                }
    assert found.keys() == set(METHODS)
    for charges in found.values():
        assert {("RENT", 1, False), ("TAX", 2, True), ("LATE", 3, False)} <= charges


def fates(world: World) -> dict[str, tuple[Record | None, bool, list[Record]]]:
    """Of each payment of a case: its debit, whether a posted batch has it, and what came onto the contract."""
    debits = {
        entry.record["ReferenceNumber"]: entry.record for entry in world.scan("AlternateEfts") if entry.record
    }
    sent = {
        oid
        for batch in records(world, "EftBatches")
        if batch["IsPosted"]
        for oid in batch["AlternateEftOids"]
    }
    found = {}
    for one in CASE_PAYMENTS:
        debit = debits.get(one.reference)
        received = [
            entry.record or {} for entry in world.related("Payments", "ContractOid", one.contract_oid)
        ]
        mine = [record for record in received if record["ReferenceNumber"] == one.reference]
        found[one.reference] = debit, debit is not None and debit["AlternateEftOid"] in sent, mine
    return found


@pytest.mark.parametrize("one", CASE_PAYMENTS, ids=lambda one: one.fate.name)
def test_that_aspire_holds_what_became_of_each_payment_of_a_case(world: World, one: CasePayment) -> None:
    debit, is_sent, received = fates(world)[one.reference]
    assert (debit is not None) is (one.fate is not Fate.NOT_SENT)
    assert is_sent is one.is_in_batch
    assert [record["IsReturned"] for record in received] == {
        Fate.APPLIED: [False],
        Fate.RETURNED: [True],
    }.get(one.fate, [])
    if one.fate is Fate.APPLIED:
        assert sum(cents(line["Amount"]) for line in received[0]["Applied"]) == cents(received[0]["Amount"])
    (contract,) = world.related("Contracts", "ContractId", id_key(one.contract_id))
    assert contract.oid == one.contract_oid
    assert world.get("BankAccounts", one.bank_account)
    if debit is not None:
        waits = one.fate in (Fate.WAITING, Fate.CANCELING, Fate.MISSED)
        assert (debit["Payments"], debit["PaymentsProcessed"]) == (int(waits), int(not waits))
        assert world.get("AlternateEfts", debit["AlternateEftOid"]) == debit


def test_that_a_payment_which_will_never_be_picked_up_came_after_its_batch_was_posted(world: World) -> None:
    (missed,) = (one for one in CASE_PAYMENTS if one.fate is Fate.MISSED)
    debit, _, _ = fates(world)[missed.reference]
    assert debit is not None
    (batch,) = (
        batch
        for batch in records(world, "EftBatches")
        if batch["BeginDate"] == debit["StartDate"] and batch["EftBatchOid"] > BASE
    )
    assert batch["IsPosted"]
    assert batch["PostDateTime"] < debit["CreateDateTime"] < NOW.isoformat()


def test_that_charges_payments_and_balances_agree(world: World, contracts: list[Record]) -> None:
    for record in contracts[::37]:
        whole = world.get("Contracts", record["ContractOid"]) or {}
        invoices = [
            entry.record or {} for entry in world.related("Invoices", "ContractOid", whole["ContractOid"])
        ]
        past_due = [invoice for invoice in invoices if invoice["DueDate"] <= NOW.date().isoformat()]
        assert cents(whole["PastDueAmount"]) == sum(
            cents(invoice["CurrentDueAmount"]) for invoice in past_due
        )
        for invoice in invoices:
            charges = invoice["Details"]
            assert cents(invoice["OriginalDueAmount"]) == sum(
                cents(line["OriginalDueAmount"]) for line in charges
            )
        schedule = world.get("Amortization", whole["ContractOid"])
        for line in schedule["Lines"] if schedule else ():
            assert cents(line["Payment"]) == cents(line["Principal"]) + cents(line["Interest"])
        if schedule:
            assert schedule["Lines"][-1]["Balance"] == "0.00"


def cents(amount: str) -> int:
    return int(amount.replace(".", ""))
