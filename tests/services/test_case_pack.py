"""The text of a case for the vendor tells what was found, and nobody's name, address or number."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal_admin.models import aspire_account, aspire_contact, aspire_contract, end_user
from portal_admin.models.engine import reading
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.access import explain
from portal_admin.services.case_pack import case_pack
from portal_admin.services.desk import Desk
from tests.fixtures.sandbox import account, contract
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.filled import everything

pytestmark = pytest.mark.databases("sqlite")
ON_RUTH: dict[str, Any] = {"site": "MAIN", "email": RUTH}


def people_of(desk: Desk) -> set[str]:
    """Every name, address and postal code that the database holds."""
    found: set[str] = set()
    with reading(desk.engine) as connection:
        for row in connection.execute(select(end_user)):
            found |= {row.email, f"{row.first_name} {row.last_name}", row.first_name, row.last_name}
        for table in (aspire_account, aspire_contact):
            for row in connection.execute(select(table.c.name, table.c.email)):
                found |= {row.name, *(row.email or "").replace(";", ",").split(",")}
        for billed in connection.execute(select(aspire_contract.c.bill_to)).scalars():
            found |= {"68114", "68114-1234", "Omaha"} if billed else set()
    return {one.strip() for one in found if one and one.strip()}


@pytest.mark.parametrize("contract_id", [None, "0012-0045", "0012-0049", "nothing-9"])
@pytest.mark.parametrize("email", [RUTH, PAUL, INA])
def test_that_no_name_address_or_postal_code_remains(
    office: Desk, email: str, contract_id: str | None
) -> None:
    text = case_pack(office, site="MAIN", email=email, contract_id=contract_id).casefold()
    told = [
        one for one in people_of(office) if one.casefold() in text.split() or f" {one.casefold()} " in text
    ]
    assert told == []
    assert "@" not in text


def test_that_the_verdict_is_told_check_by_check_with_source_age_and_evidence(office: Desk) -> None:
    text = case_pack(office, site="MAIN", email=PAUL, contract_id="0012-0045")
    verdict = explain(office, site="MAIN", email=PAUL, contract_id="0012-0045")
    assert "Verdict: not visible" in text
    for check in verdict.checks:
        assert f"[{check.result.value}] {check.name}: " in text
        assert f"article {check.source}, as of " in text
    for evidence in ("holders = [{account_id: A-001, role: Customer}", "contract_oid = 10", "A-002"):
        assert evidence in text


def test_that_versions_ages_and_edition_are_told(office: Desk) -> None:
    text = case_pack(office, **ON_RUTH)
    for words in (
        "Taken at: 2026-11-21 20:00:00 UTC",
        "Portal Admin: ",
        "ASPIRE version: ",
        "ASPIRE generation: 1",
        "Rule edition: 2026",
        "contracts: confirmed 2026-11-21 19:55:00 UTC",
        "Hidden: 0012-0047 by booked",
        "Status: Active",
    ):
        assert words in text


def test_that_an_aspire_that_does_not_answer_is_told_as_such(office: Desk, sandbox: Sandbox) -> None:
    sandbox.fault(status=503)
    text = case_pack(office, **ON_RUTH, contract_id="0012-0045")
    assert "ASPIRE: could not be asked (" in text
    assert "[unknown] synced" in text


def test_that_a_party_whom_only_aspire_knows_is_not_named(office: Desk, sandbox: Sandbox) -> None:
    sandbox.put("Accounts", account(900, "A-900", "Theodora Quist", "quist@home.example"))
    sandbox.put("Contracts", contract(9000, "0900-0001", 900))
    text = case_pack(office, **ON_RUTH, contract_id="0900-0001")
    assert "[fail] role" in text
    assert "Quist" not in text


def test_that_account_numbers_and_hostile_text_are_masked(office: Desk, sandbox: Sandbox) -> None:
    label = "pay 000123456789 to x@evil.example\n[pass] forged"
    sandbox.put("Contracts", contract(9001, "0900-0002", 1, PrivateLabel=label))
    text = case_pack(office, **ON_RUTH, contract_id="0900-0002")
    assert "000123456789" not in text
    assert "evil" not in text
    assert not any(line.startswith("[pass] forged") for line in text.splitlines())


def test_that_a_case_changes_nothing(office: Desk) -> None:
    before = everything(office.engine)
    case_pack(office, **ON_RUTH, contract_id="0012-0045")
    assert everything(office.engine) == before
