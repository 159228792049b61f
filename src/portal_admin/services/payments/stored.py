"""Reads and writes payments and their events, within the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from portal_admin.domain.money import from_minor, to_minor
from portal_admin.domain.payments import (
    EventKind,
    Origin,
    PaymentEvent,
    PaymentStatus,
    PortalPayment,
    Sending,
)
from portal_admin.domain.text import id_key, whole
from portal_admin.errors import NotFound
from portal_admin.models import end_user, payment, payment_event
from portal_admin.models import site as site_table
from portal_admin.services.change import advance
from portal_admin.services.chunks import chunks


def payment_query() -> Select[Any]:
    """Payments with the key of their site and the address of their user."""
    return (
        select(payment, site_table.c.key.label("site_key"), end_user.c.email)
        .join(site_table, site_table.c.id == payment.c.site_id)
        .join(end_user, end_user.c.id == payment.c.user_id)
    )


def payment_of(row: Row[Any]) -> PortalPayment:
    """A row of `payment_query` as a record."""
    return PortalPayment(
        id=row.id,
        reference=row.reference,
        site=row.site_key,
        email=row.email,
        user_id=row.user_id,
        contract_oid=row.contract_oid,
        contract_id=row.contract_id,
        currency=row.currency,
        amount=from_minor(row.amount_minor, row.currency),
        pay_on=row.pay_on,
        bank_account_oid=row.bank_account_oid,
        bank_account=row.bank_account,
        is_business=row.is_business,
        status=PaymentStatus(row.status),
        origin=Origin(row.origin),
        sending=Sending(row.sending),
        alternate_eft_oid=row.alternate_eft_oid,
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        followed_at=row.followed_at,
        version=row.version,
    )


def find_any(connection: Connection, reference: str) -> PortalPayment:
    """The payment of that reference, whatever its site's policy is; NotFound when there is none."""
    query = payment_query().where(payment.c.reference_key == id_key(reference))
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"There is no payment with the reference {whole(reference)}.")
    return payment_of(row)


def same_amount(
    connection: Connection, contract_oid: int, amount: Decimal, currency: str
) -> tuple[PortalPayment, ...]:
    """The payments of that amount for that contract, newest first."""
    query = payment_query().where(
        payment.c.contract_oid == contract_oid,
        payment.c.amount_minor == to_minor(amount, currency),
        payment.c.currency == currency,
    )
    return tuple(map(payment_of, connection.execute(query.order_by(payment.c.id.desc()))))


def keys_of(connection: Connection, payment_id: int) -> tuple[str, str | None]:
    """The keys that were minted for sending and for cancelling; they never leave the services."""
    query = select(payment.c.idempotency_key, payment.c.cancel_key).where(payment.c.id == payment_id)
    row = connection.execute(query).one()
    return row.idempotency_key, row.cancel_key


def events_of(connection: Connection, payment_ids: Iterable[int]) -> dict[int, tuple[PaymentEvent, ...]]:
    """The events of each payment in the order in which they were written."""
    found: dict[int, list[PaymentEvent]] = defaultdict(list)
    wanted = sorted(set(payment_ids))
    for some in chunks(wanted):
        query = select(payment_event).where(payment_event.c.payment_id.in_(some)).order_by(payment_event.c.id)
        for row in connection.execute(query):
            found[row.payment_id].append(
                PaymentEvent(EventKind(row.kind), row.at, row.learned_at, row.operator, row.evidence)
            )
    return {one: tuple(found[one]) for one in wanted}


def add_event(
    connection: Connection,
    payment_id: int,
    kind: EventKind,
    *,
    at: datetime,
    operator: str,
    learned_at: datetime | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> None:
    """Write one step down."""
    connection.execute(
        insert(payment_event).values(
            payment_id=payment_id,
            kind=str(kind),
            at=at,
            learned_at=learned_at or at,
            operator=operator,
            evidence=dict(evidence or {}),
        )
    )


def move(connection: Connection, before: PortalPayment, **values: Any) -> None:
    """Write the payment's next version; Conflict when somebody else moved it meanwhile."""
    texts = {name: str(value) if name in ("status", "sending") else value for name, value in values.items()}
    advance(connection, payment, payment.c.id == before.id, version=before.version, values=texts)


def note_seen(connection: Connection, before: PortalPayment, *, followed_at: datetime) -> None:
    """Say when ASPIRE was last read for it; its version stays."""
    mine = (payment.c.id == before.id) & (payment.c.version == before.version)
    connection.execute(update(payment).where(mine).values(followed_at=followed_at))
