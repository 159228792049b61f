"""Money that ASPIRE posted to a contract, and what came back of it, read from its Payment records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Applied:
    """What a payment paid of one charge."""

    detail_oid: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Received:
    """One Payment of ASPIRE; `applied` None is what it did not say, and `reference` may be a check number."""

    oid: int
    amount: Decimal
    post_date: date
    is_returned: bool = False
    reference: str | None = None
    alternate_eft_oid: int | None = None
    unapplied: Decimal | None = None
    return_reason: str | None = None
    return_date: date | None = None
    applied: tuple[Applied, ...] | None = None


def received_of(records: Iterable[Mapping[str, Any]]) -> tuple[Received, ...]:
    """Payments from records in ASPIRE's own names."""
    return tuple(map(_received, records))


def _received(record: Mapping[str, Any]) -> Received:
    unapplied, returned, applied = (
        record.get("UnappliedAmount"),
        record.get("ReturnDate"),
        record.get("Applied"),
    )
    return Received(
        oid=record["PaymentOid"],
        amount=Decimal(record["Amount"]),
        post_date=date.fromisoformat(record["PostDate"]),
        is_returned=record["IsReturned"],
        reference=record.get("ReferenceNumber"),
        alternate_eft_oid=record.get("AlternateEftOid"),
        unapplied=None if unapplied is None else Decimal(unapplied),
        return_reason=record.get("ReturnReason") or None,
        return_date=date.fromisoformat(returned) if returned else None,
        applied=None
        if applied is None
        else tuple(Applied(line["InvoiceDetailOid"], Decimal(line["Amount"])) for line in applied),
    )
