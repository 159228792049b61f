"""Reads service requests with the site and the person they are about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, select

from portal_admin.domain.service_requests import (
    HandOver,
    RequestKind,
    RequestStatus,
    ServiceRequest,
    parse_number,
    request_number,
)
from portal_admin.errors import Conflict, NotFound
from portal_admin.models import end_user, service_request
from portal_admin.models import site as site_table


def request_query() -> Select[Any]:
    """Service requests with the key of their site and their end user's address and name."""
    return (
        select(
            service_request,
            site_table.c.key.label("site_key"),
            end_user.c.email,
            end_user.c.first_name,
            end_user.c.last_name,
        )
        .join(end_user, end_user.c.id == service_request.c.user_id)
        .join(site_table, site_table.c.id == service_request.c.site_id)
    )


def find_request(connection: Connection, number: str) -> ServiceRequest:
    """The request of that number; NotFound when there is none."""
    return request_of(find_row(connection, number))


def find_row(connection: Connection, number: str) -> Row[Any]:
    """The row of `request_query` of that number."""
    identity = parse_number(number)
    row = connection.execute(request_query().where(service_request.c.id == identity)).first()
    if row is None:
        raise NotFound(f"There is no service request {request_number(identity)}.")
    return row


def request_of(row: Row[Any]) -> ServiceRequest:
    """A row of `request_query` as a record."""
    return ServiceRequest(
        id=row.id,
        site=row.site_key,
        user_id=row.user_id,
        email=row.email,
        user_name=f"{row.first_name} {row.last_name}".strip(),
        contract_oid=row.contract_oid,
        contract_id=row.contract_id,
        kind=RequestKind(row.kind),
        subject=row.subject,
        message=row.message,
        status=RequestStatus(row.status),
        assigned_to=row.assigned_to,
        requested_at=row.requested_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        hand_over=HandOver(row.hand_over) if row.hand_over else None,
        handed_over_at=row.handed_over_at,
        comment_oid=row.comment_oid,
        version=row.version,
    )


def require_version(request: ServiceRequest, version: int | None) -> None:
    """Conflict unless the request is at the version that was read; None takes it as it is."""
    if version is not None and version != request.version:
        raise Conflict(
            f"Somebody else changed {request.number} meanwhile, so nothing was saved. Look at it again, then save."
        )
