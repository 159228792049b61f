"""What an amount would pay on a contract, charge by charge; no answer where what is open cannot be read (rule F)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from portal_admin.domain.cash_amount import amount_typed, in_currency
from portal_admin.domain.cash_application import CashApplication, apply_cash, method_of
from portal_admin.domain.cash_preview import UNDER_WAY, CashPreview, Surroundings, cautions
from portal_admin.domain.evidence import Evidence
from portal_admin.domain.invoices import Invoice
from portal_admin.domain.payments import EventKind, PaymentStatus, PortalPayment
from portal_admin.errors import AspireRecordMissing, AspireReplyUnreadable, CouldNotLook
from portal_admin.models.engine import reading
from portal_admin.services.cash_facts import kept, owed
from portal_admin.services.desk import Desk
from portal_admin.services.payments.list import list_payments
from portal_admin.services.payments.stored import events_of
from portal_admin.services.typed_ids import typed_contract_id

Fact = TypeVar("Fact")

USUAL_CURRENCY = "USD"
PAID = PaymentStatus.PAID
ON_ITS_WAY = timedelta(days=10)
ARRIVED = frozenset({EventKind.CONTRACT_POSTED, EventKind.RETURNED})


def preview(desk: Desk, *, contract_id: str, amount: str | Decimal, on: date | None = None) -> CashPreview:
    """What the amount would pay if it were posted on that day, by default the company's today.

    CouldNotLook when what is open can be read neither in ASPIRE nor in a copy that is young enough.
    """
    wanted, typed = typed_contract_id(contract_id), amount_typed(amount)
    with reading(desk.engine) as connection:
        known = kept(connection, wanted)
    zone = ZoneInfo(known.settings.time_zone)
    today = desk.clock().astimezone(zone).date()
    facts = owed(desk, wanted, known)
    record = _read(facts.record, wanted)
    if not record:
        raise AspireRecordMissing(f"ASPIRE has no contract {wanted} any more.")
    day = on or today
    application = _applied(record, _read(facts.invoices, wanted), typed, day)
    around = Surroundings(facts.record, facts.invoices, _under_way(desk, wanted, today), today, zone)
    return CashPreview(
        contract_id=str(record["ContractId"]),
        on=day,
        window_days=record.get("CashApplicationWindowDays"),
        application=application,
        cautions=cautions(around, application, day),
        as_of=facts.as_of,
        stored=facts.is_stored,
    )


def _under_way(desk: Desk, contract_id: str, today: date) -> tuple[PortalPayment, ...]:
    """Payments that are not on the contract yet; one that was sent to the bank long ago is there, or came back."""
    found = [
        one
        for one in list_payments(desk, contract_id=contract_id).payments
        if one.status in UNDER_WAY and (one.status is not PAID or one.pay_on >= today - ON_ITS_WAY)
    ]
    with reading(desk.engine) as connection:
        events = events_of(connection, [one.id for one in found if one.status is PAID])
    arrived = {number for number, steps in events.items() if any(step.kind in ARRIVED for step in steps)}
    return tuple(one for one in found if one.id not in arrived)


def _read(evidence: Evidence[Fact], contract_id: str) -> Fact:
    if evidence.fact is None:
        raise CouldNotLook(
            f"What is open on contract {contract_id} could not be read, and the portal holds no copy that is young "
            f"enough, so nothing can be said of a payment. {evidence.doubt}"
        )
    return evidence.fact


def _applied(
    record: Mapping[str, Any], invoices: tuple[Invoice, ...], typed: Decimal, on: date
) -> CashApplication:
    currency = record.get("Currency") or USUAL_CURRENCY
    amount = in_currency(typed, currency)
    method = method_of(record.get("CashApplicationMethod"))
    try:
        return apply_cash(
            method=method,
            invoices=invoices,
            amount=amount,
            currency=currency,
            on=on,
            window_days=record.get("CashApplicationWindowDays"),
        )
    except ValueError as problem:
        raise AspireReplyUnreadable(
            f"An open amount of this contract has more decimals than {currency} knows, so it cannot be applied to the cent."
        ) from problem
