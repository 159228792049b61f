"""A contract's invoices and their charges, read from ASPIRE's records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge of an invoice; `current` is what is still open, `group_with` the charge that it rides with."""

    oid: int
    code: str
    original: Decimal
    current: Decimal
    priority: int | None = None
    group_with: int | None = None
    due_date: date | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice of a contract."""

    oid: int
    number: str
    due_date: date
    charges: tuple[Charge, ...] = ()

    def due_of(self, charge: Charge) -> date:
        """When a charge is due: a date of its own goes before its invoice's."""
        return charge.due_date or self.due_date


def invoices_of(records: Iterable[Mapping[str, Any]]) -> tuple[Invoice, ...]:
    """Invoices from records in ASPIRE's own names."""
    return tuple(
        Invoice(
            oid=record["InvoiceOid"],
            number=record["InvoiceNumber"],
            due_date=date.fromisoformat(record["DueDate"]),
            charges=tuple(map(_charge, record["Details"])),
        )
        for record in records
    )


def _charge(record: Mapping[str, Any]) -> Charge:
    due = record.get("DueDate")
    return Charge(
        oid=record["InvoiceDetailOid"],
        code=record["TransactionCode"],
        original=Decimal(record["OriginalDueAmount"]),
        current=Decimal(record["CurrentDueAmount"]),
        priority=record.get("Priority"),
        group_with=record.get("GroupWithDetailOid"),
        due_date=date.fromisoformat(due) if due else None,
        description=record.get("Description"),
    )
