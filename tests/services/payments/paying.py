"""Payments as tests make them, and what ASPIRE holds of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, event, insert, select

from portal_admin.domain.payments import EventKind, PortalPayment
from portal_admin.domain.text import id_key
from portal_admin.models import end_user, payment
from portal_admin.models.engine import reading
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.payments.stored import events_of, find_any
from portal_admin.services.payments.submit import Submission, submit
from tests.fixtures.desk import NOW
from tests.fixtures.operators import filling
from tests.services.conftest import RUTH

MONDAY = date(2026, 11, 23)
BANK_ACCOUNT = 3
LOST: dict[str, Any] = {"operation": "createAlternateEft", "drop": "after", "times": 1}
NEVER_ARRIVED: dict[str, Any] = {"operation": "createAlternateEft", "drop": "before", "times": 1}
BLIND: dict[str, Any] = {"operation": "getAlternateEfts", "status": 500}


class Killed(BaseException):
    """The process ends here."""


def pay(desk: Desk, **changed: Any) -> Submission:
    """Ruth pays 250.00 for her contract on Monday, but for what is `changed`."""
    usual: dict[str, Any] = {
        "site": "MAIN",
        "email": RUTH,
        "contract_id": "0012-0045",
        "amount": "125.50",
        "on": MONDAY,
        "bank_account_oid": BANK_ACCOUNT,
    }
    return submit(desk, **usual | changed)


def debits(sandbox: Sandbox, reference: str | None = None) -> list[dict[str, Any]]:
    """The Alternate EFTs in ASPIRE that are not those of the portfolio, or those of one payment."""
    found = (sandbox.record("AlternateEfts", oid) for oid in range(1, 40))
    return [
        one
        for one in found
        if one is not None
        and (one["ReferenceNumber"] == reference if reference else one["AlternateEftOid"] > 9)
    ]


def stored(engine: Engine, reference: str) -> PortalPayment:
    with reading(engine) as connection:
        return find_any(connection, reference)


def kinds(engine: Engine, reference: str) -> list[EventKind]:
    """The kinds of the payment's events."""
    with reading(engine) as connection:
        found = find_any(connection, reference)
        return [one.kind for one in events_of(connection, [found.id])[found.id]]


def only_payment(engine: Engine) -> PortalPayment:
    """The one payment that there is."""
    with reading(engine) as connection:
        (reference,) = connection.execute(select(payment.c.reference)).scalars()
        return find_any(connection, reference)


@contextmanager
def killed_after(desk: Desk, commits: int) -> Iterator[None]:
    """The process ends when it next comes to the database once it has committed so often."""
    left = commits

    def committed(_connection: Any) -> None:
        nonlocal left
        left -= 1

    def begun(_connection: Any) -> None:
        if left <= 0:
            raise Killed

    event.listen(desk.engine, "commit", committed)
    event.listen(desk.engine, "begin", begun)
    try:
        yield
    finally:
        event.remove(desk.engine, "commit", committed)
        event.remove(desk.engine, "begin", begun)


def portal_payment(engine: Engine, reference: str, **changed: Any) -> int:
    """A payment that Ruth made in the portal for contract 0012-0045."""
    with filling(engine) as connection:
        query = select(end_user.c.id, end_user.c.site_id).where(end_user.c.email == RUTH)
        user = connection.execute(query.order_by(end_user.c.id)).first()
        assert user is not None
        values = {
            "reference": reference,
            "reference_key": id_key(reference),
            "site_id": user.site_id,
            "user_id": user.id,
            "contract_oid": 10,
            "contract_id": "0012-0045",
            "currency": "USD",
            "amount_minor": 25000,
            "pay_on": date(2026, 11, 9),
            "bank_account_oid": 3,
            "bank_account": "First · Checking · …6789",
            "is_business": True,
            "status": "Pending",
            "origin": "portal",
            "sending": "queued",
            "idempotency_key": f"key-of-{reference}",
            "requested_at": NOW - timedelta(days=13),
            "requested_by": RUTH,
            "version": 1,
            **changed,
        }
        made: int = connection.execute(insert(payment).values(values).returning(payment.c.id)).scalar_one()
        return made
