"""One service request with its notes and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from portal_admin.domain.audit_words import Event
from portal_admin.domain.permissions import Role
from portal_admin.domain.service_requests import RequestNote, ServiceRequest
from portal_admin.models import audit_event, operator, service_request_note
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.audit_list import told
from portal_admin.services.desk import Desk
from portal_admin.services.requests.rows import find_request

AT_MOST = 200
WORKERS = (Role.CSR.value, Role.ADMINISTRATOR.value)


@dataclass(frozen=True, slots=True)
class RequestDetails:
    """A request, its notes oldest first, and the audit's lines about it newest first."""

    request: ServiceRequest
    notes: tuple[RequestNote, ...]
    history: tuple[Event, ...]
    as_of: datetime


def show(desk: Desk, *, number: str) -> RequestDetails:
    """Everything about one request; NotFound when there is none."""
    with reading(desk.engine) as connection:
        request = find_request(connection, number)
        return RequestDetails(
            request,
            _notes(connection, request),
            _history(connection, request),
            audit.now(connection, desk),
        )


def workers(desk: Desk) -> tuple[str, ...]:
    """The operators to whom a request can be assigned, by name."""
    query = select(operator.c.name).where(operator.c.role.in_(WORKERS)).order_by(operator.c.name_key)
    with reading(desk.engine) as connection:
        return tuple(connection.execute(query).scalars())


def _notes(connection: Connection, request: ServiceRequest) -> tuple[RequestNote, ...]:
    table = service_request_note.c
    query = select(service_request_note).where(table.request_id == request.id).order_by(table.id.desc())
    rows = connection.execute(query.limit(AT_MOST)).all()
    return tuple(RequestNote(row.at, row.operator, row.for_caller, row.note) for row in reversed(rows))


def _history(connection: Connection, request: ServiceRequest) -> tuple[Event, ...]:
    line = audit_event.c
    query = (
        select(audit_event)
        .where(line.subject == request.number, line.action.like("request.%"))
        .order_by(line.id.desc())
        .limit(AT_MOST)
    )
    return tuple(told(connection, connection.execute(query).all()))
