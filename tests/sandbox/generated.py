"""What the tests of a generated portfolio read it by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from portal_admin.sandbox.portfolio import Record
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


def records(world: World, kind: str) -> list[Record]:
    return [entry.record or {} for entry in world.scan(kind)]


def children(world: World, kind: str) -> Iterator[Record]:
    parent = CHILDREN[kind][0]
    for entry in world.scan(parent.replace("Oid", "s")):
        yield from (child.record or {} for child in world.related(kind, parent, entry.oid))
