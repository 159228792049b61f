"""A payment of 250.00 asked for on Monday 9 November 2026 at noon in Chicago, and what ASPIRE may say of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from portal_admin.domain.evidence import Evidence
from portal_admin.domain.invoices import Charge, Invoice
from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_steps import StepKind, StepState
from portal_admin.domain.payment_timeline import Timeline, timeline
from portal_admin.domain.payments import (
    EventKind,
    Origin,
    PaymentEvent,
    PaymentStatus,
    PortalPayment,
    Sending,
)
from portal_admin.domain.received import Applied, Received
from portal_admin.domain.records import AlternateEft, EftBatch

CHICAGO = ZoneInfo("America/Chicago")
ASKED = datetime(2026, 11, 9, 18, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 10, 20, 0, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 11, 9), date(2026, 11, 10)
WHY = "ASPIRE did not answer within 8 seconds."
EFT = 7
DONE, WAITING, OVERDUE = StepState.DONE, StepState.WAITING, StepState.OVERDUE
FAILED, UNKNOWN, NOT_REACHED = StepState.FAILED, StepState.UNKNOWN, StepState.NOT_REACHED


def known(*records: Any, as_of: datetime = NOW) -> Evidence[Any]:
    return Evidence(records, as_of)


UNREAD: Evidence[Any] = Evidence(None, None, WHY)


def payment(**different: Any) -> PortalPayment:
    """Scheduled, sent by the desk, taken as Alternate EFT 7."""
    fields: dict[str, Any] = {
        "id": 1,
        "reference": "P-0007",
        "site": "MAIN",
        "email": "ruth@prairie.example",
        "user_id": 1,
        "contract_oid": 10,
        "contract_id": "0012-0045",
        "currency": "USD",
        "amount": Decimal("250.00"),
        "pay_on": TUESDAY,
        "bank_account_oid": 3,
        "bank_account": "First National, Checking ending in 6789",
        "is_business": False,
        "status": PaymentStatus.SCHEDULED,
        "origin": Origin.DESK,
        "sending": Sending.SENT,
        "alternate_eft_oid": EFT,
        "requested_at": ASKED,
        "requested_by": "jdoe",
        "followed_at": None,
        "version": 1,
    }
    return PortalPayment(**{**fields, **different})


def pending(**different: Any) -> PortalPayment:
    """Asked for in the portal and not sent yet."""
    unsent = {"status": PaymentStatus.PENDING, "sending": Sending.QUEUED, "alternate_eft_oid": None}
    return payment(**{**unsent, "origin": Origin.PORTAL, **different})


def eft(**different: Any) -> AlternateEft:
    """The entry, still to be picked up on Tuesday."""
    fields: dict[str, Any] = {
        "oid": EFT,
        "contract_oid": 10,
        "amount": Decimal("250.00"),
        "start_date": TUESDAY,
        "sec_code": "WEB",
        "payments": 1,
        "payments_processed": 0,
        "reference": "P-0007",
        "bank_account_oid": 3,
        "created_at": ASKED + timedelta(minutes=2),
    }
    return AlternateEft(**{**fields, **different})


def spent(**different: Any) -> AlternateEft:
    """The entry with no payment left: cancelled or processed, which look alike."""
    return eft(**{"payments": 0, "payments_processed": 1, **different})


def batch(oid: int = 2, begin: date = TUESDAY, end: date | None = None, **different: Any) -> EftBatch:
    """A posted batch of Tuesday that holds the entry."""
    fields: dict[str, Any] = {
        "is_posted": True,
        "posted_at": datetime(2026, 11, 10, 19, 0, tzinfo=UTC),
        "alternate_eft_oids": (EFT,),
    }
    return EftBatch(oid, begin, end or begin, **{**fields, **different})


def unposted(oid: int = 2, begin: date = TUESDAY, **different: Any) -> EftBatch:
    return batch(oid, begin, **{"is_posted": False, "posted_at": None, **different})


def received(**different: Any) -> Received:
    """The money on the contract, applied to one charge."""
    fields: dict[str, Any] = {
        "oid": 5,
        "amount": Decimal("250.00"),
        "post_date": TUESDAY,
        "reference": "P-0007",
        "alternate_eft_oid": EFT,
        "unapplied": Decimal("0.00"),
        "applied": (Applied(1000, Decimal("250.00")),),
    }
    return Received(**{**fields, **different})


def came_back(reason: str | None = "R01", **different: Any) -> Received:
    return received(
        **{"is_returned": True, "return_reason": reason, "return_date": date(2026, 11, 12), **different}
    )


INVOICE = Invoice(
    100, "INV-100", date(2026, 11, 1), (Charge(1000, "RENT", Decimal("1000.00"), Decimal("750.00"), 1),)
)


def event(kind: EventKind, at: datetime = ASKED, evidence: Mapping[str, Any] | None = None) -> PaymentEvent:
    return PaymentEvent(kind, at, at, "jdoe", evidence or {})


def facts(of: PortalPayment | None = None, **different: Any) -> PaymentFacts:
    """Everything read; ASPIRE holds the entry and nothing more."""
    fields: dict[str, Any] = {
        "payment": of or payment(),
        "events": (),
        "alternate_efts": known(eft()),
        "batches": known(),
        "received": known(),
        "invoices": known(INVOICE),
        "now": NOW,
        "zone": CHICAGO,
        "previous_day": False,
    }
    return PaymentFacts(**{**fields, **different})


PAID: dict[str, Any] = {"alternate_efts": known(spent()), "batches": known(batch())}
NOTHING_YET: dict[str, Any] = {"alternate_efts": known(), "batches": known()}


def judged(of: PortalPayment | None = None, **different: Any) -> Timeline:
    return timeline(facts(of, **different))


def states(found: Timeline) -> dict[str, str]:
    return {step.kind.value: step.state.value for step in found.steps}


def advice_names(found: Timeline) -> set[str]:
    return {one.name for one in found.advice}


def sentence(found: Timeline, kind: StepKind) -> str:
    return found.step(kind).sentence
