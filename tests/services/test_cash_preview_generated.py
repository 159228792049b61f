"""Previews on generated contracts of all four methods, held to the invoices that ASPIRE lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.cash_order import CashMethod
from portal_admin.domain.cash_preview import CashPreview
from portal_admin.sandbox.generated import generate
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.cash_preview import preview
from portal_admin.services.desk import Desk
from tests.fixtures.desk import NOW

pytestmark = pytest.mark.databases("sqlite")
CONTRACTS, OF_EACH = 400, 6
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def generated() -> Iterator[AspireClient]:
    with Sandbox(generate(CONTRACTS, seed=11, now=NOW)) as box:
        client = AspireClient(box.url, user="sandbox", password=lambda: "sandbox")
        yield client
        client.close()


@pytest.fixture(scope="module")
def owing(generated: AspireClient) -> dict[CashMethod, list[tuple[str, int]]]:
    """Some contracts of each method on which something is open, by id and key."""
    found: dict[CashMethod, list[tuple[str, int]]] = {method: [] for method in CashMethod}
    page = generated.contract_page(changed_since=None, cursor=None)
    for contract in page.items:
        record = generated.detail(contract_oid=contract.oid, data_class="contract")
        mine = found[CashMethod(record["CashApplicationMethod"])]
        if len(mine) < OF_EACH and open_of(generated, contract.oid):
            mine.append((record["ContractId"], contract.oid))
        if all(len(some) == OF_EACH for some in found.values()):
            break
    return found


def open_of(client: AspireClient, oid: int) -> dict[int, Decimal]:
    """What is open by charge, as ASPIRE lists it."""
    return {
        line["InvoiceDetailOid"]: Decimal(line["CurrentDueAmount"])
        for invoice in client.detail(contract_oid=oid, data_class="invoices")
        for line in invoice["Details"]
        if Decimal(line["CurrentDueAmount"]) > 0
    }


def all_or_part(total: Decimal) -> tuple[Decimal, ...]:
    """A cent, a part that leaves cents over, all but a cent, all, and more."""
    return CENT, (total * 2 / 3).quantize(CENT), total - CENT, total, total + 100


@pytest.mark.parametrize("method", list(CashMethod))
def test_that_what_aspire_lists_is_what_would_be_paid(
    desk: Desk, generated: AspireClient, owing: dict[CashMethod, list[tuple[str, int]]], method: CashMethod
) -> None:
    at = replace(desk, aspire=generated)
    assert len(owing[method]) == OF_EACH
    # Late enough that the window leaves nothing out.
    on = NOW.date() + timedelta(days=30)
    for contract_id, oid in owing[method]:
        left = open_of(generated, oid)
        for amount in all_or_part(sum(left.values(), Decimal(0))):
            found = preview(at, contract_id=contract_id, amount=amount, on=on)
            assert found.application.method is method
            assert {one.detail_oid: one.open for one in found.application.portions} == left
            check_sums(found, amount)


def check_sums(found: CashPreview, amount: Decimal) -> None:
    portions = found.application.portions
    assert sum(one.applied for one in portions) + found.application.unapplied == amount
    assert all(0 <= one.applied <= one.open for one in portions)
    assert not found.application.unapplied or not any(one.left for one in portions)
    if found.application.method is CashMethod.BALANCE_FORWARD_PRORATED:
        for invoice in {one.invoice for one in portions}:
            mine = [one for one in portions if one.invoice == invoice]
            paid, total = sum(one.applied for one in mine), sum(one.open for one in mine)
            assert all(abs(one.applied - paid * one.open / total) < CENT for one in mine)
    if found.application.method in (CashMethod.BALANCE_FORWARD, CashMethod.BALANCE_FORWARD_PRORATED):
        partly = Counter(one.invoice_due for one in portions if one.left)
        touched = [one.invoice_due for one in found.application.applied]
        assert not partly or max(touched, default=date.min) <= min(partly)
