"""Payments that the callers of the cases requested in the portal, and what ASPIRE made of each (rule F)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto

from portal_admin.sandbox.deals import BY_PORTAL, Deal, money
from portal_admin.sandbox.portfolio import Record, iso

POSTED_AT = time(21, tzinfo=UTC)
# The portal's own sync takes a request to ASPIRE within so long.
SENT_AFTER = timedelta(minutes=9)
RETURNED_AFTER = timedelta(days=3)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Fate(Enum):
    """How far a payment got."""

    NOT_SENT = auto()  # Pending for longer than the portal promises
    WAITING = auto()  # Scheduled
    CANCELING = auto()  # Pending Cancel
    MISSED = auto()  # Scheduled, but it came after its batch was posted
    CANCELED = auto()  # looks like one that was sent, but no batch had it
    SENT = auto()  # Paid: a posted batch had it, and nothing is on the contract yet
    APPLIED = auto()  # Paid, posted to the contract, and an invoice paid with it
    RETURNED = auto()  # Paid, and came back from the bank


@dataclass(frozen=True, slots=True)
class CasePayment:
    """A payment by the caller of the case with that key: its contract, whose bank account it is from, and its fate.

    `start` counts the days from today to the day that the payer chose; `asked` is how long ago they did, or how long
    before the batch that it was in was posted.
    """

    reference: str
    case: str
    contract_oid: int
    contract_id: str
    account_oid: int
    fate: Fate
    start: int = 0
    asked: timedelta = timedelta()

    def start_date(self, now: datetime) -> date:
        """The day that the payer chose."""
        day = now.date() + timedelta(days=self.start)
        # Banks do not work on weekends.
        return day - DAY * max(0, day.weekday() - 4) if self.is_in_batch else day

    def asked_at(self, now: datetime) -> datetime:
        """When it was requested in the portal."""
        if self.fate is Fate.MISSED:  # a late evening's payment for the same day
            return datetime.combine(self.start_date(now), POSTED_AT) + timedelta(hours=1, minutes=12)
        return (_changed(self, now) if self.is_in_batch else now) - self.asked

    def amount(self, deals: Mapping[int, Deal]) -> int:
        """In cents: what an invoice of the contract is."""
        return deals[self.contract_oid].invoice_amount()

    @property
    def bank_account(self) -> int:
        return self.account_oid * 10 + 1

    @property
    def is_sent(self) -> bool:
        return self.fate is not Fate.NOT_SENT

    @property
    def is_in_batch(self) -> bool:
        return self.fate in (Fate.SENT, Fate.APPLIED, Fate.RETURNED)


CASE_PAYMENTS = (
    CasePayment("P-104417", "closed", 5, "NW-24-0033", 3, Fate.APPLIED, -11, 2 * DAY + 5 * HOUR),
    CasePayment("P-104498", "unmapped_label", 7, "NW-25-0009", 4, Fate.RETURNED, -9, 20 * HOUR),
    CasePayment("P-104655", "look_alike", 1, "NW-24-0117", 1, Fate.CANCELED, -2, 4 * DAY),
    CasePayment("P-104702", "plain", 2, "NW-25-0140", 1, Fate.SENT, -1, DAY + 2 * HOUR),
    CasePayment("P-104733", "other_site", 15, "NW-25-0065", 10, Fate.MISSED, -1),
    CasePayment("P-104741", "guarantor", 11, "PR-24-0188", 7, Fate.WAITING, 2, 20 * HOUR),
    CasePayment("P-104768", "not_booked", 9, "NW-23-0099", 5, Fate.NOT_SENT, 1, timedelta(minutes=47)),
    CasePayment("P-104775", "plain", 1, "NW-24-0117", 1, Fate.CANCELING, 1, timedelta(minutes=25)),
)


def alternate_efts(deals: Mapping[int, Deal], now: datetime) -> Iterator[Record]:
    """The debits in ASPIRE: a cancelled one and a processed one look alike."""
    for one in _of(deals):
        if one.is_sent:
            waits = one.fate in (Fate.WAITING, Fate.CANCELING, Fate.MISSED)
            created = min(one.asked_at(now) + SENT_AFTER, now)
            yield {
                "AlternateEftOid": _oid(one),
                "ContractOid": one.contract_oid,
                "Amount": money(one.amount(deals)),
                "StartDate": one.start_date(now).isoformat(),
                "SecCode": "WEB",
                "Payments": int(waits),
                "PaymentsProcessed": int(not waits),
                "BankAccountOid": one.bank_account,
                "ReferenceNumber": one.reference,
                "CreateDateTime": iso(created),
                "LastChangeDateTime": iso(_changed(one, now) if not waits else created),
            }


def batches(deals: Mapping[int, Deal], now: datetime) -> Iterator[Record]:
    """A batch of its own for each payment that was in one, beside the day's."""
    for number, one in enumerate((one for one in _of(deals) if one.is_in_batch), 1):
        day = one.start_date(now).isoformat()
        yield {
            "EftBatchOid": number,
            "BeginDate": day,
            "EndDate": day,
            "IsPosted": True,
            "PostDateTime": iso(_changed(one, now)),
            "AlternateEftOids": [_oid(one)],
            "LastChangeDateTime": iso(_changed(one, now)),
        }


def posted(deals: Mapping[int, Deal], now: datetime, received: Sequence[Record]) -> Iterator[Record]:
    """What the contracts received, among it what these payments brought and what came back."""
    applied = {one.contract_oid: one for one in _of(deals) if one.fate is Fate.APPLIED}
    last = {record["ContractOid"]: record["PaymentOid"] for record in received}
    for record in received:
        one = applied.get(record["ContractOid"])
        is_its = one is not None and record["PaymentOid"] == last[record["ContractOid"]]
        yield record | _by_portal(one, now) if one is not None and is_its else record
    for one in _of(deals):
        if one.fate is Fate.RETURNED:
            yield {
                "PaymentOid": one.contract_oid * 1000 + BY_PORTAL,
                "ContractOid": one.contract_oid,
                "Amount": money(one.amount(deals)),
                "UnappliedAmount": "0.00",
                **_by_portal(one, now),
                "IsReturned": True,
                "ReturnReason": "R01",
                "ReturnDate": (one.start_date(now) + RETURNED_AFTER).isoformat(),
                "Applied": [],
            }


def _by_portal(one: CasePayment, now: datetime) -> Record:
    return {
        "ReferenceNumber": one.reference,
        "PostDate": one.start_date(now).isoformat(),
        "PaymentMethod": "ACH",
        "AlternateEftOid": _oid(one),
    }


def _changed(one: CasePayment, now: datetime) -> datetime:
    """When a batch with it was posted, or it was cancelled."""
    if one.fate is Fate.CANCELED:
        return one.asked_at(now) + 3 * HOUR
    return min(datetime.combine(one.start_date(now), POSTED_AT), now)


def _oid(one: CasePayment) -> int:
    before = CASE_PAYMENTS[: CASE_PAYMENTS.index(one)]
    return one.contract_oid * 10 + 1 + sum(other.contract_oid == one.contract_oid for other in before)


def _of(deals: Mapping[int, Deal]) -> Iterator[CasePayment]:
    """Those whose contracts are among the first that a portfolio holds."""
    return (one for one in CASE_PAYMENTS if one.contract_oid in deals)
