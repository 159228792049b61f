"""Puts payments where the portal's web tier puts them: for the demonstration, which has no web tier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import insert, select

from portal_admin.domain.money import to_minor
from portal_admin.domain.payments import EventKind, Origin, PaymentStatus, Sending
from portal_admin.domain.text import id_key
from portal_admin.errors import NotFound
from portal_admin.models import aspire_contract, payment
from portal_admin.models.engine import writing
from portal_admin.services.desk import Desk
from portal_admin.services.payments.stored import add_event
from portal_admin.services.people import find_user
from portal_admin.services.sites import find_site


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an end user asked for in the portal, and when they asked to cancel it, if they did."""

    reference: str
    contract_id: str
    amount: Decimal
    pay_on: date
    requested_at: datetime
    bank_account_oid: int
    bank_account: str
    is_business: bool
    cancel_at: datetime | None = None


def arrive(desk: Desk, *, site: str, email: str, asked: Arrival) -> None:
    """Write the payment Pending, as it stands before anything is known of ASPIRE; following it finds out the rest."""
    with writing(desk.engine) as connection:
        on = find_site(connection, site)
        user = find_user(connection, on, email)
        key = id_key(asked.contract_id)
        found = select(aspire_contract).where(aspire_contract.c.contract_id_key == key)
        contract = connection.execute(found.order_by(aspire_contract.c.oid).limit(1)).first()
        if contract is None:
            raise NotFound(f"The portal's copy of ASPIRE holds no contract {asked.contract_id}.")
        status = PaymentStatus.PENDING_CANCEL if asked.cancel_at else PaymentStatus.PENDING
        values = {
            "reference": asked.reference,
            "reference_key": id_key(asked.reference),
            "site_id": on.id,
            "user_id": user.id,
            "contract_oid": contract.oid,
            "contract_id": contract.contract_id,
            "currency": contract.currency,
            "amount_minor": to_minor(asked.amount, contract.currency),
            "pay_on": asked.pay_on,
            "bank_account_oid": asked.bank_account_oid,
            "bank_account": asked.bank_account,
            "is_business": asked.is_business,
            "status": str(status),
            "origin": str(Origin.PORTAL),
            "sending": str(Sending.QUEUED),
            "idempotency_key": f"portal-{asked.reference}",
            "cancel_key": f"portal-cancel-{asked.reference}" if asked.cancel_at else None,
            "requested_at": asked.requested_at,
            "requested_by": user.email,
            "version": 1,
        }
        made = insert(payment).values(values).returning(payment.c.id)
        number = connection.execute(made).scalar_one()
        add_event(connection, number, EventKind.REQUESTED, at=asked.requested_at, operator=user.email)
        if asked.cancel_at:
            add_event(connection, number, EventKind.CANCEL_REQUESTED, at=asked.cancel_at, operator=user.email)
