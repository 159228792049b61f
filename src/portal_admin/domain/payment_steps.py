"""The steps of a portal payment, from the request to a return, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal_admin.domain.money import exponent
from portal_admin.domain.payment_facts import PaymentFacts


class StepKind(StrEnum):
    """In the order in which they happen; CANCEL stands only where somebody asked for it."""

    REQUESTED = "requested"
    SENT = "sent"
    ALTERNATE_EFT = "alternate_eft"
    CANCEL = "cancel"
    PICKED = "picked"
    BATCH_POSTED = "batch_posted"
    SENT_TO_BANK = "sent_to_bank"
    CONTRACT_POSTED = "posted_to_contract"
    APPLIED = "applied"
    RETURNED = "returned"


TITLES: Mapping[StepKind, str] = {
    StepKind.REQUESTED: "Requested",
    StepKind.SENT: "Sent to ASPIRE",
    StepKind.ALTERNATE_EFT: "Alternate EFT",
    StepKind.CANCEL: "Cancel",
    StepKind.PICKED: "Picked by EFT Generation",
    StepKind.BATCH_POSTED: "Batch posted",
    StepKind.SENT_TO_BANK: "Sent to the bank",
    StepKind.CONTRACT_POSTED: "Posted to the contract",
    StepKind.APPLIED: "Applied to charges",
    StepKind.RETURNED: "Returned",
}


class StepState(StrEnum):
    """UNKNOWN is a step whose deciding fact could not be read; NOT_REACHED one that is known not to have come."""

    DONE = "done"
    WAITING = "waiting"
    OVERDUE = "overdue"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_REACHED = "not_reached"


DONE, WAITING, OVERDUE = StepState.DONE, StepState.WAITING, StepState.OVERDUE
FAILED, UNKNOWN, NOT_REACHED = StepState.FAILED, StepState.UNKNOWN, StepState.NOT_REACHED


@dataclass(frozen=True, slots=True)
class Step:
    """One step: when it happened (`at`, or `on` where only the day is known), how old the fact is, and what proves it."""

    kind: StepKind
    state: StepState
    sentence: str
    source: str
    at: datetime | None = None
    on: date | None = None
    as_of: datetime | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return TITLES[self.kind]


def amount_words(facts: PaymentFacts, amount: Decimal) -> str:
    """`1,075.00 USD`."""
    currency = facts.payment.currency
    return f"{amount:,.{exponent(currency)}f} {currency}"


def unread(what: str) -> str:
    """That a fact could not be looked up; why not is told once, in the advice."""
    return f"{what} could not be read."
