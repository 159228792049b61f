"""Rows as the portal's web tier leaves them, and notes of earlier calls: put in directly, without a desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from portal_admin.domain.text import canonical_email, id_key
from portal_admin.models import (
    call_note,
    end_user,
    enrollment_attempt,
    payment,
    payment_event,
    service_request,
    service_request_note,
)
from tests.fixtures.desk import NOW

CONTRACT = {"contract_oid": 10, "contract_id": "0012-0045"}


def user_of(connection: Connection, email: str) -> Any:
    """Id and site of the oldest user with that address."""
    query = select(end_user.c.id, end_user.c.site_id).where(end_user.c.email == email).order_by(end_user.c.id)
    return connection.execute(query.limit(1)).one()


def add_payment(connection: Connection, email: str, **values: Any) -> int:
    """A payment that the person requested in the portal a minute ago, and the event that says so."""
    user = user_of(connection, email)
    reference = values.get("reference", "P-0001")
    requested = {
        "reference": reference,
        "reference_key": id_key(reference),
        "site_id": user.site_id,
        "user_id": user.id,
        **CONTRACT,
        "currency": "USD",
        "amount_minor": 25000,
        "pay_on": NOW.date() + timedelta(days=2),
        "bank_account_oid": 3,
        "bank_account": "First, checking, ••6789",
        "is_business": True,
        "status": "Pending",
        "origin": "portal",
        "sending": "queued",
        "idempotency_key": f"portal-{reference}",
        "requested_at": NOW - timedelta(minutes=1),
        "requested_by": email,
        "version": 1,
    } | values
    found = _add(connection, payment, requested)
    event = {"payment_id": found, "kind": "requested", "at": requested["requested_at"], "evidence": {}}
    _add(connection, payment_event, event | {"learned_at": requested["requested_at"], "operator": "portal"})
    return found


def add_request(connection: Connection, email: str, **values: Any) -> int:
    """A service request that the person wrote in the portal an hour ago."""
    user = user_of(connection, email)
    asked = {
        "site_id": user.site_id,
        "user_id": user.id,
        **CONTRACT,
        "kind": "question",
        "subject": "Insurance certificate",
        "message": "Whom do I send it to?",
        "status": "New",
        "requested_at": NOW - timedelta(hours=1),
        "due_at": NOW + timedelta(days=2),
        "version": 1,
    } | values
    return _add(connection, service_request, asked)


def add_request_note(connection: Connection, request: int, **values: Any) -> int:
    written = {"request_id": request, "at": NOW, "operator": "casey", "for_caller": False, "note": "Called."}
    return _add(connection, service_request_note, written | values)


def add_attempt(connection: Connection, site_id: int, email: str, **values: Any) -> int:
    """An attempt to enrol that the portal refused, because of the postal code."""
    tried = {
        "site_id": site_id,
        "at": NOW - timedelta(minutes=3),
        "first_name": "Ruth",
        "last_name": "Olsen",
        "email": email,
        "postal_code": "68110",
        "contract_id": "0012-0045",
        "edition": "2026",
        "outcome": "refused",
        "refused_by": "postal_code",
    } | values
    keys = {
        "email_key": canonical_email(str(tried["email"])),
        "contract_id_key": id_key(str(tried["contract_id"])),
    }
    return _add(connection, enrollment_attempt, tried | keys)


def add_call_note(connection: Connection, email: str, **values: Any) -> int:
    """A note that a CSR wrote about an earlier call; a server takes it only in a transaction without audit."""
    written = {"user_id": user_of(connection, email).id, "at": NOW, "operator": "casey", "note": "Called."}
    return _add(connection, call_note, written | values)


def _add(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    found: int = connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    return found
