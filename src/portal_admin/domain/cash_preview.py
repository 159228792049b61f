"""What a payment would pay on one contract, with the facts it rests on and what may change it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from portal_admin.domain.cash_application import CashApplication
from portal_admin.domain.dates import day_words
from portal_admin.domain.evidence import Evidence
from portal_admin.domain.money import exponent
from portal_admin.domain.payments import PaymentStatus, PortalPayment

NO_CHOICE_SOURCE = "can-users-pay-specific-invoices"
NO_CHOICE = (
    "No invoice can be chosen, here or in the portal: a payer picks a contract, and ASPIRE's cash application decides "
    "what the money pays when it is posted."
)
# What is still to reach the contract, and how far it is; what was sent to the bank counts until it is posted there.
UNDER_WAY: Mapping[PaymentStatus, str] = {
    PaymentStatus.PENDING: "Pending",
    PaymentStatus.SCHEDULED: "Scheduled",
    PaymentStatus.PENDING_CANCEL: "Pending Cancel",
    PaymentStatus.PAID: "sent to the bank, not on the contract yet",
}


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that may make the real application differ: a name for programs and a sentence."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CashPreview:
    """An amount posted `on` a day; `as_of` is the age of the oldest fact, `stored` whether it is the portal's copy."""

    contract_id: str
    on: date
    window_days: int | None
    application: CashApplication
    cautions: tuple[Caution, ...]
    as_of: datetime | None
    stored: bool = False

    @property
    def currency(self) -> str:
        return self.application.currency


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands beside the charges: the contract's record, payments not on it yet, and the company's day and clock."""

    contract: Evidence[Mapping[str, Any]]
    invoices: Evidence[Any]
    payments: tuple[PortalPayment, ...]
    today: date
    zone: tzinfo


def money_words(amount: Decimal, currency: str) -> str:
    """`1,075.00 USD`."""
    return f"{amount:,.{exponent(currency)}f} {currency}"


def cautions(around: Surroundings, application: CashApplication, on: date) -> tuple[Caution, ...]:
    """All that may change it, what concerns the facts themselves first."""
    record = around.contract.fact or {}
    return (
        *_copies(around),
        *_state(record),
        *_money_there(record, application.currency),
        *_under_way(around.payments, on),
        *_autopay(record, on),
        *_charges(application),
        *_day(around.today, on),
    )


def _copies(around: Surroundings) -> Iterator[Caution]:
    for evidence in (around.contract, around.invoices):
        if evidence.stored and evidence.as_of is not None:
            local = evidence.as_of.astimezone(around.zone)
            at = f"{day_words(local.date())} {local:%H:%M}"
            yield Caution("portal_copy", f"This rests on the portal's copy of {at}. {evidence.doubt}")
            return


def _state(record: Mapping[str, Any]) -> Iterator[Caution]:
    if not record.get("IsBooked", True):
        yield Caution("not_booked", "The contract is not booked, so ASPIRE takes no payment for it yet.")
    if record.get("IsTerminated"):
        yield Caution("terminated", "The contract is terminated; ask before anybody pays what is still open.")


def _money_there(record: Mapping[str, Any], currency: str) -> Iterator[Caution]:
    there = Decimal(record.get("UnappliedCashAmount") or 0)
    if there > 0:
        yield Caution(
            "unapplied_cash",
            f"{money_words(there, currency)} of unapplied cash is on the contract already; applied first, it pays part "
            "of this.",
        )


def _under_way(payments: Iterable[PortalPayment], on: date) -> Iterator[Caution]:
    for one in payments:
        if one.status in UNDER_WAY and one.pay_on <= on:
            yield Caution(
                "under_way",
                f"Payment {one.reference} of {money_words(one.amount, one.currency)} for {day_words(one.pay_on)} "
                f"({UNDER_WAY[one.status]}) is under way; applied before, it pays some of this.",
            )


def _autopay(record: Mapping[str, Any], on: date) -> Iterator[Caution]:
    assignment = record.get("EftAssignment") or {}
    draft = assignment.get("NextDraftDate")
    if assignment.get("IsActive") and draft and date.fromisoformat(draft) <= on:
        yield Caution(
            "autopay", f"AutoPay drafts the contract's payment on {day_words(date.fromisoformat(draft))}."
        )


def _charges(application: CashApplication) -> Iterator[Caution]:
    if application.credits:
        total = sum((one.open for one in application.credits), Decimal(0))
        yield Caution(
            "credits",
            f"Credits of {money_words(-total, application.currency)} stand on its invoices; they are not counted here.",
        )
    later = application.beyond_window
    if later:
        named = ", ".join(f"{one.number} due {day_words(one.due_date)}" for one in later[:3])
        more = f" and {len(later) - 3} more" if len(later) > 3 else ""
        yield Caution(
            "beyond_window", f"Due beyond the cash application window, so not paid by itself: {named}{more}."
        )


def _day(today: date, on: date) -> Iterator[Caution]:
    if on < today:
        yield Caution("past", "That day is past: what is open now need not be what was open then.")
    elif on > today:
        yield Caution(
            "future", f"Until {day_words(on)} invoices and late charges may be added, and others paid."
        )
