"""What a person did in the portal, and by which names the audit knows what the desk did about it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, select

from portal_admin.domain.money import from_minor
from portal_admin.domain.service_requests import KINDS, RequestKind, request_number
from portal_admin.models import enrollment_attempt, payment, service_request

AT_MOST = 1000
OUTCOMES = {
    "accepted": "Enrolled in the portal",
    "refused": "Tried to enroll in the portal, which refused it",
    "cannot_tell": "Tried to enroll in the portal, which could not tell",
}


class Asked(NamedTuple):
    """Something that a person did in the portal: when, at which address, and in words."""

    at: datetime
    email: str
    words: str


def about(connection: Connection, users: Mapping[int, str]) -> dict[str, str]:
    """The subjects of audit lines on the payments and requests of those users, each with the user's address."""
    paid = _newest(connection, payment, users, (payment.c.user_id, payment.c.reference))
    asked = _newest(connection, service_request, users, (service_request.c.user_id, service_request.c.id))
    found = {row.reference: users[row.user_id] for row in paid}
    return found | {request_number(row.id): users[row.user_id] for row in asked}


def in_the_portal(
    connection: Connection,
    site_id: int,
    users: Mapping[int, str],
    emails: Sequence[str],
    told_of: Container[object],
) -> Iterator[Asked]:
    """Payments and requests of the users, and attempts to enroll with their addresses but those told already."""
    for row in _newest(connection, payment, users, payment.c):
        if row.origin == "portal":
            yield Asked(row.requested_at, users[row.user_id], _payment(row))
    for row in _newest(connection, service_request, users, service_request.c):
        words = f"Asked in the portal: {KINDS[RequestKind(row.kind)].words}, {row.subject}"
        yield Asked(row.requested_at, users[row.user_id], words)
    tried = enrollment_attempt.c
    query = select(enrollment_attempt).where(tried.site_id == site_id, tried.email_key.in_(emails))
    for row in connection.execute(query.order_by(tried.id.desc()).limit(AT_MOST)):
        if row.id not in told_of:
            checks = f" ({row.refused_by.replace('_', ' ').replace(',', ', ')})" if row.refused_by else ""
            yield Asked(row.at, row.email_key, f"{OUTCOMES[row.outcome]}{checks}")


def _payment(row: Row[Any]) -> str:
    amount = from_minor(row.amount_minor, row.currency)
    return (
        f"Requested a payment in the portal: {amount:,} {row.currency} on {row.contract_id}, {row.reference}"
    )


def _newest(connection: Connection, table: Any, users: Mapping[int, str], columns: Any) -> list[Row[Any]]:
    query: Select[Any] = select(*columns).where(table.c.user_id.in_(sorted(users)))
    return list(connection.execute(query.order_by(table.c.id.desc()).limit(AT_MOST)))
