"""ASPIRE's facts as the desk handles them, with ASPIRE's own names in snake_case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Instance:
    """One ASPIRE database: `generation` changes when it is restored from a backup, `now` is its clock (UTC)."""

    instance_id: str
    version: str
    generation: int
    now: datetime
    capabilities: frozenset[str]


@dataclass(frozen=True, slots=True)
class Account:
    """A party in ASPIRE; end users are linked to accounts, never to contracts."""

    oid: int
    account_id: str
    name: str
    email: str | None = None
    status: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person attached to an account."""

    oid: int
    account_oid: int
    name: str
    email: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """A contract's Bill-To Location."""

    name: str | None = None
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """The role of one account on a contract, such as Customer or Guarantor."""

    account_oid: int
    role_type: str


@dataclass(frozen=True, slots=True)
class Contract:
    """A lease or loan; `contract_id` is text, because leading zeros and dashes matter."""

    oid: int
    contract_id: str
    is_booked: bool
    is_terminated: bool
    roles: tuple[Role, ...] = ()
    private_label: str | None = None
    booked_at: datetime | None = None
    termination_date: date | None = None
    contract_type: str | None = None
    bill_to: Location | None = None
    currency: str = "USD"
    payment_amount: Decimal | None = None
    next_due_date: date | None = None
    remaining_balance: Decimal | None = None
    changed_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Booked and not terminated; dates and status text prove nothing (`contract-not-showing-in-the-customer-portal`)."""
        return self.is_booked and not self.is_terminated


@dataclass(frozen=True, slots=True)
class AlternateEft:
    """A contract-level one-time bank debit; a cancelled one looks like a processed one, only batches tell them apart."""

    oid: int
    contract_oid: int
    amount: Decimal
    start_date: date
    sec_code: str
    payments: int
    payments_processed: int
    reference: str | None = None
    bank_account_oid: int | None = None
    created_at: datetime | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EftBatch:
    """One EFT Generation run over a window of dates; only a posted one proves that its debits went to the bank."""

    oid: int
    begin_date: date
    end_date: date
    is_posted: bool
    posted_at: datetime | None
    alternate_eft_oids: tuple[int, ...]
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that the portal put on a contract; `reference` is the portal's number of the service request."""

    oid: int
    contract_oid: int
    text: str
    created_at: datetime
    subject: str | None = None
    reference: str | None = None
    requested_by: str | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """A record that ASPIRE lists as deleted."""

    oid: int
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Record]):
    """One page of a list, `next_cursor` None on the last one.

    `withheld` counts records that this login may not read; `generation` is ASPIRE's when it answered, None if unsaid.
    """

    items: tuple[Record | Removed, ...]
    next_cursor: str | None
    withheld: int = 0
    generation: int | None = None
