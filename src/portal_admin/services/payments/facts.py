"""Gathers what the timeline of a payment rests on: ASPIRE's records now, else the portal's copies with their age."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from portal_admin.aspire import parsing
from portal_admin.aspire.client import AspireClient
from portal_admin.domain.evidence import Evidence, newest
from portal_admin.domain.invoices import Invoice, invoices_of
from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payments import PaymentEvent, PortalPayment
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Live, Stored
from portal_admin.domain.received import Received, received_of
from portal_admin.domain.records import AlternateEft, EftBatch
from portal_admin.models import aspire_contract_detail
from portal_admin.services.desk import Desk
from portal_admin.services.live import ask
from portal_admin.services.payments.stored import events_of
from portal_admin.services.settings import read_settings

Fact = TypeVar("Fact")

# A batch that was posted before the request may cover a day after it, and then leaves the payment out.
MARGIN = timedelta(days=31)
CLASSES = ("alternate_efts", "payments", "invoices")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the portal holds of a payment and of its contract."""

    payment: PortalPayment
    events: tuple[PaymentEvent, ...]
    copies: Mapping[str, Stored[Any]]
    settings: PortalSettings


@dataclass(frozen=True, slots=True)
class Batches:
    """EFT Generation's batches that changed since then, read once for several payments."""

    read: Live[tuple[EftBatch, ...]]
    since: datetime


def kept(connection: Connection, payment: PortalPayment) -> Kept:
    """What the database holds of it, within the caller's transaction."""
    detail = aspire_contract_detail
    query = select(detail).where(
        detail.c.contract_oid == payment.contract_oid, detail.c.data_class.in_(CLASSES)
    )
    copies = {row.data_class: Stored(json.loads(row.record), row.as_of) for row in connection.execute(query)}
    events = events_of(connection, [payment.id])[payment.id]
    return Kept(payment, events, copies, read_settings(connection))


def batches_since(desk: Desk, since: datetime) -> Batches:
    """The batches that could hold a debit that was asked for at that instant, or have left it out."""
    begun = since - MARGIN

    def question(aspire: AspireClient) -> tuple[EftBatch, ...]:
        return aspire.eft_batches(changed_since=begun)

    return Batches(ask(desk, question), begun)


def facts(desk: Desk, known: Kept, batches: Batches | None = None, *, whole: bool = True) -> PaymentFacts:
    """Everything the rules need; each of ASPIRE's answers fails alone. `whole` reads what only people look at, too."""
    payment, now = known.payment, desk.clock()
    oid = payment.contract_oid
    efts: Live[tuple[AlternateEft, ...]] = ask(desk, lambda aspire: aspire.alternate_efts(contract_oid=oid))
    posted: Live[tuple[Received, ...]] = ask(
        desk, lambda aspire: received_of(aspire.detail(contract_oid=oid, data_class="payments"))
    )
    batches = batches or batches_since(desk, payment.requested_at)
    found = PaymentFacts(
        payment=payment,
        events=known.events,
        alternate_efts=_newest(known, "alternate_efts", efts, _efts, now),
        # The portal keeps no copy of the batches.
        batches=Evidence(batches.read.fact, batches.read.at, batches.read.reason),
        received=_newest(known, "payments", posted, received_of, now),
        invoices=_invoices(desk, known, now) if whole else Evidence(None),
        now=now,
        zone=ZoneInfo(known.settings.time_zone),
        batches_since=batches.since,
        previous_day=_previous_day(desk) if whole else None,
    )
    return _with_newer_batches(desk, found) if _may_be_overtaken(found) else found


def _may_be_overtaken(found: PaymentFacts) -> bool:
    """Batches read before the entry do not prove that none holds it: one may have been posted in between."""
    debit = found.debit
    return debit is not None and debit.payments == 0 and not found.holding and not found.batches_complete


def _with_newer_batches(desk: Desk, found: PaymentFacts) -> PaymentFacts:
    newer = batches_since(desk, found.payment.requested_at)
    evidence = Evidence(newer.read.fact, newer.read.at, newer.read.reason)
    return replace(found, batches=evidence, batches_since=newer.since)


def _invoices(desk: Desk, known: Kept, now: datetime) -> Evidence[tuple[Invoice, ...]]:
    oid = known.payment.contract_oid
    read: Live[tuple[Invoice, ...]] = ask(
        desk, lambda aspire: invoices_of(aspire.detail(contract_oid=oid, data_class="invoices"))
    )
    return _newest(known, "invoices", read, invoices_of, now)


def _previous_day(desk: Desk) -> bool | None:
    return ask(desk, lambda aspire: aspire.settings().get("EftPreviousDayOption")).fact


def _newest(
    known: Kept, data_class: str, live: Live[tuple[Fact, ...]], decode: Any, now: datetime
) -> Evidence[tuple[Fact, ...]]:
    copy = known.copies.get(data_class)
    stored: Stored[tuple[Fact, ...]] = (
        Stored(None, None) if copy is None or copy.fact is None else Stored(decode(copy.fact), copy.as_of)
    )
    return newest(live, stored, absent=(), now=now, cadence=known.settings.cadences[data_class])


def _efts(records: Any) -> tuple[AlternateEft, ...]:
    return parsing.decode_alternate_efts(json.dumps({"Items": records}).encode())
