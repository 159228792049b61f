"""A generated portfolio: the same for the same seed, with every case in it, and never held in memory."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest
import yaml

from portal_admin.domain.text import id_key, label_key
from portal_admin.sandbox import cases, pages
from portal_admin.sandbox.generated import generate
from portal_admin.sandbox.portfolio import Portfolio, Record
from portal_admin.sandbox.server import Sandbox
from portal_admin.sandbox.words import LABELS
from portal_admin.sandbox.world import World
from tests.sandbox.generated import CHILDREN, NOW, children, records

PAGED = {"Accounts": "Account", "Contacts": "Contact", "Contracts": "Contract", "EftBatches": "EftBatch"}


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
