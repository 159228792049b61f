"""Every path the catalogue names is looked for in what ASPIRE sends."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from portal_admin.domain.fields import Source
from portal_admin.errors import NotFound
from portal_admin.services.desk import Desk
from portal_admin.services.fields.check import PathCheck, Proof, check, find_property
from portal_admin.services.fields.entries import catalogue
from tests.fixtures.desk import NOW
from tests.services.fields.snapshot import keep

CONTRACT = "0012-0045"


def of(found: tuple[PathCheck, ...], key: str) -> PathCheck:
    return next(item for item in found if item.field_key == key)


def test_that_every_path_exists_in_the_http_contract_or_the_portal_database() -> None:
    found = check(None)
    assert [item for item in found if item.contract is not Proof.PRESENT] == []
    assert len(found) == sum(entry.source is not Source.UNREADABLE for entry in catalogue().fields)


@pytest.mark.parametrize(
    ("record", "required"),
    [
        ("Contract.ContractId", True),
        ("Contract.PrivateLabel", False),
        ("Contract.BillToLocation.PostalCode", False),
        ("Contract.Roles.RoleType", True),
        ("InvoiceHeader.Details.CurrentDueAmount", True),
        ("AmortizationSchedule.Lines.Balance", True),
        ("Equipment.SerialNumber", False),
    ],
)
def test_that_a_path_is_followed_through_references_and_arrays(record: str, required: bool) -> None:
    found = find_property(record)
    assert found is not None
    assert found.required is required


@pytest.mark.parametrize(
    "record",
    [
        "Contract.NoSuch",
        "NoSuch.Name",
        "Contract.ContractId.Deeper",
        "InvoiceHeader.Details.NoSuch",
        "Contract",
    ],
)
def test_that_a_path_that_leads_nowhere_is_found_out(record: str) -> None:
    assert find_property(record) is None


def test_that_a_live_aspire_sends_every_required_path(desk: Desk) -> None:
    counts = Counter(item.live for item in check(desk, contract_id=CONTRACT))
    assert counts[Proof.MISSING] == counts[Proof.NOT_READABLE] == 0
    assert counts[Proof.PRESENT] > 90
    assert set(counts) <= {Proof.PRESENT, Proof.ABSENT, Proof.NO_RECORD, Proof.NOT_ASKED}


def test_that_a_renamed_required_property_is_missing_and_the_rest_of_its_class_not_readable(
    desk: Desk, sandbox: Any
) -> None:
    sandbox.fault(path="/contracts/10/invoices", rename="InvoiceNumber:Number")
    found = check(desk, contract_id=CONTRACT)
    assert of(found, "invoices.open_numbers").live is Proof.MISSING
    assert of(found, "invoices.total_due").live is Proof.NOT_READABLE
    assert of(found, "assets.serial_number").live is Proof.PRESENT


def test_that_a_refused_class_is_not_readable_and_not_missing(desk: Desk, sandbox: Any) -> None:
    sandbox.fault(path="/contracts/10/equipment", status=403, code="PermissionDenied")
    found = of(check(desk, contract_id=CONTRACT), "assets.serial_number")
    assert found.live is Proof.NOT_READABLE
    assert found.message


def test_that_without_a_named_contract_a_booked_one_with_details_is_looked_at(desk: Desk) -> None:
    keep(desk, CONTRACT, at=NOW - timedelta(minutes=5))
    assert of(check(desk), "assets.serial_number").live is Proof.PRESENT


def test_that_there_must_be_a_contract_to_look_at(desk: Desk) -> None:
    with pytest.raises(NotFound, match="--contract"):
        check(desk)
    with pytest.raises(NotFound, match="9999"):
        check(desk, contract_id="9999")


def test_that_a_contract_without_equipment_proves_nothing_about_it(desk: Desk) -> None:
    assert of(check(desk, contract_id="0012-0046"), "assets.serial_number").live is Proof.NO_RECORD


def test_that_a_class_this_aspire_does_not_offer_is_not_asked_for(desk: Desk, sandbox: Any) -> None:
    sandbox.instance(Capabilities=["Invoices"])
    sandbox.fault(path="/contracts/10/equipment", status=500)
    assert of(check(desk, contract_id=CONTRACT), "assets.serial_number").live is Proof.NOT_ASKED
