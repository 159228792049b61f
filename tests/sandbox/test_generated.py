"""A generated portfolio: the same for the same seed, with every case in it, and never held in memory."""

from __future__ import annotations

import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from itertools import pairwise
from typing import Any

import jsonschema_rs
import pytest
import yaml

from portal_admin.domain.text import id_key, label_key
from portal_admin.sandbox import cases, pages
from portal_admin.sandbox.case_payments import CASE_PAYMENTS, CasePayment, Fate
from portal_admin.sandbox.contracts import BASE, METHODS
from portal_admin.sandbox.generated import generate
from portal_admin.sandbox.portfolio import Portfolio, Record
from portal_admin.sandbox.server import Sandbox
from portal_admin.sandbox.words import LABELS
from portal_admin.sandbox.world import World

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
CHILDREN = {
    "Invoices": ("ContractOid", "InvoiceHeader"),
    "Payments": ("ContractOid", "Payment"),
    "Equipment": ("ContractOid", "Equipment"),
    "AlternateEfts": ("ContractOid", "AlternateEft"),
    "Amortization": ("ContractOid", "AmortizationSchedule"),
    "BankAccounts": ("AccountOid", "BankAccount"),
    "CreditLines": ("AccountOid", "CreditLine"),
}
PAGED = {"Accounts": "Account", "Contacts": "Contact", "Contracts": "Contract", "EftBatches": "EftBatch"}


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    return generate(2000, 7, NOW)


@pytest.fixture(scope="module")
def world(portfolio: Portfolio) -> World:
    return World(portfolio)


@pytest.fixture(scope="module")
def contracts(world: World) -> list[Record]:
    return records(world, "Contracts")


@pytest.fixture(scope="module")
def accounts(world: World) -> list[Record]:
    return records(world, "Accounts")


def records(world: World, kind: str) -> list[Record]:
    return [entry.record or {} for entry in world.scan(kind)]


def children(world: World, kind: str) -> Iterator[Record]:
    parent = CHILDREN[kind][0]
    for entry in world.scan(parent.replace("Oid", "s")):
        yield from (child.record or {} for child in world.related(kind, parent, entry.oid))


def valid(schema: str) -> Any:
    document = yaml.safe_load((files("portal_admin.aspire") / "openapi.yaml").read_text("utf-8"))
    wanted = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    return jsonschema_rs.validator_for(wanted, validate_formats=True).is_valid


def test_that_a_seed_gives_the_same_records_every_time(world: World) -> None:
    again, other = World(generate(2000, 7, NOW)), World(generate(2000, 8, NOW))
    for kind in PAGED:
        assert records(again, kind) == records(world, kind)
    assert records(other, "Accounts") != records(world, "Accounts")


def test_that_it_has_exactly_as_many_contracts_as_asked_for(contracts: list[Record]) -> None:
    assert len(contracts) == 2000
    assert [sum(1 for _ in World(generate(size, 7, NOW)).scan("Contracts")) for size in (0, 1, 5, 40)] == [
        0,
        1,
        5,
        40,
    ]


@pytest.mark.parametrize("kind", PAGED)
def test_that_listed_and_single_records_keep_the_contract(world: World, kind: str) -> None:
    fits = valid(PAGED[kind])
    listed = records(world, kind)
    assert all(fits(record) for record in listed)
    key = {"EftBatches": "EftBatchOid"}.get(kind, kind[:-1] + "Oid")
    for record in listed:
        single = world.get(kind, record[key])
        assert single
        assert fits(single)
        assert {name: single[name] for name in record} == record


@pytest.mark.parametrize("kind", CHILDREN)
def test_that_what_hangs_on_a_contract_or_account_keeps_the_contract(world: World, kind: str) -> None:
    fits = valid(CHILDREN[kind][1])
    found = list(children(world, kind))
    assert found
    assert all(fits(record) for record in found)


def test_that_lists_are_ordered_by_oid_and_by_time(world: World) -> None:
    for kind in PAGED:
        oids = [entry.oid for entry in world.scan(kind)]
        keys = [(entry.stamp, entry.oid) for entry in world.scan_changed(kind, (0, 0))]
        assert oids == sorted(set(oids))
        assert keys == sorted(keys)
        assert {oid for _, oid in keys} == set(oids)


def test_that_a_list_by_time_can_start_anywhere(world: World) -> None:
    everything = list(world.scan_changed("Contracts", (0, 0)))
    for place in (0, 1, 700, 1998, 1999):
        entry = everything[place]
        assert list(world.scan_changed("Contracts", (entry.stamp, entry.oid))) == everything[place + 1 :]


def test_that_visible_ids_are_unique_and_lead_back(
    world: World, contracts: list[Record], accounts: list[Record]
) -> None:
    assert len({id_key(record["ContractId"]) for record in contracts}) == len(contracts)
    assert len({id_key(record["AccountId"]) for record in accounts}) == len(accounts)
    for record in contracts:
        found = world.related("Contracts", "ContractId", id_key(record["ContractId"]))
        assert [entry.oid for entry in found] == [record["ContractOid"]]
    for record in accounts:
        found = world.related("Accounts", "AccountId", id_key(record["AccountId"]))
        assert [entry.oid for entry in found] == [record["AccountOid"]]


def test_that_an_account_leads_to_its_contracts_and_contacts(world: World, contracts: list[Record]) -> None:
    parties = {
        (role["AccountOid"], record["ContractOid"]) for record in contracts for role in record["Roles"]
    }
    found = {
        (account.oid, contract.oid)
        for account in world.scan("Accounts")
        for contract in world.related("Contracts", "AccountOid", account.oid)
    }
    assert found == parties
    owned = [
        contact.oid
        for account in world.scan("Accounts")
        for contact in world.related("Contacts", "AccountOid", account.oid)
    ]
    assert sorted(owned) == [entry.oid for entry in world.scan("Contacts")]


def test_that_text_is_found_as_if_all_records_were_read(world: World, accounts: list[Record]) -> None:
    for text in ("prairie", "DENTAL", "owner@", "90001", "straße", "zzzz"):
        page = pages.page(world, pages.Query("Accounts", 1000, filters={"text": text}))
        expected = [
            record["AccountOid"]
            for record in accounts
            if any(
                text.casefold() in (record[name] or "").casefold() for name in ("AccountId", "Name", "Email")
            )
        ]
        assert [item["AccountOid"] for item in page["Items"]] == expected


def test_that_every_fate_of_rule_a_is_in_it(contracts: list[Record]) -> None:
    fates = Counter((record["IsBooked"], record["IsTerminated"]) for record in contracts)
    assert fates.keys() == {(True, False), (True, True), (False, False)}
    assert min(fates.values()) > 50
    today = NOW.date().isoformat()
    evergreen = [
        record
        for record in contracts
        if record["MaturityDate"] < today and record["NextDueDate"] and not record["IsTerminated"]
    ]
    assert evergreen
    just_booked = [
        record for record in contracts if (record["BookedDateTime"] or "") >= "2026-11-21T19:45:00Z"
    ]
    assert just_booked


def test_that_every_label_and_odd_spellings_are_in_it(contracts: list[Record]) -> None:
    spelled = {record["PrivateLabel"] for record in contracts}
    assert {None, "", "  ", *LABELS} <= spelled
    odd = {label for label in spelled if label and label not in LABELS and label.strip()}
    assert {label_key(label) for label in odd} == {label_key(label) for label in LABELS}
    assert any(label != label.strip() for label in odd)


def test_that_every_role_is_in_it(contracts: list[Record]) -> None:
    roles: dict[int, set[str]] = {}
    for record in contracts:
        for role in record["Roles"]:
            roles.setdefault(role["AccountOid"], set()).add(role["RoleType"])
    assert set().union(*roles.values()) >= {"Customer", "Guarantor", "Broker"}
    assert {"Guarantor"} in roles.values()
    assert {"Broker"} in roles.values()
    assert any(sum(role["RoleType"] == "Customer" for role in record["Roles"]) == 2 for record in contracts)


def test_that_accounts_without_open_contracts_are_in_it(
    contracts: list[Record], accounts: list[Record]
) -> None:
    contracts_of: dict[int, list[Record]] = {}
    for record in contracts:
        for role in record["Roles"]:
            contracts_of.setdefault(role["AccountOid"], []).append(record)
    assert any(all(record["IsTerminated"] for record in held) for held in contracts_of.values())
    assert any(account["AccountOid"] not in contracts_of for account in accounts)


def test_that_names_are_near_equal_long_and_foreign(accounts: list[Record]) -> None:
    names = [record["Name"] for record in accounts]

    def plain(name: str) -> str:
        for long, short in (
            ("incorporated", "inc"),
            (" and ", " & "),
            ("company", "co"),
            ("corporation", "corp"),
        ):
            name = name.lower().replace(long, short)
        return "".join(character for character in name.replace("limited", "ltd") if character.isalnum())

    alike = Counter(plain(name) for name in names)
    assert sum(count > 1 for count in alike.values()) > 20
    assert max(len(name) for name in names) > 150
    assert any(not name.isascii() for name in names)


def test_that_emails_and_postal_codes_are_as_people_type_them(
    world: World, contracts: list[Record], accounts: list[Record]
) -> None:
    emails = [record["Email"] or "" for record in (*accounts, *records(world, "Contacts"))]
    assert any(";" in email for email in emails)
    assert any("," in email for email in emails)
    assert "" in emails
    bill_to = [record["BillToLocation"] for record in contracts]
    assert {place["Country"] for place in bill_to} >= {"US", "CA", None}
    assert {place["Country"] for place in bill_to} - {"US", "CA", None}
    postal_codes = {place["PostalCode"] for place in bill_to}
    assert None in postal_codes
    assert any(code and "-" in code for code in postal_codes)
    assert any(code and code != code.strip() for code in postal_codes)
    assert any(place["Email"] for place in bill_to)


def test_that_ids_keep_leading_zeros_and_dashes(contracts: list[Record], accounts: list[Record]) -> None:
    ids = [record["ContractId"] for record in contracts] + [record["AccountId"] for record in accounts]
    assert any(visible.startswith("0") for visible in ids)
    assert any("-" in visible for visible in ids)


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


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.key)
def test_that_each_call_to_try_can_be_made(world: World, case: cases.Case) -> None:
    assert world.related("Contracts", "ContractId", id_key(case.contract))
    for account in case.accounts:
        assert world.related("Accounts", "AccountId", id_key(account))


def test_that_the_balance_changes_after_the_sync(portfolio: Portfolio) -> None:
    with Sandbox(portfolio) as box:
        for kind, oid, fields in cases.AFTER_SYNC:
            before = box.record(kind, oid)
            assert before
            assert before["ContractId"] == cases.CHANGED_BALANCE.contract
            assert box.patch(kind, oid, **fields)["RemainingBalance"] != before["RemainingBalance"]


def test_that_changes_lie_over_generated_records(portfolio: Portfolio) -> None:
    world = World(portfolio)
    everything = [entry.oid for entry in world.scan("Contracts")]
    world.delete("Contracts", everything[700])
    world.patch("Contracts", everything[300], {"PrivateLabel": "New Label"})
    assert [entry.oid for entry in world.scan("Contracts")] == everything[:700] + everything[701:]
    assert [entry.oid for entry in world.scan_changed("Contracts", (0, 0))][-2:] == [
        everything[300],
        everything[700],
    ]
    assert "New Label" in world.labels()
    assert len(world.related("Contracts", "ContractId", "missing")) == 0


def test_that_a_running_clock_runs_from_today() -> None:
    assert World(generate(10, 7)).now() > NOW.replace(year=2024)


def test_that_paging_needs_no_memory() -> None:
    world = World(generate(60_000, 7, NOW))

    def page_through(number: int) -> None:
        cursor = None
        for _ in range(number):
            cursor = pages.page(world, pages.Query("Contracts", 250, cursor))["NextCursor"]

    tracemalloc.start()
    try:
        page_through(4)
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        page_through(10)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 100_000
    assert peak - before < 5_000_000
