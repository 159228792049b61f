"""Payments that were requested in the portal or for a caller: what the portal database holds of them (rule F).

A payer picks a contract, never an invoice (`can-users-pay-specific-invoices`). The statuses are the portal's own
(`why-is-the-payment-status-not-updating`); how far the request to ASPIRE got is a matter of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any


class PaymentStatus(StrEnum):
    """What the portal shows; Paid means sent to the bank, not collected."""

    PENDING = "Pending"
    SCHEDULED = "Scheduled"
    PENDING_CANCEL = "Pending Cancel"
    CANCELED = "Canceled"
    PAID = "Paid"


class Sending(StrEnum):
    """How far the request to ASPIRE got; `SENDING` that outlives its desk is as good as unknown."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class Origin(StrEnum):
    """Who sends it to ASPIRE: the portal its own, a desk those that it submitted for a caller."""

    PORTAL = "portal"
    DESK = "desk"


class EventKind(StrEnum):
    """A step that somebody took, or that was learned from ASPIRE."""

    REQUESTED = "requested"
    SENDING = "sending"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    ALTERNATE_EFT = "alternate_eft"
    CANCEL_REQUESTED = "cancel_requested"
    CANCEL_REFUSED = "cancel_refused"
    CANCELED = "canceled"
    PICKED = "picked"
    POSTED = "posted"
    PAID = "paid"
    CONTRACT_POSTED = "contract_posted"
    APPLIED = "applied"
    RETURNED = "returned"


# The portal promises both within so long (`why-is-the-payment-status-not-updating`).
SENT_WITHIN = timedelta(minutes=15)
# A return can follow for days (rule F); banks return most within two, and no consumer's debit after sixty. [I]
RETURN_WINDOW = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class PortalPayment:
    """One payment as the portal database holds it; `bank_account` names bank, kind and the last four digits only."""

    id: int
    reference: str
    site: str
    email: str
    user_id: int
    contract_oid: int
    contract_id: str
    currency: str
    amount: Decimal
    pay_on: date
    bank_account_oid: int | None
    bank_account: str | None
    is_business: bool | None
    status: PaymentStatus
    origin: Origin
    sending: Sending
    alternate_eft_oid: int | None
    requested_at: datetime
    requested_by: str
    followed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """One step: when it happened, when it was learned, who took it or learned it, and what proves it."""

    kind: EventKind
    at: datetime
    learned_at: datetime
    operator: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
